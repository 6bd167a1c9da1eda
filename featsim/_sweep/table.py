"""A table of settings: a design that is no grid, a row for each setting."""

import csv
import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from featsim._sweep.grid import Columns


def read_table(settings: Any) -> Columns:
    """Return the columns of a mapping or a pandas DataFrame, as Python's own numbers and texts.

    Raises
    ------
    TypeError
        If it is neither, or a column is not several values.
    ValueError
        If it has no rows or no columns, or columns of different lengths.
    """
    if not hasattr(settings, "keys") or not hasattr(settings, "__getitem__"):
        raise TypeError(
            "settings must be a mapping of columns or a DataFrame, "
            f"not of type {type(settings).__name__}"
        )
    columns = {}
    for name in settings.keys():  # noqa: SIM118 (a DataFrame need not iterate over its columns)
        column = settings[name]
        values = column.tolist() if hasattr(column, "tolist") else column
        if isinstance(values, str) or not isinstance(values, Iterable):
            raise TypeError(f"{name} must be several values, as it is a column, not {column!r}")
        columns[str(name)] = tuple(values)
    lengths = {name: len(values) for name, values in columns.items()}
    if not any(lengths.values()):
        raise ValueError("settings must have at least one column and one row, not none")
    if len(set(lengths.values())) > 1:
        told = ", ".join(f"{name} {length}" for name, length in lengths.items())
        raise ValueError(f"the columns of settings must be equally long, not {told}")
    return columns


def told(table: Columns) -> dict[str, Any]:
    """Return what tells a table from others, and is short."""
    content = json.dumps({name: list(values) for name, values in table.items()})
    return {
        "columns": list(table),
        "rows": len(next(iter(table.values()))),
        "digest": hashlib.sha256(content.encode()).hexdigest()[:24],
    }


def read_settings(file: Path, kinds: Mapping[str, Callable[[str], Any]]) -> dict[str, list[Any]]:
    """Return the columns of a CSV file; ``kinds`` makes a value of a cell, by column.

    Raises
    ------
    ValueError
        If the file cannot be read, or a cell is not of its column's kind.
    """
    try:
        with file.open(encoding="utf-8-sig", newline="") as lines:
            names, *rows = [row for row in csv.reader(lines, strict=True) if row] or [[]]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise ValueError(f"settings must be a CSV file that can be read: {error}") from None
    names = [name.strip() for name in names]
    if len(set(names)) < len(names):
        raise ValueError(f"settings must have different columns, not {', '.join(names)}")
    table: dict[str, list[Any]] = {name: [] for name in names}
    for number, row in enumerate(rows):
        if len(row) != len(names):
            raise ValueError(
                f"settings must have {len(names)} cells in each row, not {len(row)} "
                f"at setting = {number}"
            )
        for name, cell in zip(names, row, strict=True):
            kind = kinds.get(name, str)
            try:
                table[name].append(kind(cell))
            except ValueError:
                wanted = "an integer" if kind is int else "a number"
                raise ValueError(
                    f"{name} must be {wanted}, not {cell!r} at setting = {number}"
                ) from None
    return table
