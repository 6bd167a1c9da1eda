"""Figure 13: accuracy on the previous data at the start of the first epochs, λ = 0.05.

The accuracy is in eval mode, over the samples that were there before the newest chunk, before
epochs 1 to 6; averaged over the experiments from the second on.
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
SHOWN = 6


def runs(scale: Scale) -> list[Run]:
    """Return warm, DASH, shrink and perturb, and shrink; two chunks, but at paper scale."""
    two = {"chunks": 2, "train_size": 1600} if scale == "cpu" else {}
    trials = range(2) if scale == "cpu" else seeds(scale)
    plain = base(scale, lam=0.05, probes=("old_accuracy_by_epoch",), **two)
    return grid(plain, seed=trials, method=METHODS)


def draw(records: Sequence[Records]) -> Figure:
    """Draw a line a method over the first six epochs: mean and standard deviation over seeds."""
    figure, (axes,) = new_figure(1)
    for method in METHODS:
        curves = [curve(r) for r in records if r.run.method == method]
        columns = [list(column) for column in zip(*curves, strict=True)]
        means, spreads = (np.array(v) for v in zip(*map(mean_std, columns), strict=True))
        epochs = range(SHOWN)
        axes.plot(epochs, means, "o-", markersize=3, color=COLORS[method], label=LABELS[method])
        axes.fill_between(
            epochs, means - spreads, means + spreads, color=COLORS[method], alpha=0.2, linewidth=0
        )
    axes.set(xlabel="epochs after the new chunk", ylabel="accuracy on previous data (%)")
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.legend()
    return figure


def curve(records: Records) -> list[float]:
    """Return the accuracy, %, before each epoch; an experiment that ended keeps its last value."""
    curves = []
    for row in records.experiments[1:]:
        epochs = records.epochs_of(row["experiment"])[:SHOWN]
        values = [100 * epoch["start_old_accuracy"] for epoch in epochs]
        curves.append(values + values[-1:] * (SHOWN - len(values)))
    return [float(np.mean(column)) for column in zip(*curves, strict=True)]
