"""The labelled result: an xarray.Dataset that says what it holds and what made it."""

import functools
from collections.abc import Mapping, Sequence
from typing import Any

import numba
import numpy as np
import numpy.typing as npt
import xarray as xr

import featsim
from featsim.inits import Init
from featsim.variables import VARIABLES


def label(
    arrays: Mapping[str, npt.NDArray[Any]],
    *,
    inits: Sequence[Init],
    seeds: Sequence[int] | None,
    settings: str,
) -> xr.Dataset:
    """Return the arrays as a Dataset, with the table's dims, types, names and units.

    ``settings`` is the JSON text of the attribute ``config``; ``seeds`` is None for a stream.
    """
    outer = () if seeds is None else ("seed",)
    variables = {
        name: (
            outer + dims_of(name, array.ndim - len(outer)),
            array.astype(VARIABLES[name].dtype, copy=False),
            described(name),
            encoding(array),
        )
        for name, array in arrays.items()
    }
    coordinates = coordinates_of(
        tuple(init.name for init in inits),
        arrays["learned_features"].shape[-1],
        None if seeds is None else tuple(seeds),
    )
    return xr.Dataset(variables, coordinates, {"config": settings, **versions()})


@functools.lru_cache(maxsize=4)
def coordinates_of(
    inits: tuple[str, ...], experiments: int, seeds: tuple[int, ...] | None
) -> xr.Coordinates:
    """Return the coordinates of a result; a Dataset copies them, but for the indexes."""
    coordinates: dict[str, Any] = {"init": list(inits), "experiment": np.arange(1, experiments + 1)}
    if seeds is not None:
        coordinates["seed"] = np.asarray(seeds, np.int64)
    return xr.Coordinates(coordinates)


def dims_of(name: str, ndim: int) -> tuple[str, ...]:
    """Return the dims of a variable; frequencies that change have ``experiment`` first."""
    dims = VARIABLES[name].dims
    return dims if len(dims) == ndim else ("experiment", *dims)


def described(name: str) -> dict[str, str]:
    """Return the attributes of a variable."""
    return {"long_name": VARIABLES[name].long_name, "units": VARIABLES[name].units}


def encoding(array: npt.NDArray[Any]) -> dict[str, str]:
    """Return how a file holds a variable: NetCDF 3 has no integers of 64 bits, but doubles."""
    large = array.dtype.kind == "i" and array.max(initial=0) >= 2**31
    return {"dtype": "float64"} if large else {}


def versions() -> dict[str, str]:
    """Return the attributes that say what software made a result."""
    return {
        "featsim_version": featsim.__version__,
        "numpy_version": np.__version__,
        "numba_version": numba.__version__,
    }
