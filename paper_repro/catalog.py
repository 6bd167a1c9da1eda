"""Every figure and table by its number."""

import functools
import importlib
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from matplotlib.figure import Figure

from paper_repro.errors import Mendable
from paper_repro.records import Records
from paper_repro.run import Run
from paper_repro.scales import Scale

Kind = Literal["figure", "table"]
HERE = Path(__file__).parent
RESULTS = HERE.parent / "results"


@dataclass(frozen=True)
class Item:
    """A figure or a table: what its file holds."""

    title: str
    runs: Callable[[Scale], list[Run]]
    """The runs that it needs; Mendable where it has no such scale."""
    show: Callable[[Sequence[Records]], Figure | str]
    """The picture of their records, or their text, a table in Markdown."""


def numbers(kind: Kind) -> list[int]:
    """Return the numbers of all figures or tables, in order."""
    return sorted(_files(kind))


def find(kind: Kind, number: int) -> Item:
    """Return one figure or table.

    Its file holds a title (its docstring's first paragraph), `runs(scale)` and `draw(records)` or
    `table(records)`. A file of several numbers has `title(number)` and `runs(scale, number)`.

    Raises
    ------
    errors.Mendable
        If there is none of this number.
    """
    files = _files(kind)
    if number not in files:
        known = ", ".join(map(str, sorted(files)))
        raise Mendable(f"{kind} must be one of {known}; it is {number}")
    module = importlib.import_module(f"paper_repro.{kind}s.{files[number]}")
    show = module.draw if kind == "figure" else module.table
    if hasattr(module, "title"):
        return Item(module.title(number), functools.partial(module.runs, number=number), show)
    title = " ".join(str(module.__doc__).split("\n\n")[0].split())
    return Item(title, module.runs, show)


def _files(kind: Kind) -> dict[int, str]:
    """Return the name of the file of each number."""
    names = [path.stem for path in (HERE / f"{kind}s").glob(f"{kind}*_[0-9]*.py")]
    return {int(digits): name for name in names for digits in re.findall(r"\d+", name)}
