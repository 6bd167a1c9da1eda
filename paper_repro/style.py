"""How all pictures look: colors and names of the methods, size of the axes."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

# Okabe and Ito's colors, which color-blind readers tell apart.
COLORS = {
    "cold": "#0072B2",
    "warm": "#D55E00",
    "warm_rem": "#CC79A7",
    "shrink_perturb": "#56B4E9",
    "shrink": "#F0E442",
    "dash": "#009E73",
    "l2_init": "#E69F00",
    "reset": "#000000",
}
LABELS = {
    "cold": "cold start",
    "warm": "warm start",
    "warm_rem": "warm start, new momentum",
    "shrink_perturb": "shrink and perturb",
    "shrink": "shrink",
    "dash": "DASH",
    "l2_init": "L2 INIT",
    "reset": "reset",
}


def new_figure(columns: int, rows: int = 1) -> tuple[Figure, list[Axes]]:
    """Return a figure with a grid of axes, by row; it belongs to no window."""
    figure = Figure(figsize=(4.2 * columns, 3.2 * rows), layout="constrained", dpi=150)
    axes = np.ravel(figure.subplots(rows, columns))
    for ax in axes:
        ax.spines[["top", "right"]].set_visible(False)
    return figure, list(axes)


def mean_std(values: list[float]) -> tuple[float, float]:
    """Return the mean and the sample standard deviation, NaN for a single value."""
    spread = float(np.std(values, ddof=1)) if len(values) > 1 else float("nan")
    return float(np.mean(values)), spread


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
