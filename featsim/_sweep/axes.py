"""What a sweep varies: axes, and a table of settings; checked before any work."""

import itertools
import math
from collections.abc import Callable, Iterable, Mapping, Sized
from dataclasses import fields as fields_of
from typing import Any

from featsim._memory import check_memory
from featsim._sweep.grid import POLICY, SETTING, Columns, Grid, changed
from featsim._sweep.table import read_table
from featsim.config import Config
from featsim.inits import Init
from featsim.schedules import Doubling

TABLES = ("frequencies", "points_by_chunk", "strengths", "noise_levels")
FIELDS = tuple(
    field.name for field in fields_of(Config) if field.name not in ("experiments", *TABLES)
)
TOGETHER = (
    {"tau", "features"},
    {"classes", "points_per_chunk", "class_arrival", "test_points"},
)
"""Fields that are checked with each other; every other field is right or wrong by itself."""

VALUE_BYTES = 200
"""About what a value of an axis takes, with what is told of it."""


def make_grid(
    config: Config,
    axes: Mapping[str, Iterable[Any]],
    settings: Any,
    inits: tuple[Init, ...],
    bytes_of_result: int,
) -> Grid:
    """Return every combination of the values, checked.

    ``bytes_of_result`` is what one setting has of a result in memory, at least.

    Raises
    ------
    ValueError, TypeError
        If an axis, the table or a combination of values is not allowed.
    MemoryError
        If there are too many combinations; none is checked then.
    """
    for name in axes:
        _check_field(name, "an axis", inits)
        if isinstance(axes[name], str) or not isinstance(axes[name], Iterable):
            raise TypeError(f"{name} must be several values, as it is an axis, not {axes[name]!r}")
    _check_number(
        [values for values in axes.values() if isinstance(values, Sized)], bytes_of_result
    )
    dims: dict[str, Columns] = {} if settings is None else {SETTING: read_table(settings)}
    for name in dims.get(SETTING, ()):
        _check_field(name, "a column of settings", inits)
        if name in axes:
            raise ValueError(f"{name} must not be both an axis and a column of settings")
    dims.update({name: {name: tuple(values)} for name, values in axes.items()})
    for dim, columns in dims.items():
        what = "a column of settings" if dim == SETTING else "an axis"
        for name, values in columns.items():
            _check_values(name, values, what)
    _check_number([next(iter(columns.values())) for columns in dims.values()], bytes_of_result)
    _check_combinations(Grid(config, inits, dims))
    checked = {
        dim: {name: tuple(map(_kind(name), values)) for name, values in columns.items()}
        for dim, columns in dims.items()
    }
    for name in axes:
        if len(set(checked[name][name])) < len(checked[name][name]):
            raise ValueError(f"{name} must have different values, not {list(checked[name][name])}")
    return Grid(config, inits, checked)


def _check_combinations(grid: Grid) -> None:
    """Check all settings: every value once, and with each other those that depend on each other."""
    for group in _dependent(grid.dims):
        ranges = [
            range(length if dim in group else 1)
            for dim, length in zip(grid.dims, grid.shape, strict=True)
        ]
        for point in itertools.product(*ranges):
            fields = grid.fields(point)
            try:
                grid.config.replace(**{n: v for n, v in fields.items() if n not in POLICY})
                changed(grid.inits, fields)
            except (TypeError, ValueError) as error:
                named = {SETTING: point[0]} if SETTING in grid.dims else {}
                place = ", ".join(f"{name} = {value}" for name, value in (named | fields).items())
                raise type(error)(f"at {place}: {error}") from None


def _dependent(dims: Mapping[str, Columns]) -> list[set[str]]:
    """Return the dims, those together whose fields are checked with each other."""
    groups = [{dim} for dim in dims] or [set[str]()]
    for together in TOGETHER:
        joined = [group for group in groups if any(together & dims[dim].keys() for dim in group)]
        if joined:
            groups = [group for group in groups if group not in joined] + [set().union(*joined)]
    return groups


def _kind(name: str) -> Callable[[Any], Any]:
    """Return the type of a field."""
    if name == "window":
        return int
    return float if name in POLICY else type(getattr(Config(), name))


def _check_field(name: str, what: str, inits: tuple[Init, ...]) -> None:
    if name == "experiments":
        raise ValueError(
            f"experiments cannot be {what}: a simulation of many experiments contains that of fewer"
        )
    if name not in (*FIELDS, *POLICY):
        raise ValueError(f"{what} must be among {', '.join((*FIELDS, *POLICY))}, not {name!r}")
    if name in POLICY and len(inits) > 1:
        names = ", ".join(init.name for init in inits)
        raise ValueError(f"inits must hold one init where {name} is {what}, not {names}")
    if name == "factor" and not isinstance(inits[0].when, Doubling):
        raise ValueError(
            f"inits must hold an init that forgets at doublings where factor is {what}, "
            f"not {inits[0].name!r}"
        )


def _check_values(name: str, values: tuple[Any, ...], what: str) -> None:
    if not values:
        raise ValueError(f"{name} must have at least one value, as it is {what}, not none")
    if name == "window" and None in values:
        raise ValueError(
            f"window must be integers of at least 1, as it is {what}, not None: "
            "a number of at least experiments is all data"
        )


def _check_number(several: list[Any], bytes_of_result: int) -> None:
    """Refuse more settings, or values, than memory holds, from their number alone."""
    lengths = [len(values) for values in several]
    need = sum(lengths) * VALUE_BYTES + math.prod(lengths) * bytes_of_result
    elsewhere = ", or an output that ends in .zarr" if bytes_of_result else ""
    check_memory(need, "sweep", f"values, seeds, inits or experiments{elsewhere}")
