"""The look that all pictures share, and Figure 3's panels drawn from any result.

Figures are made at the size they have in a two-column paper (inches), so that 8 points of text are
8 points in print. No global state of matplotlib is touched.
"""

import contextlib
import dataclasses
import itertools
import os
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
import numpy.typing as npt
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from featsim._files import replacing

COLUMN_WIDTH = 3.3
"""Width in inches of one column of a two-column paper."""

FULL_WIDTH = 7.0
"""Width in inches of both columns."""

PNG_DOTS_PER_INCH = 200

OVER = ("seed", "statistic")
"""Dims that a line is the mean over, or holds it."""

Band = tuple[xr.DataArray, xr.DataArray]
"""Low and high end."""

STYLE: dict[Any, Any] = {
    "axes.labelsize": 8,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.titlesize": 8,
    "figure.dpi": 150,
    "figure.constrained_layout.use": True,
    "font.family": "DejaVu Sans",
    "font.size": 8,
    "legend.fontsize": 7,
    "legend.frameon": False,
    "lines.solid_capstyle": "butt",
    "pdf.fonttype": 42,
    "svg.hashsalt": "featsim",
    "xtick.labelsize": 7,
    "ytick.labelsize": 7,
}
"""Settings of matplotlib for every picture; font type 42 embeds the letters of a PDF as text."""


@dataclasses.dataclass(frozen=True)
class InitStyle:
    """How an initialization looks in every picture."""

    color: str
    marker: str
    linestyle: str
    linewidth: float
    markersize: float
    layer: int


# Colours of Okabe and Ito. Random and ideal often coincide: ideal is a thin dashed black line with
# small markers on the broad light one of random, so that both are seen, also in grey.
INIT_STYLES = {
    "random": InitStyle("#56B4E9", "o", "-", 3.0, 6.0, 2),
    "warm": InitStyle("#D55E00", "s", "-", 1.4, 4.5, 3),
    "ideal": InitStyle("#000000", "^", "--", 1.1, 3.5, 4),
    "doubling": InitStyle("#009E73", "D", "-", 1.4, 4.0, 5),
}
_OTHER_STYLES = [
    InitStyle(color, marker, "-.", 1.4, 4.5, 3)
    for color, marker in zip(("#CC79A7", "#E69F00", "#0072B2"), ("v", "P", "X"), strict=True)
]

ACCURACY_LABELS = {
    "test_accuracy": "Test accuracy (%)",
    "exact_accuracy": "Exact accuracy (%)",
    "exact_accuracy_so_far": "Exact accuracy so far (%)",
}
PANEL_LABELS = {
    **ACCURACY_LABELS,
    "learned_features": "Learned features",
    "nonzero_gradient_points": "Non-zero-gradient points",
}
LABELS = {
    **PANEL_LABELS,
    "memorized_points": "Memorized points",
    "learnable_features": "Learnable features",
    "gradient_rank": "Rank of the gradient",
}
FIELD_LABELS = {
    "gamma": "Strength of the noise, γ",
    "tau": "Features to classify a point, τ",
    "classes": "Classes, C",
    "features": "Features of a class, K",
    "points_per_chunk": "Points of a chunk, n",
    "max_frequency": "Largest frequency of a feature",
}
"""What is varied, where its name does not say it."""


def init_styles(names: list[str]) -> dict[str, InitStyle]:
    """Return the style of each initialization; others than the known get the spare ones."""
    spare = itertools.cycle(_OTHER_STYLES)
    return {name: INIT_STYLES.get(name) or next(spare) for name in names}


def new_figure(width: float, height: float) -> Figure:
    """Return an empty figure of a size in inches; to be called within ``style()``."""
    figure = Figure(figsize=(width, height))
    FigureCanvasAgg(figure)
    return figure


def style() -> contextlib.AbstractContextManager[None]:
    """Return a context in which matplotlib has the shared settings."""
    return mpl.rc_context(STYLE)


def panels_of(dataset: xr.Dataset) -> list[str]:
    """Return the variables that Figure 3 shows and the result has, the accuracy only once."""
    accuracy = [name for name in ACCURACY_LABELS if name in dataset][:1]
    return [*accuracy, *(name for name in PANEL_LABELS if name not in ACCURACY_LABELS)]


def three_panels(dataset: xr.Dataset) -> Figure:
    """Draw a result as Figure 3 does: three panels against the number of the experiment.

    Parameters
    ----------
    dataset
        A result of ``featsim.simulate`` or ``featsim.simulate_stream``, with any initializations.

    Returns
    -------
    matplotlib.figure.Figure
        Accuracy (on test points, else exact; no panel if the result has neither), learned features
        and points with non-zero gradient. Lines are means over the seeds, bands reach one standard
        deviation up and down; a result without seeds, or with one, has no bands.

    Raises
    ------
    TypeError
        If ``dataset`` is no Dataset.
    ValueError
        If it has not the variables and dims of such a result, as a sweep or one initialization.
    """
    _check_result(dataset)
    panels = panels_of(dataset)
    with style():
        figure = new_figure(FULL_WIDTH * len(panels) / 3, 2.4)
        axes = figure.subplots(1, len(panels))
        for ax, variable in zip(axes, panels, strict=True):
            draw_panel(ax, dataset, variable)
            ax.set_xlabel("Experiment")
        draw_legend(figure, axes[0])
    return figure


