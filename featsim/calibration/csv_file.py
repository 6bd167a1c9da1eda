"""Curves in a CSV file."""

import csv
from collections.abc import Mapping
from pathlib import Path

REQUIRED, OPTIONAL = ("experiment", "accuracy"), ("run", "steps")


def read_csv(file: Path) -> Mapping[str, list[str] | list[float]]:
    """Return the columns ``experiment``, ``accuracy`` and, if there, ``run`` and ``steps``.

    Raises
    ------
    ValueError
        If the file cannot be read, lacks a column, or holds something else than numbers.
    """
    try:
        with file.open(encoding="utf-8-sig", newline="") as lines:
            reader = csv.DictReader(lines)
            names = list(reader.fieldnames or [])
            rows = list(reader)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise ValueError(f"file must be a CSV file that can be read: {error}") from None
    for name in REQUIRED:
        if name not in names:
            raise ValueError(f"file must have a column {name!r}, not {', '.join(names) or 'none'}")
    table: dict[str, list[str] | list[float]] = {}
    for name in (*REQUIRED, *OPTIONAL):
        if name in names:
            cells = [row[name] for row in rows]
            table[name] = cells if name == "run" else _numbers(name, cells)
    return table


def _numbers(name: str, cells: list[str]) -> list[float]:
    values = []
    for line, cell in enumerate(cells, 2):
        try:
            values.append(float(cell))
        except (TypeError, ValueError):
            raise ValueError(f"{name} must be a number, not {cell!r} in line {line}") from None
    return values
