"""Figure 6: the initial gradient norm against the steps to convergence, cold and warm.

A point is an experiment from the second on. Left the paper's norm, that of the batches' gradients
summed over the epoch, weights only; right that of the gradient of the mean loss.
"""

import statistics
from collections.abc import Sequence
from typing import Literal

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from paper_repro.figures.drawing import mark_cut, new_figure
from paper_repro.records import Records
from paper_repro.run import Run
from paper_repro.scales import Scale, base, grid, seeds
from paper_repro.style import COLORS, LABELS
from paper_repro.verdict import Ranks

Norm = Literal["summed_gradient_norm", "gradient_norm"]
METHODS = ("cold", "warm")
NORMS: dict[Norm, str] = {
    "summed_gradient_norm": "norm of the summed gradients",
    "gradient_norm": "norm of the mean gradient",
}
"""What the norms are called."""


def runs(scale: Scale) -> list[Run]:
    """Return cold and warm with both norms measured."""
    return grid(base(scale, probes=("gradient_norms",)), seed=seeds(scale), method=METHODS)


def norms_and_steps(records: Sequence[Records], norm: Norm) -> Ranks:
    """Return both, a pair an experiment from the second on."""
    rows = [row for r in records for row in r.experiments[1:]]
    return Ranks([row[norm] for row in rows], [row["steps"] for row in rows])


def draw(records: Sequence[Records]) -> Figure:
    """Draw a panel a norm; the legend has Spearman's rank correlation ρ, a mean over runs."""
    figure, panels = new_figure(2)
    for axes, norm in zip(panels, NORMS, strict=True):
        for method in METHODS:
            _draw_method(axes, [r for r in records if r.run.method == method], method, norm)
        axes.set(xlabel=NORMS[norm], ylabel="steps to convergence")
        axes.legend()
    return figure


def _draw_method(axes: Axes, records: Sequence[Records], method: str, norm: Norm) -> None:
    pairs = norms_and_steps(records, norm)
    rho = statistics.fmean(norms_and_steps([r], norm).rho for r in records)
    label = f"{LABELS[method]} (ρ = {rho:.2f})"
    axes.scatter(pairs.one, pairs.other, s=18, color=COLORS[method], label=label)
    cut = [(row[norm], row["steps"]) for r in records for row in r.experiments[1:] if r.cut(row)]
    mark_cut(axes, cut, COLORS[method])
