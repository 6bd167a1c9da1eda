"""The plan of a sweep: its settings, and the pieces of work that they are computed in."""

import dataclasses
import functools
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import featsim
from featsim._experiments import Learner
from featsim._sweep.axes import POLICY, make_grid
from featsim._sweep.cost import seconds
from featsim._sweep.piece import Batch, Piece, Setting
from featsim.config import LEARNER, Config
from featsim.inits import Init
from featsim.variables import SERIES, VARIABLES

PIECE_SECONDS, SHORTEST_PIECE = 0.5, 0.2
FEWEST_PIECES, MOST_PIECES = 64, 10_000
MORE_GAMMAS = 0.1
"""What one more γ adds to the cost of a simulation, as a share of it."""

ON_REQUEST = tuple(
    name
    for name, variable in VARIABLES.items()
    if "feature" in variable.dims or variable.origin == "request"
)


@dataclasses.dataclass(frozen=True)
class Plan:
    """A sweep, checked. It does not depend on who computes it, so that it can be continued."""

    config: Config
    axes: Mapping[str, tuple[Any, ...]]
    inits: tuple[Init, ...]
    seeds: tuple[int, ...]
    keep: tuple[str, ...]
    reduce: str | None
    configs: tuple[Config, ...]
    """The configuration of every setting, the last axis fastest."""

    policies: tuple[tuple[Init, ...], ...]
    """The inits of every setting."""

    by_chunk: bool
    """Whether the frequencies of some setting change."""

    variables: tuple[str, ...]
    """The names of the result's variables, in the table's order."""

    @property
    def simulations(self) -> int:
        """Number of simulations: one for a setting and a seed."""
        return len(self.configs) * len(self.seeds)

    def cost(self, config: Config) -> float:
        """Return about how long one simulation takes, in seconds."""
        return seconds(config, len(self.inits), rank="gradient_rank" in self.keep)

    def description(self) -> dict[str, Any]:
        """Return what the result depends on, as JSON has it."""
        fields = json.loads(self.config.to_json())
        members = {
            **{name: value for name, value in fields.items() if name not in self.axes},
            **self.axes,
            "axes": list(self.axes),
            "inits": [dataclasses.asdict(init) for init in self.inits],
            "seeds": self.seeds,
            "keep": self.keep,
            "reduce": self.reduce,
            "featsim_version": featsim.__version__,
        }
        described: dict[str, Any] = json.loads(json.dumps(members))
        return described

    @functools.cached_property
    def units(self) -> list[list[tuple[int, ...]]]:
        """The places of the settings: those on the same points, and of these those but for γ."""
        data = [name for name in self.axes if name not in (*LEARNER, *POLICY)]
        groups: dict[Any, dict[Any, list[int]]] = {}
        for place, config in enumerate(self.configs):
            points = tuple(getattr(config, name) for name in data)
            learner = config.tau, config.window, self.policies[place]
            groups.setdefault(points, {}).setdefault(learner, []).append(place)
        return [[tuple(unit) for unit in group.values()] for group in groups.values()]

    def cost_of(self, unit: Sequence[int]) -> float:
        """Return about how long one seed takes for settings that differ in γ alone, in seconds."""
        return self.cost(self.configs[unit[0]]) * (1.0 + MORE_GAMMAS * (len(unit) - 1))

    @functools.cached_property
    def total_cost(self) -> float:
        """About how long the sweep takes, in seconds."""
        return sum(self.cost_of(unit) for group in self.units for unit in group) * len(self.seeds)

    @property
    def piece_seconds(self) -> float:
        """The time of a piece: worth sending, and small enough to be shared out."""
        target = max(PIECE_SECONDS, self.total_cost / MOST_PIECES)
        return min(target, max(SHORTEST_PIECE, self.total_cost / FEWEST_PIECES))

    def pieces(self) -> Iterator[Piece]:
        """Yield the pieces, each of about the time of ``piece_seconds``."""
        target = self.piece_seconds
        make = functools.partial(
            Piece, variables=self.variables, by_chunk=self.by_chunk, reduce=self.reduce
        )
        expected = 0.0
        waiting: list[Batch] = []
        for batch, cost in self._batches(target):
            if waiting and expected + cost > target:
                yield make(tuple(waiting))
                waiting, expected = [], 0.0
            waiting.append(batch)
            expected += cost
        yield make(tuple(waiting))

    def _batches(self, target: float) -> Iterator[tuple[Batch, float]]:
        """Yield batches of at most ``target`` seconds, or of one simulation where that is more.

        Where the seeds are reduced, a batch has all of them. Seeds are parted before settings, and
        settings that differ in γ alone, which share their work, last of all.
        """
        seeds = tuple(enumerate(self.seeds))
        for group in self.units:
            whole = sum(map(self.cost_of, group))
            columns = len(seeds) if self.reduce else max(1, int(target / whole))
            for some_seeds in _runs(seeds, columns):
                for places, cost in self._rows(group, target / len(some_seeds)):
                    settings = tuple(self.setting(place) for place in places)
                    batch = Batch(self.configs[places[0]], settings, tuple(some_seeds))
                    yield batch, cost * len(some_seeds)

    def _rows(
        self, group: Iterable[tuple[int, ...]], target: float
    ) -> Iterator[tuple[list[int], float]]:
        """Yield settings on the same points that take at most ``target`` seconds a seed."""
        places: list[int] = []
        expected = 0.0
        for unit in group:
            alone = self.cost_of(unit[:1])
            most = max(1, int(1 + (target / alone - 1) / MORE_GAMMAS)) if target > alone else 1
            for some in _runs(unit, most):
                cost = self.cost_of(some)
                if places and expected + cost > target:
                    yield places, expected
                    places, expected = [], 0.0
                places.extend(some)
                expected += cost
        yield places, expected

    def setting(self, place: int) -> Setting:
        """Return one setting."""
        config = self.configs[place]
        learner = Learner(config.gamma, config.tau, config.window)
        return Setting(place, learner, self.policies[place])


