"""A result as a long table: a row for each setting, seed, init and experiment."""

import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

from featsim._files import replacing

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr

__all__ = ["to_table"]

FURTHER = ("class", "feature")
"""Dims that no row has: the variables by class or feature are left out."""

CELL_BYTES = 32
"""About what a cell takes while the table is made."""

MOST_ROWS = 10_000_000
"""Most rows of a file; there are about 100 bytes in each."""


def to_table(result: "xr.Dataset") -> "pd.DataFrame":
    """Return a result as a long table.

    Parameters
    ----------
    result
        A result of ``simulate``, ``simulate_stream``, ``simulate_source``, ``sweep`` or
        ``paired_differences``.

    Returns
    -------
    pandas.DataFrame
        A row for each combination of the dims but ``class`` and ``feature``, the last fastest:
        each setting, seed, init and experiment. First come columns for the dims and for other
        coordinates, as the columns of a design; then one for each variable without ``class`` and
        ``feature``, of the same values and types.

    Raises
    ------
    TypeError
        If ``result`` is no Dataset.
    ValueError
        If all its variables are by class or feature, or it has none.
    MemoryError
        If the table does not fit the memory that is available.
    """
    import xarray as xr

    if not isinstance(result, xr.Dataset):
        raise TypeError(f"result must be a Dataset, not {type(result).__name__}")
    kept = result[[name for name in result if not set(FURTHER) & set(result[name].dims)]]
    if not kept:
        raise ValueError(
            "result must have a variable without the dims class and feature, "
            f"not only {', '.join(map(str, result)) or 'none'}"
        )
    dims = list(dict.fromkeys(dim for name in kept for dim in kept[name].dims))
    kept = kept.drop_vars([name for name in kept.coords if not set(kept[name].dims) <= set(dims)])
    cells = math.prod(kept.sizes[dim] for dim in dims) * len(kept.variables)
    _check_cells(cells)
    table = kept.to_dataframe(dim_order=dims).reset_index() if dims else _one_row(kept)
    others = [str(name) for name in kept.coords if name not in dims]
    chosen: pd.DataFrame = table[[*dims, *others, *map(str, kept)]]
    return chosen


def is_table(output: Path) -> bool:
    """Tell whether an output is a table."""
    return output.suffix.lower() == ".csv"


def check_file(rows: int, columns: int) -> None:
    """Refuse a file of too many rows, or of which the table does not fit the memory."""
    if rows > MOST_ROWS:
        raise ValueError(
            f"output can be a table of {MOST_ROWS:,} rows, not {rows:,}: take fewer values, seeds, "
            "inits or experiments, or an output that ends in .nc"
        )
    _check_cells(rows * columns)


def write_file(result: "xr.Dataset", output: Path) -> None:
    """Write a result, whole or not at all: a long table if the name says so, else NetCDF."""
    with replacing(output) as new:
        if is_table(output):
            to_table(result).to_csv(new, index=False, lineterminator="\n")
        else:
            result.to_netcdf(new, engine="scipy")


def _check_cells(cells: int) -> None:
    from featsim._memory import check_memory

    check_memory(CELL_BYTES * cells, "table", "values, seeds, inits or experiments")


def _one_row(result: "xr.Dataset") -> Any:
    import pandas as pd

    return pd.DataFrame({str(name): [result[name].item()] for name in result.variables})
