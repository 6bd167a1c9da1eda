"""What is sent to those who fill a Zarr store: a block, and where its values go."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from featsim._sweep.blocks import Block
from featsim._sweep.notes import digest_of
from featsim._sweep.piece import run_piece
from featsim._sweep.result import Assembly
from featsim._tallies import Arrays

if TYPE_CHECKING:
    import zarr

NOTES = "pieces"
"""A group of the store without arrays, whose folder has the notes, the lock and the token."""


class Task(NamedTuple):
    """A block, and the store that it goes to."""

    block: Block
    output: str
    sweep: str
    """A digest of what is swept."""

    token: str
    """What the calling process has put into the store, so that it is known where it is seen."""


def run_task(task: Task, stopped: Callable[[], bool] = lambda: False) -> str | Arrays:
    """Compute a block and write it; return its digest, or its arrays where no store is seen."""
    result = Assembly(task.block.plan)
    result.take(run_piece(task.block.plan.whole(), stopped))
    arrays = result.gridded()
    try:
        seen = (Path(task.output) / NOTES / "token").read_text() == task.token
    except OSError:
        seen = False
    return write(task, arrays) if seen else arrays


def write(task: Task, arrays: Arrays) -> str:
    """Write a block into its chunks and return its digest."""
    group = open_store(task.output, "r+")
    for name, values in arrays.items():
        array_of(group, name)[task.block.region] = values
    return digest_of(task.sweep, task.block.number, arrays)


def open_store(output: str | Path, mode: str) -> "zarr.Group":
    """Open a store as it is, not as its consolidated metadata say."""
    import zarr

    return zarr.open_group(output, mode=mode, use_consolidated=False)  # type: ignore[arg-type]


def array_of(group: "zarr.Group", name: str) -> Any:
    """Return an array of a store, or raise a KeyError."""
    import zarr

    array = group[name]
    if not isinstance(array, zarr.Array):
        raise KeyError(name)
    return array
