"""A sweep in a Zarr store, for results larger than memory: finished blocks go into their chunks."""

import json
import shutil
import uuid
import warnings
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, Self

import numpy as np
import xarray as xr

from featsim._files import check_writable, replacing
from featsim._labels import described
from featsim._sweep.blocks import Block, block_shape, blocks
from featsim._sweep.piece import run_piece
from featsim._sweep.plan import Plan
from featsim._sweep.result import Assembly, dims, frame, shapes
from featsim._sweep.store import digest, lock, refuse_another
from featsim._tallies import Arrays

if TYPE_CHECKING:
    import zarr

NOTES = "pieces"
"""A group of the store without arrays, whose folder has the notes, the lock and the token."""


def is_zarr(output: Path) -> bool:
    """Tell whether an output is a Zarr store."""
    return output.suffix == ".zarr"


class Task(NamedTuple):
    """A block, and the store that it goes to."""

    block: Block
    output: str
    sweep: str
    token: str

    @property
    def key(self) -> str:
        """The name of the block."""
        return self.block.key

    @property
    def simulations(self) -> int:
        """Number of simulations."""
        return self.block.plan.simulations


def run_task(task: Task, stopped: Callable[[], bool] = lambda: False) -> str | Arrays:
    """Compute a block and write it; return its digest, or its arrays where the store is not seen.

    A store is seen if it has the token that the calling process put there.
    """
    result = Assembly(task.block.plan)
    result.take(run_piece(task.block.piece(), stopped))
    arrays = result.gridded()
    try:
        seen = (Path(task.output) / NOTES / "token").read_text() == task.token
    except OSError:
        seen = False
    return write(task, arrays) if seen else arrays


def write(task: Task, arrays: Arrays) -> str:
    """Write a block into its chunks and return its digest."""
    import zarr

    group = zarr.open_group(task.output, mode="r+", use_consolidated=False)
    for name, values in arrays.items():
        _array(group, name)[task.block.region] = values
    return _digest(task.sweep, task.key, arrays)


class ZarrStore:
    """The Zarr store of a sweep, with a note of each block that is in it.

    One process has the store at a time. A note is a line with a block's number and the digest of
    its values and of the sweep; a block whose values do not give it is computed again.
    """

    def __init__(self, output: str | Path, plan: Plan) -> None:
        try:
            import zarr  # noqa: F401
        except ImportError:
            raise ImportError(
                "output ending in .zarr needs Zarr: pip install 'featsim[zarr]'"
            ) from None
        self.output = Path(output)
        self.plan = plan
        self.sweep = json.dumps(plan.description())
        self.token = uuid.uuid4().hex
        self.notes = self.output / NOTES / "notes"
        if self.output.exists():
            self._check()
        else:
            check_writable("output", self.output)

    def _check(self) -> None:
        """Refuse what is there and not of this sweep."""
        import zarr

        try:
            group = zarr.open_group(self.output, mode="r", use_consolidated=False)
            stored = json.loads(str(group.attrs["sweep"]))
            group[NOTES]
            for name in self.plan.variables:
                _array(group, name)
        except (OSError, TypeError, ValueError, KeyError):
            raise ValueError(
                f"output must be new or a sweep, but {str(self.output)!r} is something else"
            ) from None
        refuse_another(self.output, stored, self.plan.description())

    def __enter__(self) -> Self:
        if not self.output.exists():
            self._make()
        self.lock = lock(self.output, self.output / NOTES)
        try:
            self._check()  # nobody else can write from now on
            (self.output / NOTES / "token").write_text(self.token)
            self.done = self._verified()
        except BaseException:
            self.lock.release()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.lock.release()

    def _make(self) -> None:
        """Make the store without values, whole or not at all."""
        import zarr

        new = self.output.with_name(f".{uuid.uuid4().hex}.new")
        try:
            start = frame(self.plan)
            for name in {"init", "statistic", "frequency_law"} & set(start.coords):
                start[name] = start[name].astype(object)  # Zarr specifies no texts of fixed length
            start.to_zarr(new, consolidated=False, zarr_format=3)
            group = zarr.open_group(new, mode="r+")
            chunk = list(block_shape(self.plan))
            chunk[-1] = 2 if self.plan.reduce else chunk[-1]
            sizes = [len(values) for values in self.plan.axes.values()]
            for name, (shape, dtype) in shapes(self.plan).items():
                group.create_array(
                    name,
                    shape=(*sizes, *shape[1:]),
                    chunks=(*chunk, *shape[2:]),
                    dtype=np.dtype(dtype),
                    dimension_names=dims(self.plan, name),
                    attributes=dict(described(name)),
                )
            group.create_group(NOTES)
            with warnings.catch_warnings():  # that Zarr's specification does not have it yet
                warnings.simplefilter("ignore")
                zarr.consolidate_metadata(new)
            new.rename(self.output)
        finally:
            shutil.rmtree(new, ignore_errors=True)

    def _verified(self) -> dict[str, str]:
        """Return the notes that hold, write them anew, and say in one line if some do not."""
        import zarr

        if not self.notes.exists():
            return {}
        lines = self.notes.read_text(errors="replace").splitlines()
        told = dict(line.split(" ") for line in lines if line.count(" ") == 1)
        group = zarr.open_group(self.output, mode="r", use_consolidated=False)
        whole = {
            block.key: told[block.key]
            for block in blocks(self.plan)
            if block.key in told and told[block.key] == self._read_digest(group, block)
        }
        if len(whole) < len(lines):
            warnings.warn(
                f"{self.output} was damaged: of its {len(lines)} pieces "
                f"{len(lines) - len(whole)} are computed again",
                stacklevel=3,
            )
        with replacing(self.notes) as new:
            new.write_text("".join(f"{key} {value}\n" for key, value in whole.items()))
        return whole

    def _read_digest(self, group: "zarr.Group", block: Block) -> str | None:
        """Return the digest of a block as it is stored, or None if it cannot be read."""
        try:
            arrays = {name: _array(group, name)[block.region] for name in self.plan.variables}
        except (OSError, RuntimeError, ValueError):
            return None
        return _digest(self.sweep, block.key, arrays)

    def missing(self) -> Iterator[Task]:
        """Yield what is to be computed."""
        for block in blocks(self.plan):
            if block.key not in self.done:
                yield Task(block, str(self.output.absolute()), self.sweep, self.token)

    def add(self, task: Task, result: str | Arrays) -> None:
        """Note a block, and write it first if who computed it could not."""
        text = result if isinstance(result, str) else write(task, result)
        with self.notes.open("a") as notes:
            notes.write(f"{task.key} {text}\n")

    def result(self) -> xr.Dataset:
        """Return the store, opened lazily."""
        dataset: xr.Dataset = xr.open_zarr(self.output, chunks=None)
        return dataset


def _array(group: "zarr.Group", name: str) -> Any:
    import zarr

    array = group[name]
    if not isinstance(array, zarr.Array):
        raise KeyError(name)
    return array


def _digest(sweep: str, key: str, arrays: Mapping[str, Any]) -> str:
    content = [f"{sweep} {key}".encode()]
    for name in sorted(arrays):
        content += [name.encode(), np.ascontiguousarray(arrays[name]).tobytes()]
    return digest(b"".join(content))
