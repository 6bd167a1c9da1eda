"""The plan of a sweep: its settings, and the pieces of work that they are computed in."""

import dataclasses
import functools
import json
import math
import statistics
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

import featsim
from featsim._experiments import Learner
from featsim._memory import check_memory
from featsim._sweep.axes import make_grid
from featsim._sweep.cost import seconds
from featsim._sweep.grid import SETTING, Grid
from featsim._sweep.piece import Batch, Piece, Setting
from featsim._sweep.table import told
from featsim._sweep.wanted import checked_keep, variables_of
from featsim.config import Config
from featsim.inits import Init

PIECE_SECONDS, SHORTEST_PIECE = 0.5, 0.2
FEWEST_PIECES, MOST_PIECES = 64, 10_000
SEED_BYTES = 100
"""Bytes that a plan and its description take for a seed."""

MORE_GAMMAS = 0.1
"""What one more γ adds to the cost of a simulation, as a share of it."""

SAMPLED = 1_000
"""Settings whose mean cost stands for that of all, where there are more."""


@dataclasses.dataclass(frozen=True)
class Plan:
    """A sweep, checked. It does not depend on who computes it, so that it can be continued.

    It holds nothing for each setting: these are made where they are wanted.
    """

    grid: Grid
    seeds: tuple[int, ...]
    keep: tuple[str, ...]
    reduce: str | None
    by_chunk: bool
    """Whether the frequencies of some setting change."""

    variables: tuple[str, ...]
    """The names of the result's variables, in the table's order."""

    @property
    def config(self) -> Config:
        """The fields that are not swept."""
        return self.grid.config

    @property
    def inits(self) -> tuple[Init, ...]:
        """The inits of every setting, but for what is swept of the one that there then is."""
        return self.grid.at(0)[1]

    @property
    def simulations(self) -> int:
        """Number of simulations: one for a setting and a seed."""
        return self.grid.size * len(self.seeds)

    def cost(self, config: Config) -> float:
        """Return about how long one simulation takes, in seconds."""
        return seconds(config, len(self.grid.inits), rank="gradient_rank" in self.keep)

    def description(self) -> dict[str, Any]:
        """Return what the result depends on, as JSON has it."""
        fields = json.loads(self.config.to_json())
        varied = self.grid.varied
        axes = {name: columns[name] for name, columns in self.grid.dims.items() if name != SETTING}
        table = {"settings": told(self.grid.dims[SETTING])} if SETTING in self.grid.dims else {}
        members = {
            **{name: value for name, value in fields.items() if name not in varied},
            **table,
            **axes,
            "axes": list(axes),
            "inits": [dataclasses.asdict(init) for init in self.inits],
            "seeds": self.seeds,
            "keep": self.keep,
            "reduce": self.reduce,
            "featsim_version": featsim.__version__,
        }
        described: dict[str, Any] = json.loads(json.dumps(members))
        return described

    def cost_of(self, unit: Sequence[int]) -> float:
        """Return about how long one seed takes for settings that differ in γ alone, in seconds."""
        return self.cost(self.grid.at(unit[0])[0]) * (1.0 + MORE_GAMMAS * (len(unit) - 1))

    @functools.cached_property
    def total_cost(self) -> float:
        """About how long the sweep takes, in seconds: of many settings, from a sample of them."""
        size = self.grid.size
        places: Iterable[int] = range(size)
        if size > SAMPLED:
            places = np.random.default_rng(0).integers(0, size, SAMPLED).tolist()
        mean = statistics.fmean(self.cost(self.grid.at(place)[0]) for place in places)
        units = self.grid.units
        return mean * (units + MORE_GAMMAS * (size - units)) * len(self.seeds)

    @property
    def piece_seconds(self) -> float:
        """The time of a piece: worth sending, and small enough to be shared out."""
        target = max(PIECE_SECONDS, self.total_cost / MOST_PIECES)
        return min(target, max(SHORTEST_PIECE, self.total_cost / FEWEST_PIECES))

    def pieces(self) -> Iterator[Piece]:
        """Yield the pieces, each of about the time of ``piece_seconds``."""
        target = self.piece_seconds
        expected = 0.0
        waiting: list[Batch] = []
        for batch, cost in self._batches(target):
            if waiting and expected + cost > target:
                yield self.piece(waiting)
                waiting, expected = [], 0.0
            waiting.append(batch)
            expected += cost
        yield self.piece(waiting)

    def whole(self) -> Piece:
        """Return the sweep as one piece."""
        return self.piece(batch for batch, _ in self._batches(math.inf))

    def piece(self, batches: Iterable[Batch]) -> Piece:
        """Return a piece of this sweep."""
        return Piece(tuple(batches), self.variables, self.by_chunk, self.reduce)

    def _batches(self, target: float) -> Iterator[tuple[Batch, float]]:
        """Yield batches of at most ``target`` seconds, or of one simulation where that is more.

        Where the seeds are reduced, a batch has all of them. Seeds are parted before settings, and
        settings that differ in γ alone, which share their work, last of all.
        """
        seeds = tuple(enumerate(self.seeds))
        for group in self.grid.groups():
            columns = len(seeds)
            if not self.reduce and target < math.inf:
                columns = max(1, int(target / sum(map(self.cost_of, group))))
            for some_seeds in _runs(seeds, columns):
                for places, cost in self._rows(group, target / len(some_seeds)):
                    settings = tuple(self.setting(place) for place in places)
                    batch = Batch(self.grid.at(places[0])[0], settings, tuple(some_seeds))
                    yield batch, cost * len(some_seeds)

    def _rows(
        self, group: Iterable[tuple[int, ...]], target: float
    ) -> Iterator[tuple[list[int], float]]:
        """Yield settings on the same points that take at most ``target`` seconds a seed."""
        places: list[int] = []
        expected = 0.0
        for unit in group:
            alone = self.cost_of(unit[:1])
            most = max(1.0, 1 + (target / alone - 1) / MORE_GAMMAS) if target > alone else 1.0
            for some in _runs(unit, int(min(most, len(unit)))):
                cost = self.cost_of(some)
                if places and expected + cost > target:
                    yield places, expected
                    places, expected = [], 0.0
                places.extend(some)
                expected += cost
        yield places, expected

    def setting(self, place: int) -> Setting:
        """Return one setting."""
        config, inits = self.grid.at(place)
        return Setting(place, Learner(config.gamma, config.tau, config.window), inits)


