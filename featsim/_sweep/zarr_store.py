"""A sweep in a Zarr store, for results larger than memory: finished blocks go into their chunks."""

import json
import os
import shutil
import uuid
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr

from featsim._files import check_writable
from featsim._labels import described
from featsim._sweep.blocks import Block, block_shape, blocks, number_of_blocks
from featsim._sweep.held import Held
from featsim._sweep.notes import Notes, digest_of
from featsim._sweep.plan import Plan
from featsim._sweep.result import dims, frame, shapes
from featsim._sweep.store import digest, refuse_another
from featsim._sweep.task import NOTES, Task, array_of, open_store, write
from featsim._tallies import Arrays


def is_zarr(output: Path) -> bool:
    """Tell whether an output is a Zarr store."""
    return output.suffix == ".zarr"


class ZarrStore(Held):
    """The Zarr store of a sweep, with a note of each block that is in it.

    One process has the store at a time. A block whose values are not what was noted is computed
    again.
    """

    def __init__(self, output: str | Path, plan: Plan) -> None:
        try:
            import zarr  # noqa: F401
        except ImportError:
            raise ImportError(
                "an output that ends in .zarr needs zarr: pip install 'featsim[zarr]'"
            ) from None
        self.output = Path(os.path.realpath(output)) if os.path.islink(output) else Path(output)
        self.plan = plan
        self.description = plan.description()
        self.sweep = digest(json.dumps(self.description).encode())
        self.token = uuid.uuid4().hex
        self.notes = Notes(self.output / NOTES / "notes")
        self.done: set[int] = set()
        if self.output.exists():
            self._check()
        else:
            check_writable("output", self.output)

    def _check(self) -> None:
        """Refuse what is there and not of this sweep."""
        try:
            group = open_store(self.output, "r")
            stored = json.loads(str(group.attrs["sweep"]))
            for name in self.plan.variables:
                array_of(group, name)
        except (OSError, TypeError, ValueError, KeyError):
            raise ValueError(
                f"output must be new or a sweep, but {str(self.output)!r} is something else"
            ) from None
        refuse_another(self.output, stored, self.description)

    def _make(self) -> Path:
        if not self.output.exists():
            self._make_whole()
        return self.output / NOTES

    def _take(self) -> None:
        (self.output / NOTES / "token").write_text(self.token)
        self.done = self._verified()

    def _make_whole(self) -> None:
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
            for name, (shape, dtype) in shapes(self.plan).items():
                group.create_array(
                    name,
                    shape=(*self.plan.grid.shape, *shape[1:]),
                    chunks=(*chunk, *shape[2:]),
                    dtype=np.dtype(dtype),
                    dimension_names=dims(self.plan, name),
                    attributes=dict(described(name)),
                )
            group.create_group(NOTES)
            with warnings.catch_warnings():  # that Zarr's specification does not have it yet
                warnings.simplefilter("ignore")
                zarr.consolidate_metadata(new)
            for file in filter(Path.is_file, new.rglob("*")):
                with file.open("rb+") as written:
                    os.fsync(written.fileno())
            new.rename(self.output)
        finally:
            shutil.rmtree(new, ignore_errors=True)

    def _verified(self) -> set[int]:
        """Return the blocks whose values are as noted, and say in one line if some are not."""
        told = self.notes.read()
        group = open_store(self.output, "r")
        stored = {name: array_of(group, name) for name in self.plan.variables}
        whole = {
            block.number: told[block.number]
            for block in blocks(self.plan)
            if block.number in told and told[block.number] == self._digest(stored, block)
        }
        if len(whole) < len(told):
            warnings.warn(
                f"{self.output} was damaged: of its {len(told)} pieces "
                f"{len(told) - len(whole)} are computed again",
                stacklevel=5,
            )
        self.notes.replace(whole)
        return set(whole)

    def _digest(self, stored: dict[str, Any], block: Block) -> str | None:
        """Return the digest of a block as it is stored, or None if it cannot be read."""
        try:
            arrays = {name: array[block.region] for name, array in stored.items()}
        except (OSError, RuntimeError, ValueError):
            return None
        return digest_of(self.sweep, block.number, arrays)

    def progress(self) -> tuple[int, int, int]:
        """Return how many pieces are noted, how many there are, and the simulations missing."""
        told = self.notes.read()
        missing = [
            block.plan.simulations for block in blocks(self.plan) if block.number not in told
        ]
        return len(told), number_of_blocks(self.plan), sum(missing)

    def missing(self) -> Iterator[Task]:
        """Yield what is to be computed."""
        for block in blocks(self.plan):
            if block.number not in self.done:
                yield Task(block, str(self.output.absolute()), self.sweep, self.token)

    def add(self, task: Task, result: str | Arrays) -> None:
        """Note a block, and write it first if who computed it could not."""
        text = result if isinstance(result, str) else write(task, result)
        self.notes.add(task.block.number, text)

    def result(self) -> xr.Dataset:
        """Return the store, opened lazily."""
        dataset: xr.Dataset = xr.open_zarr(self.output, chunks=None)
        return dataset
