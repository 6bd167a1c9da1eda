"""The settings of a sweep: a product of dims, of which nothing but the values is held."""

import copy
import dataclasses
import itertools
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from featsim.config import LEARNER, Config
from featsim.inits import Init
from featsim.schedules import Doubling

POLICY = ("keep_learned", "keep_memorized", "factor")
SETTING = "setting"
"""The dim of a table of settings."""

Columns = Mapping[str, tuple[Any, ...]]


@dataclasses.dataclass(frozen=True)
class Grid:
    """Every combination of the places of some dims, the last dim fastest."""

    config: Config
    inits: tuple[Init, ...]
    dims: Mapping[str, Columns]
    """By dim the fields that it sets, each with a value for all of its places. An axis sets the
    field of its name, a table of settings one for each column."""

    @property
    def shape(self) -> tuple[int, ...]:
        """Number of places of each dim."""
        return tuple(len(next(iter(columns.values()))) for columns in self.dims.values())

    @property
    def size(self) -> int:
        """Number of settings."""
        return math.prod(self.shape)

    @property
    def varied(self) -> tuple[str, ...]:
        """The fields that the dims set."""
        return tuple(name for columns in self.dims.values() for name in columns)

    def values(self, name: str) -> tuple[Any, ...]:
        """Return what a field of the configuration is, somewhere in the sweep."""
        for columns in self.dims.values():
            if name in columns:
                return columns[name]
        return (getattr(self.config, name),)

    def fields(self, point: Sequence[int]) -> dict[str, Any]:
        """Return what is set at a place of each dim."""
        return {
            name: values[i]
            for columns, i in zip(self.dims.values(), point, strict=True)
            for name, values in columns.items()
        }

    def at(self, place: int) -> tuple[Config, tuple[Init, ...]]:
        """Return the configuration and the inits of a setting.

        They are not checked: all were before the grid was made.
        """
        point = []
        for length in reversed(self.shape):
            place, i = divmod(place, length)
            point.append(i)
        fields = self.fields(point[::-1])
        config = copy.copy(self.config)
        vars(config).update({name: fields[name] for name in fields if name not in POLICY})
        return config, changed(self.inits, fields)

    def part(self, region: Sequence[slice]) -> "Grid":
        """Return the grid of some places of each dim."""
        dims = {
            dim: {name: values[some] for name, values in columns.items()}
            for (dim, columns), some in zip(self.dims.items(), region, strict=True)
        }
        return dataclasses.replace(self, dims=dims)

    @property
    def units(self) -> int:
        """Number of settings that are left where those that differ in γ alone count as one."""
        return math.prod(
            len(_alike(columns, range(length), _but_gamma(columns)))
            for columns, length in zip(self.dims.values(), self.shape, strict=True)
        )

    def groups(self) -> Iterator[list[tuple[int, ...]]]:
        """Yield the places of the settings on the same points, those that differ in γ as one."""
        stride = self.size
        parts = []
        for columns, length in zip(self.dims.values(), self.shape, strict=True):
            stride //= length
            data = [name for name in columns if name not in (*LEARNER, *POLICY)]
            parts.append(
                [
                    [
                        [stride * i for i in unit]
                        for unit in _alike(columns, some, _but_gamma(columns))
                    ]
                    for some in _alike(columns, range(length), data)
                ]
            )
        for group in itertools.product(*parts):
            yield [tuple(map(sum, itertools.product(*unit))) for unit in itertools.product(*group)]


def changed(inits: tuple[Init, ...], fields: Mapping[str, Any]) -> tuple[Init, ...]:
    """Return the one init with other shares or another factor; any inits where there is neither."""
    shares = {name: fields[name] for name in POLICY if name in fields}
    if not shares:
        return inits
    if "factor" in shares:
        shares["when"] = Doubling(shares.pop("factor"))
    return (dataclasses.replace(inits[0], **shares),)


def _but_gamma(columns: Columns) -> list[str]:
    return [name for name in columns if name != "gamma"]


def _alike(columns: Columns, places: Iterable[int], names: Iterable[str]) -> list[list[int]]:
    """Return the places with the same values in some columns, by the first of them."""
    wanted = [columns[name] for name in names]
    groups: dict[tuple[Any, ...], list[int]] = {}
    for place in places:
        groups.setdefault(tuple(values[place] for values in wanted), []).append(place)
    return list(groups.values())