def make_plan(
    config: Config,
    axes: Mapping[str, Iterable[Any]],
    inits: tuple[Init, ...],
    seeds: Sequence[int],
    keep: str | Iterable[str],
    reduce: str | None,
    *,
    settings: Any = None,
    in_memory: bool = True,
) -> Plan:
    """Return the plan of a sweep, whose result is to fit the memory or is not.

    Raises
    ------
    ValueError, TypeError
        If an axis, the table, a combination of values, ``keep`` or ``reduce`` is not allowed.
    """
    columns = 2 if reduce else len(seeds)
    # Every result has five variables of eight bytes by init and experiment.
    bytes_of_result = 40 * columns * len(inits) * config.experiments if in_memory else 0
    check_memory(SEED_BYTES * len(seeds), "sweep", "seeds")
    grid = make_grid(config, axes, settings, inits, bytes_of_result)
    kept = checked_keep(keep, grid, reduce)
    if reduce and len(seeds) < 2:
        raise ValueError(f"seeds must be at least two with reduce = {reduce!r}, not one")
    by_chunk = config.replace(drift=max(grid.values("drift"))).frequencies_change
    return Plan(
        grid=grid,
        seeds=tuple(seeds),
        keep=kept,
        reduce=reduce,
        by_chunk=by_chunk,
        variables=variables_of(grid, kept, by_chunk),
    )


def _runs(items: Any, length: int) -> Iterator[Any]:
    return (items[start : start + length] for start in range(0, len(items), length))
