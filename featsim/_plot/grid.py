"""Panels of one kind, at most three in a row."""

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from featsim.plotting import COLUMN_WIDTH, FULL_WIDTH, new_figure

IN_A_ROW = 3


def panels(number: int, height: float, label: str) -> tuple[Figure, list[Axes]]:
    """Return a figure of panels that share a y axis and its label.

    Their height is in inches. To be called within ``style()``.
    """
    rows = -(-number // IN_A_ROW)
    columns = -(-number // rows)
    width = COLUMN_WIDTH if number == 1 else FULL_WIDTH * (columns + 0.6) / (IN_A_ROW + 0.6)
    figure = new_figure(width, 0.5 + height * rows)
    grid = figure.subplots(rows, columns, sharey=True, squeeze=False)
    for ax in grid[:, 0]:
        ax.set_ylabel(label)
    every = grid.ravel().tolist()
    for ax in every[number:]:
        ax.remove()
    return figure, every[:number]
