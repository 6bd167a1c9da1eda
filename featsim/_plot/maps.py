"""Heat maps over two axes of a sweep: a panel for each initialization, in one scale of colours."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from matplotlib.figure import Figure

from featsim._plot.content import Content
from featsim._plot.grid import panels
from featsim._plot.scale import scale_of
from featsim.plotting import style


def draw_maps(content: Content, axes: Sequence[str]) -> Figure:
    """Return a heat map for each init, the first axis to the right, the second upwards.

    Differences have colours from one end to the other with white for 0. A cell without a number
    is grey.
    """
    across, upwards = (scale_of(content.mean[dim]) for dim in axes)
    names = content.mean["init"].to_numpy().tolist()
    values = content.mean.transpose("init", *reversed(axes)).to_numpy()
    low, high = _ends(values)
    if content.kind == "difference":
        low, high = -max(-low, high), max(-low, high)
    with style():
        figure, row = panels(len(names), 2.1, upwards.label)
        for ax, name, table in zip(row, names, values, strict=True):
            mesh = ax.pcolormesh(
                across.edges(),
                upwards.edges(),
                table,
                cmap="PuOr_r" if content.kind == "difference" else "cividis",
                vmin=low,
                vmax=high,
                rasterized=True,
            )
            ax.set_facecolor("0.8")
            across.apply(ax, "x")
            ax.set_xlabel(across.label)
            upwards.apply(ax, "y")
            ax.set_title(name)
        figure.colorbar(mesh, ax=row, label=content.label, pad=0.02)
        if content.caption:
            figure.suptitle(content.caption, fontsize="medium")
    return figure


def _ends(values: npt.NDArray[Any]) -> tuple[float, float]:
    known = values[np.isfinite(values)]
    return (float(known.min()), float(known.max())) if known.size else (0.0, 1.0)
