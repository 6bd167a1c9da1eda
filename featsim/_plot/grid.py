"""Panels of one kind, three in a row."""

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from featsim.plotting import COLUMN_WIDTH, FULL_WIDTH, new_figure

IN_A_ROW = 3


def panels(number: int, height: float) -> tuple[Figure, list[Axes]]:
    """Return a figure of panels that share their y axis; to be called within ``style()``."""
    columns = min(number, IN_A_ROW)
    rows = -(-number // columns)
    width = COLUMN_WIDTH if number == 1 else FULL_WIDTH * (columns + 0.6) / (IN_A_ROW + 0.6)
    figure = new_figure(width, 0.5 + height * rows)
    grid = figure.subplots(rows, columns, sharey=True, squeeze=False).ravel().tolist()
    for ax in grid[number:]:
        ax.remove()
    return figure, grid[:number]


def first_column(axes: list[Axes]) -> list[Axes]:
    """Return the panels at the left."""
    return axes[::IN_A_ROW]
