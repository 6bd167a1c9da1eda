"""Every variable of a result: its dims, its type and its meaning, in one table.

A variable of the kernel's own is one line here and one array that ``run_experiments`` fills, in the
order of this table.
"""

import dataclasses
from typing import Literal


@dataclasses.dataclass(frozen=True)
class Variable:
    """One variable of a result; ``simulate`` puts the dim ``seed`` in front of ``dims``."""

    dims: tuple[str, ...]
    dtype: str
    long_name: str
    units: str

    origin: Literal["kernel", "request", "derived", "source"] = "derived"
    """Whether the kernel gives it by class, always or on request; it is computed from what does;
    or it comes with the points. Of the kernel's, those without the dim class are summed."""


SETS = ("init", "experiment", "class", "feature")
SERIES = ("init", "experiment")

VARIABLES = {
    "learned": Variable(SETS, "bool", "feature is learned after the experiment", "1", "kernel"),
    "learn_step": Variable(
        SETS, "int32", "step of the experiment in which the feature was learned, or -1", "step"
    ),
    "learn_count": Variable(
        SETS,
        "int64",
        "points with a gradient and the feature as it was learned, or -1",
        "points",
        "kernel",
    ),
    "learned_features": Variable(SERIES, "int64", "learned features", "features"),
    "nonzero_gradient_points": Variable(
        SERIES, "int64", "points with non-zero gradient at the start", "points", "kernel"
    ),
    "memorized_points": Variable(
        SERIES, "int64", "memorized points at the end", "points", "kernel"
    ),
    "learnable_features": Variable(
        SERIES,
        "int64",
        "features not in L whose count over N at the start, times strength, reaches the noise",
        "features",
        "kernel",
    ),
    "gradient_rank": Variable(
        SERIES,
        "int64",
        "rank of the points of N times the features not in L at the start, summed over classes",
        "1",
        "request",
    ),
    "test_accuracy": Variable(
        SERIES, "float64", "expected accuracy on the test points, of the classes seen", "1"
    ),
    "exact_accuracy": Variable(
        SERIES, "float64", "accuracy for the true frequencies, of the newest chunk", "1"
    ),
    "exact_accuracy_so_far": Variable(
        SERIES, "float64", "accuracy for the true frequencies, mean over the chunks so far", "1"
    ),
    "frequencies": Variable(("class", "feature"), "float64", "feature frequency", "1", "source"),
    "strengths": Variable(("class", "feature"), "int64", "feature strength", "1", "source"),
}

KERNEL = tuple(name for name, variable in VARIABLES.items() if variable.origin == "kernel")
