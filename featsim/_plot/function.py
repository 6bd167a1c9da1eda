"""One function that draws any result: experiments, an axis, two axes, a design, a fit."""

from typing import Any

import xarray as xr
from matplotlib.figure import Figure

from featsim._plot.content import axes_of, check_axes, names_of, read
from featsim._plot.lines import draw_over
from featsim._plot.maps import draw_maps
from featsim._plot.scatter import draw_design
from featsim._sweep.grid import SETTING
from featsim.calibration.picture import draw_fit
from featsim.calibration.result import Fit

__all__ = ["plot"]


def plot(result: Any, variable: str | None = None, *, experiment: int | None = None) -> Figure:
    """Draw a result in the look of the package.

    A result of one setting is drawn over the experiments, a sweep over its axis, with a line for
    each initialization; a sweep of two axes is a heat map for each initialization; a design, whose
    dim is ``setting``, is a scatter of its settings over each of its columns. A sweep is drawn at
    one experiment. Lines, colours and points are means over the seeds, bands one standard deviation
    up and down. A difference is drawn in the same way, with its interval as the band. A fit is
    drawn with what was observed.

    Parameters
    ----------
    result
        A result of ``simulate``, ``simulate_stream``, ``simulate_source``, ``sweep``,
        ``theory.mean_field``, ``paired_differences`` or ``fit``. Axes of one value do not count.
    variable
        What to draw of a simulation: a variable by experiment. If not given, the panels of
        Figure 3 where lines are drawn, else the accuracy: on test points, else exact.
    experiment
        The experiment of a sweep to draw; the last if not given.

    Returns
    -------
    matplotlib.figure.Figure
        ``save_figure`` writes it to a file.

    Raises
    ------
    TypeError
        If ``result`` is none of these.
    ValueError
        If it has more axes than can be drawn, or not the variable or the experiment.
    """
    if isinstance(result, Fit):
        for name, value in (("variable", variable), ("experiment", experiment)):
            if value is not None:
                raise ValueError(f"{name} must not be given for a fit, not {value!r}")
        return draw_fit(result)
    if not isinstance(result, xr.Dataset):
        raise TypeError(
            "result must be a Dataset of simulate, sweep or paired_differences, or a Fit, "
            f"not {type(result).__name__}"
        )
    names = names_of(result, variable)
    axes = axes_of(result[names[0]])
    check_axes(result, axes)
    several = "experiment" in result[names[0]].dims
    if experiment is not None and not (axes and several):
        what = "all experiments are drawn" if several else "one was chosen before"
        raise ValueError(f"experiment must not be given where {what}, not {experiment!r}")
    if not axes and not several:
        raise ValueError(
            "result must have several values of an axis, or the dim experiment: choose "
            "experiments with a list, as sel(experiment=[1, 2])"
        )
    if variable is None and (SETTING in axes or len(axes) > 1):
        names = names[:1]
    drawn = [read(result, name, axes, experiment) for name in names]
    if SETTING in axes:
        return draw_design(drawn[0])
    if len(axes) > 1:
        return draw_maps(drawn[0], axes)
    return draw_over(drawn, *axes)
