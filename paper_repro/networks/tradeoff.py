"""The picture of the campaign: accuracy against summed steps, a panel a regime."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from paper_repro.campaign import METHODS
from paper_repro.figures.drawing import new_figure
from paper_repro.networks.evidence import Evidence
from paper_repro.spread import mean_std
from paper_repro.style import COLORS


def draw(regimes: Sequence[Evidence]) -> Figure:
    """Draw the methods of each regime: a small point a seed, a large one for their mean.

    Bars reach one standard deviation over seeds to each side. The gray line joins the methods that
    no other beats in both means. Those that act at doublings are hollow, and a ≥ stands by steps of
    which the epoch limit cut some.
    """
    columns = min(2, len(regimes))
    figure, panels = new_figure(columns, -(-len(regimes) // columns))
    for axes in panels[len(regimes) :]:
        axes.remove()
    for axes, evidence in zip(panels, regimes, strict=False):
        _draw_panel(axes, evidence)
    most = max(range(len(regimes)), key=lambda i: len(regimes[i].regime.methods))
    handles, labels = panels[most].get_legend_handles_labels()
    figure.legend(
        handles,
        labels,
        loc="outside upper center",
        ncols=2 * columns,
        columnspacing=1,
        handletextpad=0.2,
    )
    return figure


def best(points: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """Return the points of (steps, accuracy) that no other has both fewer and more of, by steps."""
    front: list[tuple[float, float]] = []
    for steps, accuracy in sorted(points, key=lambda point: (point[0], -point[1])):
        if not front or accuracy > front[-1][1]:
            front.append((steps, accuracy))
    return front


def _draw_panel(axes: Axes, evidence: Evidence) -> None:
    means = []
    for method in evidence.regime.methods:
        steps = evidence.numbers(method, "steps")
        accuracy = evidence.numbers(method, "mean accuracy")
        settings = METHODS[method]
        color = COLORS[settings["method"]]
        inside = "white" if "doubling" in settings else color
        (x, x_spread), (y, y_spread) = mean_std(steps), mean_std(accuracy)
        several = len(steps) > 1
        axes.errorbar(
            [x], [y], [y_spread] if several else None, [x_spread] if several else None,
            fmt="o", markersize=6, color=color, label=method, zorder=3,
            markerfacecolor=inside,
        )  # fmt: skip
        if several:
            axes.scatter(steps, accuracy, s=5, color=color, alpha=0.5, linewidths=0, zorder=2)
        if evidence.cut(method):
            axes.annotate("≥", (x, y), (4, 3), textcoords="offset points", color=color)
        means.append((x, y))
    axes.plot(*np.transpose(best(means)), color="0.7", linewidth=1, zorder=1)
    number = len(evidence.seeds)
    axes.set_title(f"{evidence.name}: {number} {'seed' if number == 1 else 'seeds'}")
    axes.set(xlabel="steps, summed", ylabel="test accuracy (%), mean", xlim=(0, None))
    axes.xaxis.set_major_locator(MaxNLocator(5))
    axes.xaxis.set_major_formatter("{x:,.0f}")
