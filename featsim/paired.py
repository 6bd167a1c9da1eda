"""Differences between two initializations, seed by seed, with their interval over the seeds."""

import json
import math
import numbers
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["paired_differences"]


def paired_differences(
    result: "xr.Dataset",
    a: str,
    b: str,
    variable: str = "exact_accuracy",
    level: float = 0.95,
) -> "xr.Dataset":
    """Return how much more one initialization has of a variable than another, and how surely.

    The points of a seed are the same for all initializations, so that the difference is taken
    seed by seed: what a seed has in common drops out.

    Parameters
    ----------
    result
        A result of ``simulate``, ``simulate_source`` or ``sweep`` with at least two seeds.
    a, b
        Names of two initializations of the result; the difference is a − b.
    variable
        A variable with the dims ``seed`` and ``init``.
    level
        The interval's chance to hold the mean over all seeds, where the differences are normal:
        above 0 and below 1.

    Returns
    -------
    xarray.Dataset
        ``difference``, the mean over the seeds, with ``low`` and ``high``, the ends of Student's
        t interval for it, in the units of the variable, by all its other dims. Intervals are of
        one place each: of many, the share 1 − level misses even where nothing differs.

    Raises
    ------
    TypeError
        If ``result`` is no Dataset, or ``level`` no number.
    ValueError
        If an initialization or the variable is not there, there are no two seeds, or ``level`` is
        out of range.
    """
    import xarray as xr

    if not isinstance(result, xr.Dataset):
        raise TypeError(f"result must be a Dataset, not {type(result).__name__}")
    share = _level(level)
    values = _variable(result, variable)
    names = values["init"].to_numpy().tolist()
    for parameter, name in (("a", a), ("b", b)):
        if name not in names:
            raise ValueError(f"{parameter} must be among {', '.join(names)}, not {name!r}")
    if a == b:
        raise ValueError(f"b must be another init than a, not {b!r}")
    pair = [values.sel(init=name, drop=True).astype(np.float64) for name in (a, b)]
    ends = _interval(pair[0] - pair[1], share)
    seeds = json.dumps(values["seed"].to_numpy().tolist())
    made = {"a": a, "b": b, "variable": variable, "level": share, "seeds": seeds}
    return xr.Dataset(
        {name: array.assign_attrs(_described(values, name, a, b)) for name, array in ends.items()},
        attrs={**result.attrs, **made},
    )


def _level(level: Any) -> float:
    if isinstance(level, bool) or not isinstance(level, numbers.Real):
        raise TypeError(f"level must be a number between 0 and 1, not {level!r}")
    share = float(level)
    if not 0.0 < share < 1.0:
        raise ValueError(f"level must be a number between 0 and 1, not {level}")
    return share


def _variable(result: "xr.Dataset", name: str) -> "xr.DataArray":
    """Return the variable, which has two initializations and two seeds to compare."""
    if "statistic" in result.dims:
        raise ValueError(
            "result must have the values of every seed, not their mean and standard deviation: "
            "sweep without reduce"
        )
    allowed = [str(found) for found in result if {"seed", "init"} <= set(result[found].dims)]
    if not allowed:
        raise ValueError(
            "result must have variables with the dims seed and init, "
            f"not only the dims {', '.join(map(str, result.dims)) or 'none'}"
        )
    if name not in allowed:
        raise ValueError(f"variable must be among {', '.join(allowed)}, not {name!r}")
    if (seeds := result.sizes["seed"]) < 2:
        raise ValueError(f"result must have at least two seeds for an interval, not {seeds}")
    return result[name]


def _interval(differences: "xr.DataArray", level: float) -> "dict[str, xr.DataArray]":
    """Return the mean of differences over the seeds, and the ends of the interval around it."""
    from scipy.special import stdtrit

    seeds = differences.sizes["seed"]
    mean = differences.mean("seed", skipna=False)
    error = differences.std("seed", ddof=1, skipna=False) / math.sqrt(seeds)
    reach = float(stdtrit(seeds - 1, 0.5 + level / 2.0)) * error
    return {"difference": mean, "low": mean - reach, "high": mean + reach}


def _described(values: "xr.DataArray", name: str, a: str, b: str) -> dict[str, Any]:
    what = {
        "difference": "mean difference",
        "low": "low end of the interval of the difference",
        "high": "high end of the interval of the difference",
    }
    told = values.attrs.get("long_name", values.name)
    units = {"units": values.attrs["units"]} if "units" in values.attrs else {}
    return {"long_name": f"{what[name]}, {a} − {b}: {told}", **units}
