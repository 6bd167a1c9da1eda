"""How all pictures and tables look: colors and names of the methods, numbers with their spread."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from featsim import plotting

# Cold and warm look like the simulator's random and warm, DASH like ideal, at which it aims; the
# others have the remaining colors of Okabe and Ito.
COLORS = {
    "cold": plotting.INIT_STYLES["random"].color,
    "warm": plotting.INIT_STYLES["warm"].color,
    "dash": plotting.INIT_STYLES["ideal"].color,
    "shrink_perturb": "#009E73",
    "shrink": "#E69F00",
    "warm_rem": "#CC79A7",
    "l2_init": "#0072B2",
    "reset": "#F0E442",
}
LABELS = {
    "cold": "cold",
    "warm": "warm",
    "warm_rem": "warm, new momentum",
    "shrink_perturb": "shrink and perturb",
    "shrink": "shrink",
    "dash": "DASH",
    "l2_init": "L2 INIT",
    "reset": "reset",
}


def new_figure(columns: int, rows: int = 1) -> tuple[Figure, list[Axes]]:
    """Return a figure with a grid of axes, by row, each a column of a paper wide."""
    width, height = plotting.COLUMN_WIDTH * columns, 2.5 * rows
    with plotting.style():
        figure = plotting.new_figure(width, height)
        axes = np.ravel(figure.subplots(rows, columns))
    return figure, list(axes)


def draw_heat_map(
    axes: Axes, values: np.ndarray, rows: Sequence[float], columns: Sequence[float], form: str
) -> None:
    """Draw a value in each cell, darker where it is larger; `form` formats the number."""
    axes.imshow(values, cmap="Blues", aspect="auto")
    middle = (values.min() + values.max()) / 2
    for (i, j), value in np.ndenumerate(values):
        color = "white" if value > middle else "black"
        axes.text(j, i, form.format(value), ha="center", va="center", color=color)
    axes.set_xticks(range(len(columns)), [f"{x:g}" for x in columns])
    axes.set_yticks(range(len(rows)), [f"{x:g}" for x in rows])


def mean_std(values: list[float]) -> tuple[float, float]:
    """Return the mean and the sample standard deviation, NaN for a single value."""
    spread = float(np.std(values, ddof=1)) if len(values) > 1 else float("nan")
    return float(np.mean(values)), spread


def with_seeds(values: list[float], digits: int) -> str:
    """Return `plus_minus` with the number of seeds."""
    many = "seed" if len(values) == 1 else "seeds"
    return f"{plus_minus(values, digits)} ({len(values)} {many})"


def plus_minus(values: list[float], digits: int = 1) -> str:
    """Return "mean ± standard deviation", or the value alone if there is one."""
    mean, spread = mean_std(values)
    return f"{mean:.{digits}f}" if len(values) == 1 else f"{mean:.{digits}f} ± {spread:.{digits}f}"


def markdown(header: list[str], rows: list[list[str]]) -> str:
    """Return a table in Markdown, columns aligned."""
    lines = [header, ["-" * 3] * len(header), *rows]
    widths = [max(len(line[i]) for line in lines) for i in range(len(header))]
    lines[1] = ["-" * width for width in widths]
    padded = [[cell.ljust(w) for cell, w in zip(line, widths, strict=True)] for line in lines]
    return "\n".join(f"| {' | '.join(line)} |" for line in padded)
