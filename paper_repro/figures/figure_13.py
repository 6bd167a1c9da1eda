"""Figure 13: accuracy on the previous data in the first epochs after each method, λ = 0.05.

The accuracy is the running one of each epoch, over the samples that were there before the newest
chunk; averaged over the experiments from the second on.
"""

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from paper_repro.figures.drawing import new_figure
from paper_repro.records import Records
from paper_repro.run import Run
from paper_repro.scales import Scale, base, grid, seeds
from paper_repro.spread import mean_std
from paper_repro.style import COLORS, LABELS

METHODS = ("warm", "dash", "shrink_perturb", "shrink")
_SHOWN = 10


def runs(scale: Scale) -> list[Run]:
    """Return warm, DASH, shrink and perturb, and shrink; two chunks, but at paper scale."""
    two = {"chunks": 2, "train_size": 1600} if scale == "cpu" else {}
    trials = range(2) if scale == "cpu" else seeds(scale)
    return grid(base(scale, lam=0.05, **two), seed=trials, method=METHODS)


def draw(records: Sequence[Records]) -> Figure:
    """Draw a line a method over the first ten epochs: mean and standard deviation over seeds."""
    figure, (axes,) = new_figure(1)
    for method in METHODS:
        curves = [_curve(r) for r in records if r.run.method == method]
        columns = [list(column) for column in zip(*curves, strict=True)]
        means, spreads = (np.array(v) for v in zip(*map(mean_std, columns), strict=True))
        epochs = range(1, _SHOWN + 1)
        axes.plot(epochs, means, "o-", markersize=3, color=COLORS[method], label=LABELS[method])
        axes.fill_between(
            epochs, means - spreads, means + spreads, color=COLORS[method], alpha=0.2, linewidth=0
        )
    axes.set(xlabel="epoch after the new chunk", ylabel="accuracy on previous data (%)")
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.legend()
    return figure


def _curve(records: Records) -> list[float]:
    """Return the accuracy by epoch; an experiment that ended keeps its last value."""
    curves = []
    for row in records.experiments[1:]:
        epochs = [e for e in records.epochs if e["experiment"] == row["experiment"]]
        values = [100 * e["old_accuracy"] for e in epochs[:_SHOWN]]
        curves.append(values + values[-1:] * (_SHOWN - len(values)))
    return [float(np.mean(column)) for column in zip(*curves, strict=True)]
