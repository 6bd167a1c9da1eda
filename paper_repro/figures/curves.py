"""Lines of accuracy and steps over the experiments, which many figures share."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from paper_repro.figures.drawing import explain_cut, mark_cut, new_figure
from paper_repro.records import ExperimentRow, Records
from paper_repro.style import COLORS, LABELS

Value = Callable[[ExperimentRow], float]


@dataclass(frozen=True)
class Line:
    """One line: its records, a seed each, and its look."""

    label: str
    records: Sequence[Records]
    color: str
    dashes: str = "-"


def test_accuracy(row: ExperimentRow) -> float:
    """Return an experiment's test accuracy, %."""
    return 100 * float(row["test_accuracy"])


def steps(row: ExperimentRow) -> float:
    """Return an experiment's steps."""
    return float(row["steps"])


def by_method(records: Sequence[Records]) -> list[Line]:
    """Return a line a method, in the order of the records."""
    methods = dict.fromkeys(r.run.method for r in records)
    return [Line(LABELS[m], [r for r in records if r.run.method == m], COLORS[m]) for m in methods]


def draw_line(axes: Axes, line: Line, value: Value, x: Value | None = None) -> None:
    """Draw the mean over seeds and one standard deviation around it, against the experiment.

    Steps that the epoch limit cut short in any seed are open circles.
    """
    table = np.array([[value(row) for row in r.experiments] for r in line.records])
    rows = line.records[0].experiments
    places = [row["experiment"] if x is None else x(row) for row in rows]
    mean = table.mean(0)
    axes.plot(places, mean, line.dashes, color=line.color, label=line.label)
    if value is steps:
        cut = [any(r.cut(r.experiments[i]) for r in line.records) for i in range(len(rows))]
        points = [(x, y) for x, y, c in zip(places, mean, cut, strict=True) if c]
        mark_cut(axes, points, line.color)
    if len(table) > 1:
        spread = table.std(0, ddof=1)
        axes.fill_between(
            places, mean - spread, mean + spread, color=line.color, alpha=0.2, linewidth=0
        )


def panels(lines: Sequence[Line], shown: Mapping[str, Value], x_label: str) -> Figure:
    """Draw a panel for each quantity, all lines in each; the first has the legend."""
    figure, all_axes = new_figure(len(shown))
    for axes, (label, value) in zip(all_axes, shown.items(), strict=True):
        for line in lines:
            draw_line(axes, line, value)
        axes.set(xlabel=x_label, ylabel=label)
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    for axes in all_axes[1:]:
        explain_cut(axes)
    all_axes[0].legend()
    return figure


BOTH: Mapping[str, Value] = {"test accuracy (%)": test_accuracy, "steps to convergence": steps}
