"""Figure 6: the initial gradient norm against the steps to convergence, cold and warm.

A point is an experiment. The runs are those of the check, so drawing them costs nothing more.
"""

from collections.abc import Sequence

from matplotlib.figure import Figure

from paper_repro import claims
from paper_repro.figures.drawing import new_figure
from paper_repro.records import Records
from paper_repro.run import Run
from paper_repro.scales import Scale
from paper_repro.style import COLORS, LABELS


def runs(scale: Scale) -> list[Run]:
    """Return the runs of the check that start cold and warm."""
    return [run for run in claims.runs(scale) if run.method in ("cold", "warm")]


def draw(records: Sequence[Records]) -> Figure:
    """Draw a point an experiment; the legend has Spearman's rank correlation ρ."""
    figure, (axes,) = new_figure(1)
    for method in ("cold", "warm"):
        rows = [row for r in records if r.run.method == method for row in r.experiments]
        norms = [row["gradient_norm"] for row in rows]
        steps = [row["steps"] for row in rows]
        label = f"{LABELS[method]} (ρ = {claims.rank_correlation(norms, steps):.2f})"
        axes.scatter(norms, steps, s=18, color=COLORS[method], label=label)
    axes.set(xlabel="initial gradient norm", ylabel="steps to convergence")
    axes.legend()
    return figure
