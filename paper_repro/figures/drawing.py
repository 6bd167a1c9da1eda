"""What several figures draw on: a grid of axes in the paper's widths, and heat maps."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from featsim import plotting


def new_figure(columns: int, rows: int = 1) -> tuple[Figure, list[Axes]]:
    """Return a figure with a grid of axes, by row, each a column of a paper wide."""
    width, height = plotting.COLUMN_WIDTH * columns, 2.5 * rows
    with plotting.style():
        figure = plotting.new_figure(width, height)
        axes = np.ravel(figure.subplots(rows, columns))
    return figure, list(axes)


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
