"""The phase diagram: random minus warm over two fields, filled in row by row."""

import dataclasses
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from featsim._explore.fields import grid
from featsim._explore.overlays import Values
from featsim._explore.state import State
from featsim._sweep.cost import seconds
from featsim._sweep.function import sweep
from featsim._workers import processors
from featsim.config import Config
from featsim.plotting import new_figure, style

MOST_SEEDS = 5
BOX = (0.1, 0.2, 0.74, 0.73)
"""Left, bottom, width and height of the cells, as shares of the picture."""


@dataclasses.dataclass(frozen=True)
class Cells:
    """The grid of a diagram, and what was computed of it."""

    state: State
    x: tuple[Any, ...]
    y: tuple[Any, ...]
    gap: Values
    """(y, x): percentage points after the last experiment; NaN where it is not known."""

    rows: int = 0
    """Rows that are done."""

    refused: tuple[str, ...] = ()
    """Why rows are empty."""


def make(state: State) -> Cells:
    """Return an empty diagram.

    Raises
    ------
    ValueError
        If both axes are the same.
    """
    if state.x == state.y:
        raise ValueError(f"the axes must be different fields, not {state.x!r} twice")
    x, y = tuple(grid(state.x)), tuple(grid(state.y))
    return Cells(state, x, y, np.full((len(y), len(x)), np.nan))


def cost(cells: Cells) -> float:
    """Return about how many seconds a diagram takes."""
    config = cells.state.config.replace(test_points=0)
    try:
        one = seconds(config.replace(**{cells.state.x: cells.x[-1], cells.state.y: cells.y[-1]}), 2)
    except ValueError:
        one = seconds(config, 2)
    return one * cells.gap.size * min(cells.state.seeds, MOST_SEEDS) / processors()


def fill(cells: Cells, stopped: Callable[[], bool]) -> Iterator[Cells]:
    """Compute row after row, until it is stopped."""
    state, gap = cells.state, cells.gap.copy()
    config = state.config.replace(test_points=0)
    seeds = state.all_seeds[:MOST_SEEDS]
    refused: list[str] = []
    for row, value in enumerate(cells.y):
        if stopped():
            return
        if columns := _allowed(cells, value, refused):
            axis: dict[str, Any] = {state.x: [cells.x[i] for i in columns]}
            swept = sweep(
                config.replace(**{state.y: value, state.x: axis[state.x][0]}),
                inits=("random", "warm"),
                seeds=seeds,
                progress=False,
                **axis,
            )
            last = 100.0 * swept["exact_accuracy"].isel(experiment=-1).mean("seed")
            difference = last.sel(init="random") - last.sel(init="warm")
            gap[row, columns] = difference.to_numpy()
        told = tuple(dict.fromkeys(refused))
        yield dataclasses.replace(cells, gap=gap.copy(), rows=row + 1, refused=told)


def _allowed(cells: Cells, value: Any, refused: list[str]) -> list[int]:
    """Return the columns of a row that are allowed; say why others are not."""
    columns = []
    for i, x in enumerate(cells.x):
        try:
            cells.state.config.replace(**{cells.state.x: x, cells.state.y: value})
            columns.append(i)
        except ValueError as error:
            refused.append(str(error))
    return columns


def draw(cells: Cells, config: Config) -> Figure:
    """Return the picture: a cell of equal size for each pair of values, and a mark at a setting."""
    state = cells.state
    with style():
        figure = new_figure(6.6, 3.6)
        figure.set_layout_engine("none")
        ax = figure.add_axes(BOX)
        highest = max(5.0, float(np.nanmax(cells.gap, initial=0.0)))
        lowest = min(0.0, float(np.nanmin(cells.gap, initial=0.0)))
        mesh = ax.imshow(
            cells.gap, cmap="cividis", vmin=lowest, vmax=highest, origin="lower", aspect="auto"
        )
        ax.set_facecolor("#EEEEEE")
        for axis, values in ((ax.xaxis, cells.x), (ax.yaxis, cells.y)):
            every = range(0, len(values), 1 if len(values) < 9 else 2)
            axis.set_ticks(list(every), [f"{values[i]:,.6g}" for i in every])
        ax.set(xlabel=state.x.replace("_", " "), ylabel=state.y.replace("_", " "))
        x, y = _place(cells.x, config, state.x), _place(cells.y, config, state.y)
        if x is not None and y is not None:
            for color, width in (("white", 3.0), ("black", 1.2)):
                ax.plot([x], [y], marker="o", color="none", mec=color, mew=width, markersize=9)
        side = figure.add_axes((0.87, BOX[1], 0.025, BOX[3]))
        figure.colorbar(mesh, cax=side, label="Random − warm (percentage points)")
    return figure


def _place(values: tuple[Any, ...], config: Config, name: str) -> float | None:
    """Return where the setting lies along an axis, between cells; None outside."""
    value = getattr(config, name)
    if value is None or not values[0] <= value <= values[-1]:
        return None
    return float(np.interp(value, values, range(len(values))))
