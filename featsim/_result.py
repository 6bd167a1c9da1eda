"""A result: its variables as plain arrays, with what made them, and how they are labelled."""

import dataclasses
from typing import TYPE_CHECKING, Any

import numpy.typing as npt

from featsim.inits import Init

if TYPE_CHECKING:
    import xarray as xr


@dataclasses.dataclass(frozen=True)
class Result:
    """The variables of a result by name, with what made them."""

    variables: dict[str, npt.NDArray[Any]]
    inits: tuple[Init, ...]
    seeds: tuple[int, ...] | None
    settings: str

    def label(self) -> "xr.Dataset":
        """Return the result as a labelled xarray.Dataset."""
        from featsim._labels import label

        return label(self.variables, inits=self.inits, seeds=self.seeds, settings=self.settings)
