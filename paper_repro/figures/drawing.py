"""What several figures draw on: a grid of axes in the paper's widths, and heat maps."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from featsim import plotting

CUT = "cut by the epoch limit: a lower bound"


def new_figure(columns: int, rows: int = 1) -> tuple[Figure, list[Axes]]:
    """Return a figure with a grid of axes, by row, each a column of a paper wide."""
    width, height = plotting.COLUMN_WIDTH * columns, 2.5 * rows
    with plotting.style():
        figure = plotting.new_figure(width, height)
        axes = np.ravel(figure.subplots(rows, columns))
    return figure, list(axes)


def mark_cut(axes: Axes, points: Sequence[tuple[float, float]], color: str) -> None:
    """Draw open circles where the epoch limit cut steps short, with one entry of a legend."""
    if not points:
        return
    label = "_" if CUT in axes.get_legend_handles_labels()[1] else CUT
    axes.plot(*zip(*points, strict=True), "o", mfc="white", mec=color, label=label, zorder=3)


def explain_cut(axes: Axes) -> None:
    """Draw a legend of the open circles alone, if there are any."""
    handles, labels = axes.get_legend_handles_labels()
    if CUT in labels:
        axes.legend([handles[labels.index(CUT)]], [CUT])


def draw_heat_map(
    axes: Axes,
    values: np.ndarray,
    texts: Sequence[Sequence[str]],
    rows: Sequence[float],
    columns: Sequence[float],
) -> None:
    """Draw a value in each cell, darker where it is larger, with its text."""
    axes.imshow(values, cmap="Blues", aspect="auto")
    middle = (values.min() + values.max()) / 2
    for (i, j), value in np.ndenumerate(values):
        color = "white" if value > middle else "black"
        axes.text(j, i, texts[i][j], ha="center", va="center", color=color)
    axes.set_xticks(range(len(columns)), [f"{x:g}" for x in columns])
    axes.set_yticks(range(len(rows)), [f"{x:g}" for x in rows])
