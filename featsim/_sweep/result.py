"""The result of a sweep: filled piece by piece, then labelled."""

import json
from typing import Any

import numpy as np
import numpy.typing as npt
import xarray as xr

from featsim._labels import described, versions
from featsim._sweep.piece import Arrays
from featsim._sweep.plan import Plan
from featsim.variables import VARIABLES

SERIES = (
    "learned_features",
    "nonzero_gradient_points",
    "memorized_points",
    "test_accuracy",
    "exact_accuracy",
)


class Result:
    """The variables of a sweep, (settings, seeds or statistics, …)."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.arrays = {
            name: np.empty(shape, dtype) for name, (shape, dtype) in layout(plan).items()
        }

    def take(self, piece: Arrays) -> None:
        """Put what a piece gave in its place."""
        cells = piece["row"], piece["column"]
        for name, values in piece.items():
            if name in self.arrays:
                self.arrays[name][cells] = values

    def dataset(self) -> xr.Dataset:
        """Return the variables with the axes' dims, in their order, and what made them."""
        plan = self.plan
        sizes = [len(values) for values in plan.axes.values()]
        over = "statistic" if plan.reduce else "seed"
        variables = {
            name: (
                (*plan.axes, over, *VARIABLES[name].dims),
                values.reshape(*sizes, *values.shape[1:]),
                described(name),
            )
            for name, values in self.arrays.items()
        }
        coordinates: dict[str, Any] = {name: list(values) for name, values in plan.axes.items()}
        coordinates[over] = ["mean", "std"] if plan.reduce else np.array(plan.seeds, np.int64)
        coordinates["init"] = [init.name for init in plan.inits]
        coordinates["experiment"] = np.arange(1, plan.config.experiments + 1)
        attributes = {
            "config": plan.config.to_json(),
            "seeds": json.dumps(plan.seeds),
            "sweep": json.dumps(plan.description()),
            **versions(),
        }
        return xr.Dataset(variables, coordinates, attributes)


def layout(plan: Plan) -> dict[str, tuple[tuple[int, ...], npt.DTypeLike]]:
    """Return the shape and the type of every variable, before the axes are told apart."""
    sizes = {
        "init": len(plan.inits),
        "experiment": plan.config.experiments,
        "class": plan.configs[0].classes,
        "feature": plan.configs[0].features,
    }
    tested = any(config.test_points for config in plan.configs)
    outer = (len(plan.configs), 2 if plan.reduce else len(plan.seeds))
    return {
        name: (
            (*outer, *(sizes[dim] for dim in VARIABLES[name].dims)),
            "float64" if plan.reduce else VARIABLES[name].dtype,
        )
        for name in SERIES + plan.keep
        if tested or name != "test_accuracy"
    }
