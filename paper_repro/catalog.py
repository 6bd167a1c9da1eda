"""Every figure and table by its number."""

import importlib
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Literal, Protocol

from matplotlib.figure import Figure

from paper_repro.errors import Mendable
from paper_repro.records import Records
from paper_repro.run import Run
from paper_repro.scales import Scale

Kind = Literal["figure", "table"]
HERE = Path(__file__).parent
RESULTS = HERE.parent / "results"


class Item(Protocol):
    """What the file of a figure or a table holds; one of `draw` and `table`."""

    __doc__: str
    runs: Callable[[Scale], list[Run]]
    """The runs that it needs; Mendable where it has no such scale."""
    draw: Callable[[Sequence[Records]], Figure]
    """The picture of their records."""
    table: Callable[[Sequence[Records]], str]
    """The text of their records, a table in Markdown."""


def numbers(kind: Kind) -> list[int]:
    """Return the numbers of all figures or tables, in order."""
    names = (path.stem for path in (HERE / f"{kind}s").glob(f"{kind}_*.py"))
    return sorted(int(re.sub(r"\D", "", name)) for name in names)


def find(kind: Kind, number: int) -> Item:
    """Return the module of one figure or table.

    Raises
    ------
    errors.Mendable
        If there is none of this number.
    """
    if number not in numbers(kind):
        known = ", ".join(map(str, numbers(kind)))
        raise Mendable(f"{kind} must be one of {known}; it is {number}")
    digits = f"{number:02d}" if kind == "figure" else str(number)
    module: Item = importlib.import_module(f"paper_repro.{kind}s.{kind}_{digits}")
    return module
