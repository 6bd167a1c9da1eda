"""Every variable of a result: its dims, its type and its meaning, in one table."""

import dataclasses


@dataclasses.dataclass(frozen=True)
class Variable:
    """One variable of a result; ``simulate`` puts the dim ``seed`` in front of ``dims``."""

    dims: tuple[str, ...]
    dtype: str
    long_name: str
    units: str


SETS = ("init", "experiment", "class", "feature")
SERIES = ("init", "experiment")

VARIABLES = {
    "learned": Variable(SETS, "bool", "feature is learned after the experiment", "1"),
    "learn_step": Variable(
        SETS, "int32", "step of the experiment in which the feature was learned, or -1", "step"
    ),
    "learn_count": Variable(
        SETS, "int64", "points with a gradient and the feature as it was learned, or -1", "points"
    ),
    "learned_features": Variable(SERIES, "int64", "learned features", "features"),
    "nonzero_gradient_points": Variable(
        SERIES, "int64", "points with non-zero gradient at the start", "points"
    ),
    "memorized_points": Variable(SERIES, "int64", "memorized points at the end", "points"),
    "test_accuracy": Variable(SERIES, "float64", "expected accuracy on the test points", "1"),
    "exact_accuracy": Variable(SERIES, "float64", "accuracy for the true frequencies", "1"),
    "frequencies": Variable(("class", "feature"), "float64", "feature frequency", "1"),
}
