"""Figure 7: steps to convergence against the amount of data, cold; and epochs.

Steps are epochs times batches, so that they grow with the data even where the epochs do not: the
second panel shows those.
"""

from collections.abc import Sequence
from typing import Literal

from matplotlib.figure import Figure

from paper_repro import claims
from paper_repro.figures.drawing import mark_cut, new_figure
from paper_repro.records import Records
from paper_repro.run import Run
from paper_repro.scales import Scale
from paper_repro.spread import mean_std
from paper_repro.style import COLORS

_SHOWN: tuple[Literal["steps", "epochs"], ...] = ("steps", "epochs")


def runs(scale: Scale) -> list[Run]:
    """Return the runs of the check that start cold."""
    return [run for run in claims.runs(scale) if run.method == "cold"]


def draw(records: Sequence[Records]) -> Figure:
    """Draw the means over seeds and one standard deviation around them."""
    figure, panels = new_figure(2)
    rows = range(len(records[0].experiments))
    sizes = [row["train_size"] for row in records[0].experiments]
    cut = [any(r.cut(r.experiments[i]) for r in records) for i in rows]
    for axes, what in zip(panels, _SHOWN, strict=True):
        values = [[r.experiments[i][what] for r in records] for i in rows]
        means, spreads = zip(*map(mean_std, values), strict=True)
        axes.errorbar(sizes, means, spreads, fmt="o-", color=COLORS["cold"], capsize=3)
        points = [(x, y) for x, y, c in zip(sizes, means, cut, strict=True) if c]
        mark_cut(axes, points, COLORS["cold"])
        axes.set(xlabel="training samples", ylabel=f"{what} to convergence", ylim=(0, None))
    if any(cut):
        panels[0].legend()
    return figure
