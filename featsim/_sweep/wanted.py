"""Which variables a sweep has: those by experiment, and what is asked for beside them."""

from collections.abc import Iterable, Sequence

from featsim._sweep.grid import Grid
from featsim.variables import SERIES, VARIABLES

ON_REQUEST = tuple(
    name
    for name, variable in VARIABLES.items()
    if "feature" in variable.dims or variable.origin == "request"
)


def variables_of(grid: Grid, kept: Sequence[str], by_chunk: bool) -> tuple[str, ...]:
    """Return the names of the variables of a sweep, in the table's order."""
    absent = set()
    if not any(grid.values("test_points")):
        absent.add("test_accuracy")
    if not by_chunk:
        absent.add("exact_accuracy_so_far")
    return tuple(
        name
        for name, variable in VARIABLES.items()
        if name in kept
        or (variable.dims == SERIES and name not in ON_REQUEST and name not in absent)
    )


def checked_keep(keep: str | Iterable[str], grid: Grid, reduce: str | None) -> tuple[str, ...]:
    """Return the variables asked for, or raise an error that says why there cannot be one."""
    if not isinstance(keep, Iterable):
        raise TypeError(f"keep must be names of variables, not {keep!r}")
    kept = (keep,) if isinstance(keep, str) else tuple(keep)
    for name in kept:
        if name not in ON_REQUEST:
            raise ValueError(f"keep must be among {', '.join(ON_REQUEST)}, not {name!r}")
    if reduce not in (None, "mean_std"):
        raise ValueError(f"reduce must be None or 'mean_std', not {reduce!r}")
    sets = [name for name in kept if "feature" in VARIABLES[name].dims]
    if sets and reduce:
        raise ValueError(
            f"keep must have no {sets[0]} with reduce = {reduce!r}: "
            "a feature of one seed is not that of another"
        )
    for name in ("classes", "features"):
        if sets and len(set(grid.values(name))) > 1:
            raise ValueError(
                f"keep must have no {sets[0]} where {name} has several values: "
                "the sets of features would differ in shape"
            )
    return tuple(dict.fromkeys(kept))