def _check_result(dataset: xr.Dataset) -> None:
    wanted = "dataset must be a result of simulate or simulate_stream"
    if not isinstance(dataset, xr.Dataset):
        raise TypeError(f"{wanted}, not {type(dataset).__name__}")
    for name in panels_of(dataset):
        if name not in dataset:
            raise ValueError(f"{wanted} with the variable {name!r}, not {list(dataset)}")
        dims = set(dataset[name].dims) - set(OVER)
        if dims != {"init", "experiment"}:
            raise ValueError(
                f"{wanted} with the dims init and experiment, and seed or none, but {name} has "
                f"{dataset[name].dims}: choose one value of others with sel, and a list of inits"
            )


def draw_legend(figure: Figure, ax: Axes, ncols: int | None = None) -> None:
    """Draw one legend for all panels above them, with the lines of one, in a row or ``ncols``."""
    handles, labels = ax.get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside upper center", ncols=ncols or len(labels))


def draw_panel(ax: Axes, dataset: xr.Dataset, variable: str) -> None:
    """Draw one variable against the experiment: a line and a band for each initialization."""
    experiments = dataset["experiment"].to_numpy()
    draw_lines(ax, experiments, *mean_and_band(scaled(dataset[variable])))
    ax.set_ylabel(LABELS[variable])
    experiment_axis(ax, experiments)
    if variable not in ACCURACY_LABELS:
        count_axis(ax)


def draw_lines(
    ax: Axes, places: npt.NDArray[Any], mean: xr.DataArray, band: Band | None = None
) -> None:
    """Draw a line for each ``init``, with its band, over a dim whose x coordinates are given."""
    spacing = max(1, round(places.size / 8))
    for i, (name, look) in enumerate(init_styles(mean["init"].to_numpy().tolist()).items()):
        ax.plot(
            places,
            mean.sel(init=name),
            color=look.color,
            label=name,
            linestyle=look.linestyle,
            linewidth=look.linewidth,
            marker=look.marker,
            markersize=look.markersize,
            markevery=((i * spacing) // 3 % spacing, spacing),
            zorder=look.layer,
        )
        if band is not None:
            low, high = (end.sel(init=name) for end in band)
            ax.fill_between(places, low, high, color=look.color, alpha=0.2, linewidth=0)


def scaled(values: xr.DataArray) -> xr.DataArray:
    """Return values as they are drawn: accuracies in percent."""
    return 100.0 * values if values.name in ACCURACY_LABELS else values


def mean_and_band(values: xr.DataArray) -> tuple[xr.DataArray, Band | None]:
    """Return the mean over the seeds, and one standard deviation below and above, if it has any."""
    if "statistic" in values.dims:
        mean, spread = (values.sel(statistic=name, drop=True) for name in ("mean", "std"))
    elif "seed" in values.dims:
        mean = values.mean("seed", skipna=False)
        if values.sizes["seed"] < 2:
            return mean, None
        spread = values.std("seed", ddof=1, skipna=False)
    else:
        return values, None
    return mean, (mean - spread, mean + spread)


def experiment_axis(ax: Axes, experiments: npt.NDArray[Any]) -> None:
    """Let the x axis begin at 0 and have whole numbers."""
    ax.set_xlim(0, max(2, np.max(experiments) + 1))
    ax.xaxis.set_major_locator(MaxNLocator(5, integer=True, steps=[1, 2, 5, 10]))


def count_axis(ax: Axes) -> None:
    """Let the y axis begin a little below 0 and have whole numbers."""
    ax.set_ylim(bottom=-0.04 * ax.get_ylim()[1])
    ax.yaxis.set_major_locator(MaxNLocator(5, integer=True, steps=[1, 2, 5, 10]))
    ax.yaxis.set_major_formatter("{x:,.0f}")


def save_figure(figure: Figure, path: str | os.PathLike[str]) -> None:
    """Write a figure; the file is whole or not there, and the same figure gives the same bytes.

    Parameters
    ----------
    figure
        Any figure of matplotlib.
    path
        A file name that ends in .pdf, .png or .svg; a file of that name is replaced.

    Raises
    ------
    ValueError
        For another ending, or if something is there that is no regular file.
    OSError
        If the file cannot be written.
    """
    target = Path(path)
    ending = target.suffix.lower()
    dates = {".pdf": {"CreationDate": None}, ".png": {}, ".svg": {"Date": None}}
    if ending not in dates:
        raise ValueError(f"path must end in {', '.join(dates)}, not {target.name!r}")
    with style(), replacing(target) as temporary:
        figure.savefig(temporary, format=ending[1:], dpi=PNG_DOTS_PER_INCH, metadata=dates[ending])
