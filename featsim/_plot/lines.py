"""Lines over the experiments, or over the axis of a sweep: a panel for each variable."""

from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from featsim._plot.content import Content
from featsim._plot.scale import scale_of
from featsim.plotting import (
    COLUMN_WIDTH,
    FULL_WIDTH,
    count_axis,
    draw_legend,
    draw_lines,
    experiment_axis,
    new_figure,
    style,
)


def draw_over(contents: Sequence[Content], dim: str = "experiment") -> Figure:
    """Return a panel for each variable, with a line and a band for each init."""
    number = len(contents)
    caption = contents[0].caption
    height = 2.6 if caption else 2.4
    with style():
        figure = new_figure(COLUMN_WIDTH if number == 1 else FULL_WIDTH * number / 3, height)
        axes = figure.subplots(1, number, squeeze=False)[0]
        for ax, content in zip(axes, contents, strict=True):
            _draw_panel(ax, content, dim)
        draw_legend(figure, axes[0], ncols=3 if number == 1 else 6)
        if caption:
            axes[0].set_title(caption, loc="left")
    return figure


def _draw_panel(ax: Axes, content: Content, dim: str) -> None:
    if dim == "experiment":
        places = content.mean[dim].to_numpy()
    else:
        scale = scale_of(content.mean[dim])
        places = scale.places
        scale.apply(ax, "x")
        ax.set_xlabel(scale.label)
    draw_lines(ax, places, content.mean, content.band)
    ax.set_ylabel(content.label)
    if dim == "experiment":
        ax.set_xlabel("Experiment")
        experiment_axis(ax, places)
    if content.kind == "count":
        count_axis(ax)
    if content.kind == "difference":
        ax.axhline(0.0, color="0.6", linewidth=0.8, zorder=1)
