"""The result of a sweep: filled piece by piece, then labelled."""

import json
import math
from typing import Any

import numpy as np
import numpy.typing as npt
import xarray as xr

from featsim._labels import described, dims_of, encoding, versions
from featsim._sweep.plan import Plan
from featsim._tallies import Arrays
from featsim.variables import VARIABLES


class Assembly:
    """The variables of a sweep, (settings, seeds or statistics, …)."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.arrays = {
            name: np.empty(shape, dtype) for name, (shape, dtype) in shapes(plan).items()
        }

    def take(self, piece: Arrays) -> None:
        """Put what a piece gave in its place."""
        cells = piece["row"], piece["column"]
        for name, values in piece.items():
            if name in self.arrays:
                self.arrays[name][cells] = values

    def gridded(self) -> Arrays:
        """Return the variables with the axes told apart."""
        sizes = self.plan.grid.shape
        return {
            name: values.reshape(*sizes, *values.shape[1:]) for name, values in self.arrays.items()
        }

    def dataset(self) -> xr.Dataset:
        """Return the variables with the axes' dims, in their order, and what made them."""
        variables = {
            name: (dims(self.plan, name), values, described(name), encoding(values))
            for name, values in self.gridded().items()
        }
        return frame(self.plan).assign(variables)


def dims(plan: Plan, name: str) -> tuple[str, ...]:
    """Return the dims of a variable: the axes, the seed or statistic, and its own."""
    over = "statistic" if plan.reduce else "seed"
    ndim = len(VARIABLES[name].dims) + (name == "frequencies" and plan.by_chunk)
    return (*plan.grid.dims, over, *dims_of(name, ndim))


def frame(plan: Plan) -> xr.Dataset:
    """Return the coordinates, and what made the result, without any variable."""
    coordinates: dict[str, Any] = {
        name: (dim, list(values))
        for dim, columns in plan.grid.dims.items()
        for name, values in columns.items()
    }
    over = "statistic" if plan.reduce else "seed"
    coordinates[over] = ["mean", "std"] if plan.reduce else np.array(plan.seeds, np.int64)
    coordinates["init"] = [init.name for init in plan.inits]
    coordinates["experiment"] = np.arange(1, plan.config.experiments + 1)
    attributes = {
        "config": plan.config.to_json(),
        "sweep": json.dumps(plan.description()),
        **versions(),
    }
    return xr.Dataset(coords=coordinates, attrs=attributes)


def shapes(plan: Plan) -> dict[str, tuple[tuple[int, ...], npt.DTypeLike]]:
    """Return the shape and the type of every variable, before the axes are told apart."""
    sizes = {
        "init": len(plan.inits),
        "experiment": plan.config.experiments,
        "class": plan.grid.values("classes")[0],
        "feature": plan.grid.values("features")[0],
    }
    outer = (plan.grid.size, 2 if plan.reduce else len(plan.seeds))
    result: dict[str, tuple[tuple[int, ...], npt.DTypeLike]] = {}
    for name in plan.variables:
        shape = (*outer, *(sizes[dim] for dim in dims(plan, name)[len(plan.grid.dims) + 1 :]))
        result[name] = shape, "float64" if plan.reduce else VARIABLES[name].dtype
    return result


def result_bytes(plan: Plan) -> int:
    """Return the memory of the result."""
    return sum(
        math.prod(shape) * np.dtype(dtype).itemsize for shape, dtype in shapes(plan).values()
    )
