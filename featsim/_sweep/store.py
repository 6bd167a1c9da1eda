"""The store of a sweep: finished pieces beside the file to be, so that a sweep can be continued."""

import hashlib
import json
import os
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import xarray as xr

from featsim._files import check_writable, replacing
from featsim._sweep.held import Held
from featsim._sweep.plan import Plan
from featsim._tallies import Arrays
from featsim.long_table import is_table, write_file
from featsim.variables import VARIABLES

DESCRIPTION = "sweep.json"
DIGITS = 24
LONGEST_NAME = 255
"""Bytes that the name of a file has at most, on the usual file systems."""


class Store(Held):
    """The pieces of one sweep in the folder ``<output>.pieces``, and in the end the file itself.

    Files are written under another name and renamed, so that each is whole or not there. Only one
    process has the store at a time. The name of a piece ends in a digest of its content and of the
    sweep, so that a piece that was damaged, or is another sweep's, is not taken for one.
    """

    def __init__(self, output: str | Path, plan: Plan) -> None:
        self.output = Path(output)
        self.folder = _beside(self.output)
        self.plan = plan
        self.description = plan.description()
        self.sweep = json.dumps(self.description)
        self.files: dict[str, Path] = {}
        check_writable("output", self.output)
        self._check()

    def _check(self) -> None:
        """Refuse a file or a folder that is there and not of this sweep."""
        if self.output.exists():
            refuse_another(self.output, _described(self.output), self.description)
        stored = _stored_description(self.folder / DESCRIPTION)
        if stored is not None:
            refuse_another(self.folder, stored, self.description)

    def _make(self) -> Path:
        self.folder.mkdir(exist_ok=True)
        return self.folder

    def _take(self) -> None:
        for unfinished in self.folder.glob(".*"):
            unfinished.unlink()
        self._drop_damaged()
        with replacing(self.folder / DESCRIPTION) as new:
            text = {**self.description, "digest": digest(self.sweep.encode())}
            new.write_text(json.dumps(text, indent=1))

    def result(self) -> xr.Dataset | None:
        """Return the finished sweep, or None if it is not finished."""
        if not self.output.exists():
            return None
        dataset = xr.load_dataset(self.output, engine="scipy")
        reduced = "statistic" in dataset.dims
        types = {name: "float64" if reduced else VARIABLES[str(name)].dtype for name in dataset}
        return dataset.astype(types)

    def keys(self) -> set[str]:
        """Return the keys of the pieces that are stored whole."""
        self.files = {
            file.name.partition(".")[0]: file for file in self._pieces() if self._is_whole(file)
        }
        return set(self.files)

    def piece(self, key: str) -> Arrays:
        """Return a piece that is among the keys."""
        with xr.open_dataset(self.files[key], engine="scipy") as dataset:
            return {str(name): values.to_numpy() for name, values in dataset.items()}

    def progress(self) -> tuple[int, int, int]:
        """Return how many pieces are stored, how many there are, and the simulations missing."""
        if self.output.exists():
            return 1, 1, 0
        pieces, stored = list(self.plan.pieces()), self.keys()
        missing = [piece.simulations for piece in pieces if piece.key not in stored]
        return len(pieces) - len(missing), len(pieces), sum(missing)

    def add(self, key: str, arrays: Arrays) -> None:
        """Store a piece."""
        dataset = xr.Dataset({name: _variable(name, values) for name, values in arrays.items()})
        content = bytes(dataset.to_netcdf(engine="scipy"))
        self.files[key] = self.folder / f"{key}.{self._digest(key, content)}.nc"
        with replacing(self.files[key]) as new:
            new.write_bytes(content)

    def _digest(self, key: str, content: bytes) -> str:
        return digest(f"{self.sweep}{key}".encode() + content)

    def _pieces(self) -> Iterator[Path]:
        return self.folder.glob("[!.]*.nc")

    def _is_whole(self, file: Path) -> bool:
        key, _, told = file.stem.partition(".")
        return told == self._digest(key, file.read_bytes())

    def _drop_damaged(self) -> None:
        """Remove what cannot be trusted, so that it is computed again, and say so in one line."""
        if self.output.exists():
            return
        pieces = list(self._pieces())
        damaged = [file for file in pieces if not self._is_whole(file)]
        for file in damaged:
            file.unlink()
        description = self.folder / DESCRIPTION
        if damaged or (description.exists() and _stored_description(description) is None):
            warnings.warn(
                f"{self.folder} was damaged: of its {len(pieces)} pieces {len(damaged)} are "
                "computed again",
                stacklevel=3,
            )

    def finish(self, dataset: xr.Dataset) -> None:
        """Write the file, and remove the pieces, which it holds all."""
        if not self.output.exists():
            write_file(dataset, self.output)
        for file in (*self._pieces(), self.folder / DESCRIPTION):
            file.unlink(missing_ok=True)
        self.lock.release()
        (self.folder / "lock").unlink(missing_ok=True)
        self.folder.rmdir()


def _beside(output: Path) -> Path:
    """Return the folder of the pieces, under a shorter name where that of the file is too long."""
    name = output.name + ".pieces"
    if len(os.fsencode(name)) > LONGEST_NAME:
        name = digest(os.fsencode(output.name)) + ".pieces"
    return output.with_name(name)


def refuse_another(path: Path, stored: dict[str, Any], description: dict[str, Any]) -> None:
    """Raise a ValueError that names what differs if a store is not of the sweep described."""
    differences = [
        f"{name} = {json.dumps(stored.get(name))} and not {json.dumps(value)}"
        for name, value in description.items()
        if stored.get(name) != value
    ]
    if differences:
        raise ValueError(
            f"output must be new or of the same sweep, but {path} has {'; '.join(differences)}"
        )


def digest(content: bytes) -> str:
    """Return what tells whether a content is still what was written."""
    return hashlib.sha256(content).hexdigest()[:DIGITS]


def _variable(name: str, values: npt.NDArray[Any]) -> tuple[Any, ...]:
    """Return a variable of a piece; NetCDF 3 has no integers of 64 bits, but doubles."""
    dims = ("cell", *(f"{name}_{i}" for i in range(1, values.ndim)))
    large = values.dtype.kind == "i" and values.max(initial=0) >= 2**31
    return dims, values.astype(np.float64) if large else values


def _stored_description(file: Path) -> dict[str, Any] | None:
    """Return what a folder of pieces says of its sweep, or None if that is damaged or not there."""
    try:
        stored = json.loads(file.read_text(encoding="utf-8"))
        told = stored.pop("digest", None)
    except (AttributeError, OSError, TypeError, ValueError):
        return None
    # Releases before this had no digest there: theirs are other sweeps, which are refused.
    return stored if told in (None, digest(json.dumps(stored).encode())) else None


def _described(output: Path) -> dict[str, Any]:
    if is_table(output):
        raise ValueError(
            f"output must be new where it is a table, which tells no sweep, but {str(output)!r} "
            "is there"
        )
    try:
        with xr.open_dataset(output, engine="scipy") as dataset:
            description: dict[str, Any] = json.loads(dataset.attrs["sweep"])
    except (OSError, TypeError, ValueError, LookupError):  # of a file cut short: anything
        raise ValueError(
            f"output must be new or a sweep, but {str(output)!r} is another file"
        ) from None
    return description
