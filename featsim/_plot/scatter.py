"""The settings of a design, as points over each of its columns."""

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from featsim._plot.content import Content
from featsim._plot.grid import panels
from featsim._plot.scale import scale_of
from featsim._sweep.grid import SETTING
from featsim.plotting import count_axis, draw_legend, init_styles, style


def draw_design(content: Content) -> Figure:
    """Return a panel for each column of several values, with a point for each setting and init.

    Where all settings are the same, they are drawn over their number.
    A panel shows all settings, whose other columns differ too: the scatter is what these do.
    """
    coordinates = content.mean.coords
    columns = [
        str(name)
        for name in coordinates
        if coordinates[name].dims == (SETTING,) and np.unique(coordinates[name]).size > 1
    ] or [SETTING]
    with style():
        figure, axes = panels(len(columns), 1.9, content.label)
        for ax, column in zip(axes, columns, strict=True):
            _draw_panel(ax, content, column)
        draw_legend(figure, axes[0], ncols=3 if len(columns) == 1 else 6)
        if content.caption:
            axes[0].set_title(content.caption, loc="left")
    return figure


def _draw_panel(ax: Axes, content: Content, column: str) -> None:
    known, index = np.unique(content.mean[column], return_inverse=True)
    scale = scale_of(xr.DataArray(known, dims=column, name=column))
    for name, look in init_styles(content.mean["init"].to_numpy().tolist()).items():
        ax.plot(
            scale.places[index],
            content.mean.sel(init=name),
            color=look.color,
            label=name,
            linestyle="none",
            marker=look.marker,
            markersize=0.7 * look.markersize,
            markeredgewidth=0.0,
            alpha=0.7,
            zorder=look.layer,
        )
    scale.apply(ax, "x")
    ax.set_xlabel(scale.label)
    if content.kind == "count":
        count_axis(ax)
