"""Figure 7: steps to convergence against the amount of data, cold."""

from collections.abc import Sequence

from matplotlib.figure import Figure

from paper_repro import claims
from paper_repro.figures.drawing import new_figure
from paper_repro.records import Records
from paper_repro.run import Run
from paper_repro.scales import Scale
from paper_repro.spread import mean_std
from paper_repro.style import COLORS


def runs(scale: Scale) -> list[Run]:
    """Return the runs of the check that start cold."""
    return [run for run in claims.runs(scale) if run.method == "cold"]


def draw(records: Sequence[Records]) -> Figure:
    """Draw the mean over seeds and one standard deviation around it."""
    figure, (axes,) = new_figure(1)
    sizes = [row["train_size"] for row in records[0].experiments]
    steps = [[r.experiments[i]["steps"] for r in records] for i in range(len(sizes))]
    means, spreads = zip(*(mean_std(values) for values in steps), strict=True)
    axes.errorbar(sizes, means, spreads, fmt="o-", color=COLORS["cold"], capsize=3)
    axes.set(xlabel="training samples", ylabel="steps to convergence", ylim=(0, None))
    return figure