def make_plan(
    config: Config,
    axes: Mapping[str, Iterable[Any]],
    inits: tuple[Init, ...],
    seeds: Iterable[int],
    keep: str | Iterable[str],
    reduce: str | None,
) -> Plan:
    """Return the plan of a sweep.

    Raises
    ------
    ValueError, TypeError
        If an axis, a combination of values, ``keep`` or ``reduce`` is not allowed.
    """
    chosen = tuple(seeds)
    columns = 2 if reduce else len(chosen)
    # Every result has five variables of eight bytes by init and experiment.
    grid = make_grid(config, axes, inits, 40 * columns * len(inits) * config.experiments)
    kept = _checked_keep(keep, grid.axes, reduce)
    if reduce and len(chosen) < 2:
        raise ValueError(f"seeds must be at least two with reduce = {reduce!r}, not one")
    by_chunk = any(config.frequencies_change for config in grid.configs)
    return Plan(
        config=config,
        axes=grid.axes,
        inits=grid.policies[0],  # those of an axis say nothing beside it
        seeds=chosen,
        keep=kept,
        reduce=reduce,
        configs=grid.configs,
        policies=grid.policies,
        by_chunk=by_chunk,
        variables=_variables(grid.configs, kept, by_chunk),
    )


def _variables(configs: Iterable[Config], kept: Sequence[str], by_chunk: bool) -> tuple[str, ...]:
    absent = set()
    if not any(config.test_points for config in configs):
        absent.add("test_accuracy")
    if not by_chunk:
        absent.add("exact_accuracy_so_far")
    return tuple(
        name
        for name, variable in VARIABLES.items()
        if name in kept
        or (variable.dims == SERIES and name not in ON_REQUEST and name not in absent)
    )


def _checked_keep(
    keep: str | Iterable[str], axes: Mapping[str, Any], reduce: str | None
) -> tuple[str, ...]:
    if not isinstance(keep, Iterable):
        raise TypeError(f"keep must be names of variables, not {keep!r}")
    kept = (keep,) if isinstance(keep, str) else tuple(keep)
    for name in kept:
        if name not in ON_REQUEST:
            raise ValueError(f"keep must be among {', '.join(ON_REQUEST)}, not {name!r}")
    if reduce not in (None, "mean_std"):
        raise ValueError(f"reduce must be None or 'mean_std', not {reduce!r}")
    sets = [name for name in kept if "feature" in VARIABLES[name].dims]
    if sets and reduce:
        raise ValueError(
            f"keep must have no {sets[0]} with reduce = {reduce!r}: "
            "a feature of one seed is not that of another"
        )
    for name in ("classes", "features"):
        if sets and len(axes.get(name, ())) > 1:
            raise ValueError(
                f"keep must have no {sets[0]} where {name} is an axis: "
                "the sets of features would differ in shape"
            )
    return tuple(dict.fromkeys(kept))


def _runs(items: Any, length: int) -> Iterator[Any]:
    return (items[start : start + length] for start in range(0, len(items), length))
