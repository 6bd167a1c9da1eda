"""Curves as a user has them: accuracy by experiment of one or several runs, and training time."""

import dataclasses
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    import xarray as xr

Reals = npt.NDArray[np.float64]
Counts = npt.NDArray[np.int64]
Rows = tuple[Counts, Reals, Reals | None]

ACCURACIES = ("accuracy", "exact_accuracy", "test_accuracy")


@dataclasses.dataclass(frozen=True, eq=False)
class Observed:
    """Accuracy by experiment, the mean over the runs that have it."""

    experiments: Counts
    """(m,): the experiments, which increase."""

    accuracy: Reals
    """(m,): mean accuracy, 0 … 1."""

    runs: Counts
    """(m,): how many runs it is the mean of."""

    steps: Reals | None
    """(m,): mean training time, in any unit; None if not given."""

    @property
    def chunks(self) -> Reals:
        """(m,): the chunks that a cold start has in these experiments."""
        return self.experiments.astype(np.float64)


def read_observed(name: str, values: Any) -> Observed:
    """Return the curves that ``values`` holds.

    It is a DataArray along ``experiment`` with at most one other dim, the runs; a Dataset with
    such an ``accuracy`` (or ``exact_accuracy``, ``test_accuracy``) and, if known, ``steps``; a
    mapping from experiments to accuracies, one or several each; or a mapping of columns
    ``experiment``, ``accuracy`` and, if known, ``run`` and ``steps``, as a DataFrame is one.

    Raises
    ------
    TypeError, ValueError
        If it is none of these, or its numbers are not as said.
    """
    runs = _runs(name, values)
    if not sum(experiments.size for experiments, _, _ in runs):
        raise ValueError(f"{name} must have at least one accuracy, not none")
    for experiments, accuracy, steps in runs:
        _check(name, experiments, accuracy, steps)
    places = np.unique(np.concatenate([experiments for experiments, _, _ in runs]))
    total, time, count = (np.zeros(places.size) for _ in range(3))
    timed = all(steps is not None for _, _, steps in runs)
    for experiments, accuracy, steps in runs:
        at = np.searchsorted(places, experiments)
        total[at] += accuracy
        count[at] += 1
        if timed and steps is not None:
            time[at] += steps
    return Observed(places, total / count, count.astype(np.int64), time / count if timed else None)


def _runs(name: str, values: Any) -> list[Rows]:
    """Return experiments, accuracy and steps of each run."""
    import xarray as xr

    if isinstance(values, xr.Dataset):
        found = [variable for variable in ACCURACIES if variable in values]
        if not found:
            raise ValueError(f"{name} must have a variable accuracy, not {list(values)}")
        return _labelled(name, values[found[0]], values.get("steps"))
    if isinstance(values, xr.DataArray):
        return _labelled(name, values, None)
    if hasattr(values, "to_dict") and hasattr(values, "columns"):
        values = {column: values[column].to_numpy() for column in values.columns}
    if not isinstance(values, Mapping) or not values:
        raise TypeError(
            f"{name} must be a DataArray along experiment or a mapping with accuracies, "
            f"not {values!r}"
        )
    return _columns(name, values) if isinstance(next(iter(values)), str) else _by_key(name, values)


def _labelled(name: str, accuracy: "xr.DataArray", steps: "xr.DataArray | None") -> list[Rows]:
    if "experiment" not in accuracy.dims or accuracy.ndim > 2:
        raise ValueError(
            f"{name} must have the dim experiment and at most one other, the runs, "
            f"not {accuracy.dims}"
        )
    experiments = _numbers(f"experiments of {name}", accuracy["experiment"].to_numpy())
    tables = [
        None if table is None else _numbers(name, table.transpose(..., "experiment").to_numpy())
        for table in (accuracy, steps)
    ]
    first, second = (None if table is None else np.atleast_2d(table) for table in tables)
    assert first is not None
    times = [None] * len(first) if second is None else np.broadcast_to(second, first.shape)
    return [(_whole(name, experiments), row, time) for row, time in zip(first, times, strict=True)]


def _columns(name: str, values: Mapping[Any, Any]) -> list[Rows]:
    for column in ("experiment", "accuracy"):
        if column not in values:
            raise ValueError(f"{name} must have a column {column!r}, not {list(values)}")
    table = {
        column: _numbers(f"column {column} of {name}", values[column])
        for column in ("experiment", "accuracy", "steps")
        if column in values
    }
    lengths = {column: array.size for column, array in table.items()}
    if "run" in values:
        lengths["run"] = np.size(values["run"])
    if len(set(lengths.values())) > 1 or any(array.ndim != 1 for array in table.values()):
        raise ValueError(f"{name} must have columns of equal length, not {lengths}")
    labels = np.asarray(values.get("run", np.zeros(table["experiment"].size)))
    experiments, rows = _whole(name, table["experiment"]), []
    for label in dict.fromkeys(labels.tolist()):
        at = np.array([one == label for one in labels.tolist()])
        steps = table["steps"][at] if "steps" in table else None
        rows.append((experiments[at], table["accuracy"][at], steps))
    return rows


def _by_key(name: str, values: Mapping[Any, Any]) -> list[Rows]:
    experiments = _whole(name, _numbers(f"experiments of {name}", list(values)))
    columns = [np.atleast_1d(_numbers(name, several)) for several in values.values()]
    longest = max(column.size for column in columns)
    rows: list[Rows] = []
    for run in range(longest):
        at = np.array([column.size > run for column in columns])
        accuracy = np.array([column[run] for column in columns if column.size > run])
        rows.append((experiments[at], accuracy, None))
    return rows


def _numbers(name: str, values: Any) -> Reals:
    try:
        array = np.asarray(values)
    except ValueError:
        array = np.array(None)
    if array.dtype.kind not in "iuf":
        raise TypeError(f"{name} must be numbers, not {values!r}")
    return array.astype(np.float64)


def _whole(name: str, experiments: Reals) -> Counts:
    for value in experiments.ravel():
        if not (value >= 1 and value == np.floor(value)):
            raise ValueError(f"experiments of {name} must be integers of at least 1, not {value:g}")
    return experiments.astype(np.int64)


def _check(name: str, experiments: Counts, accuracy: Reals, steps: Reals | None) -> None:
    later = np.flatnonzero(np.diff(experiments) <= 0)
    if later.size:
        i = int(later[0])
        raise ValueError(
            f"experiments of {name} must increase, not {experiments[i + 1]} after {experiments[i]}"
        )
    outside = accuracy[~((accuracy >= 0.0) & (accuracy <= 1.0))]
    if outside.size:
        raise ValueError(f"{name} must have accuracies in [0, 1], not {outside[0]:g}")
    if steps is not None:
        bad = steps[~((steps > 0.0) & (steps < np.inf))]
        if bad.size:
            raise ValueError(f"steps of {name} must be finite numbers above 0, not {bad[0]:g}")
