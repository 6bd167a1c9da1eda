"""The store of a sweep: finished pieces beside the file to be, so that a sweep can be continued."""

import json
from pathlib import Path
from typing import Any, Self

import filelock
import xarray as xr

from featsim._files import check_writable, replacing
from featsim._sweep.plan import Plan
from featsim._tallies import Arrays
from featsim.variables import VARIABLES

DESCRIPTION = "sweep.json"


class Store:
    """The pieces of one sweep in the folder ``<output>.pieces``, and in the end the file itself.

    Files are written under another name and renamed, so that each is whole or not there. Only one
    process has the store at a time.
    """

    def __init__(self, output: str | Path, plan: Plan) -> None:
        self.output = Path(output)
        self.folder = self.output.with_name(self.output.name + ".pieces")
        self.description = plan.description()
        check_writable("output", self.output)
        self._check()

    def _check(self) -> None:
        """Refuse a file or a folder that is there and not of this sweep."""
        if self.output.exists():
            self._refuse_another(self.output, _described(self.output))
        if (file := self.folder / DESCRIPTION).exists():
            self._refuse_another(self.folder, json.loads(file.read_text()))

    def __enter__(self) -> Self:
        self.folder.mkdir(exist_ok=True)
        self.lock = filelock.FileLock(self.folder / "lock")
        try:
            self.lock.acquire(timeout=0)
        except filelock.Timeout:
            raise ValueError(
                f"output must not be in use, but another process writes {str(self.output)!r}"
            ) from None
        try:
            self._check()  # nobody else can write from now on
            for unfinished in self.folder.glob(".*"):
                unfinished.unlink()
            with replacing(self.folder / DESCRIPTION) as new:
                new.write_text(json.dumps(self.description, indent=1))
        except BaseException:
            self.lock.release()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.lock.release()

    def result(self) -> xr.Dataset | None:
        """Return the finished sweep, or None if it is not finished."""
        if not self.output.exists():
            return None
        dataset = xr.load_dataset(self.output, engine="scipy")
        reduced = "statistic" in dataset.dims
        types = {name: "float64" if reduced else VARIABLES[str(name)].dtype for name in dataset}
        return dataset.astype(types)

    def keys(self) -> set[str]:
        """Return the keys of the pieces that are stored."""
        return {file.stem for file in self.folder.glob("[!.]*.nc")}

    def piece(self, key: str) -> Arrays:
        """Return a piece that is stored."""
        with xr.open_dataset(self._file(key), engine="scipy") as dataset:
            return {str(name): values.to_numpy() for name, values in dataset.items()}

    def add(self, key: str, arrays: Arrays) -> None:
        """Store a piece."""
        dataset = xr.Dataset(
            {
                name: (("cell", *(f"{name}_{i}" for i in range(1, values.ndim))), values)
                for name, values in arrays.items()
            }
        )
        with replacing(self._file(key)) as new:
            dataset.to_netcdf(new, engine="scipy")

    def finish(self, dataset: xr.Dataset) -> None:
        """Write the file, and remove the pieces, which it holds all."""
        if not self.output.exists():
            with replacing(self.output) as new:
                dataset.to_netcdf(new, engine="scipy")
        for file in (*self.folder.glob("[!.]*.nc"), self.folder / DESCRIPTION):
            file.unlink(missing_ok=True)
        self.lock.release()
        (self.folder / "lock").unlink(missing_ok=True)
        self.folder.rmdir()

    def _file(self, key: str) -> Path:
        return self.folder / f"{key}.nc"

    def _refuse_another(self, path: Path, stored: dict[str, Any]) -> None:
        differences = [
            f"{name} = {json.dumps(stored.get(name))} and not {json.dumps(value)}"
            for name, value in self.description.items()
            if stored.get(name) != value
        ]
        if differences:
            raise ValueError(
                f"output must be new or of the same sweep, but {path} has {'; '.join(differences)}"
            )


def _described(output: Path) -> dict[str, Any]:
    try:
        with xr.open_dataset(output, engine="scipy") as dataset:
            description: dict[str, Any] = json.loads(dataset.attrs["sweep"])
    except (OSError, TypeError, ValueError, KeyError):
        raise ValueError(
            f"output must be new or a sweep, but {str(output)!r} is another file"
        ) from None
    return description
