"""What is drawn of a result: its variables, the axes they have, and their means and bands."""

import dataclasses
from collections.abc import Sequence
from typing import Literal

import xarray as xr

from featsim._sweep.grid import SETTING
from featsim.plotting import (
    ACCURACY_LABELS,
    LABELS,
    OVER,
    Band,
    mean_and_band,
    panels_of,
    scaled,
)

MOST = "two axes or a design alone"
DIFFERENCE = ("difference", "low", "high")


@dataclasses.dataclass(frozen=True)
class Content:
    """One variable as it is drawn, by init and by the dims it is drawn over."""

    label: str
    mean: xr.DataArray
    band: Band | None

    kind: Literal["accuracy", "count", "difference"]

    @property
    def caption(self) -> str:
        """What was chosen of the dims that are not drawn, as ``gamma = 50, experiment = 50``."""
        coordinates = self.mean.coords
        chosen = {
            name: coordinates[name].item() for name in coordinates if not coordinates[name].ndim
        }
        return ", ".join(
            f"{str(name).replace('_', ' ')} = {f'{value:g}' if isinstance(value, float) else value}"
            for name, value in chosen.items()
        )


def is_difference(result: xr.Dataset) -> bool:
    """Tell whether a result is of ``paired_differences``."""
    return set(DIFFERENCE) <= set(result) and {"a", "b", "variable"} <= set(result.attrs)


def names_of(result: xr.Dataset, variable: str | None) -> list[str]:
    """Return the variables that may be drawn, those of Figure 3 first; or the one that is wanted.

    Raises
    ------
    ValueError
        If there are none, or the one that is wanted is not among them.
    """
    if is_difference(result):
        if variable is not None:
            raise ValueError(f"variable must not be given for a difference, not {variable!r}")
        return [DIFFERENCE[0]]
    series = [name for name in LABELS if name in result and "class" not in result[name].dims]
    if not series:
        raise ValueError(
            f"result must have a variable among {', '.join(LABELS)}, not {list(result)}"
        )
    if variable is not None and variable not in series:
        raise ValueError(f"variable must be among {', '.join(series)}, not {variable!r}")
    if "init" not in result[series[0]].dims:
        raise ValueError(
            "result must have the dim init: choose inits with a list, as sel(init=['warm'])"
        )
    if variable is not None:
        return [variable]
    return [name for name in panels_of(result) if name in series] or series[:1]


def axes_of(values: xr.DataArray) -> list[str]:
    """Return the dims with several values that an axis of a sweep or a design has made."""
    others = ("init", "experiment", *OVER)
    return [str(dim) for dim, size in values.sizes.items() if dim not in others and size > 1]


def check_axes(result: xr.Dataset, axes: Sequence[str]) -> None:
    """Refuse a result with more axes than can be drawn, and say what to select."""
    if excess := excess_of(axes):
        place = ", ".join(f"{dim}={result[dim].to_numpy().tolist()[0]!r}" for dim in excess)
        raise ValueError(
            f"result can be drawn over {MOST}, not {', '.join(axes)}: choose one value of "
            f"{', '.join(excess)}, as result.sel({place})"
        )


def excess_of(axes: Sequence[str]) -> list[str]:
    """Return the axes of which one value must be chosen, so that the others can be drawn."""
    return [dim for dim in axes if dim != SETTING] if SETTING in axes else list(axes[2:])


def read(result: xr.Dataset, name: str, axes: Sequence[str], experiment: int | None) -> Content:
    """Return a variable as it is drawn over axes, at one experiment, or else over experiments."""
    several = set(axes) if axes else {"experiment"}
    place = {}
    if axes and "experiment" in result[name].dims:
        place["experiment"] = _chosen(result["experiment"], experiment)
    keep = {"init", *OVER, *several}

    def part(of: str) -> xr.DataArray:
        values = result[of].sel(place)
        values = values.squeeze([dim for dim in values.dims if dim not in keep]).load()
        return values.sortby([dim for dim in axes if values[dim].dtype.kind in "iuf"])

    if not is_difference(result):
        mean, band = mean_and_band(scaled(part(name)))
        return Content(LABELS[name], mean, band, "accuracy" if name in ACCURACY_LABELS else "count")
    a, b, variable = (str(result.attrs[key]) for key in ("a", "b", "variable"))
    scale = 100.0 if variable in ACCURACY_LABELS else 1.0
    mean, low, high = (scale * part(of).expand_dims(init=[f"{a} − {b}"]) for of in DIFFERENCE)
    label = LABELS.get(variable, variable).replace("(%)", "(percentage points)")
    return Content(label, mean, (low, high), "difference")


def _chosen(experiments: xr.DataArray, experiment: int | None) -> int:
    """Return the experiment, which must be there; the last if None."""
    known = experiments.to_numpy().tolist()
    if experiment is None:
        return int(known[-1])
    if experiment not in known:
        raise ValueError(
            f"experiment must be one of the result, {known[0]} … {known[-1]}, not {experiment!r}"
        )
    return experiment
