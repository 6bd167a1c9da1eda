"""The plan of a sweep: its settings, and the pieces of work that they are computed in."""

import dataclasses
import hashlib
import itertools
import json
import math
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import featsim
from featsim._experiments import Learner
from featsim.config import LEARNER, Config
from featsim.inits import Init
from featsim.variables import VARIABLES

PIECE_SECONDS, SHORTEST_PIECE = 0.5, 0.2
FEWEST_PIECES, MOST_PIECES = 64, 10_000
NO_AXES = (
    "experiments",
    "frequencies",
    "points_by_chunk",
    "strengths",
    "noise_levels",
)
BY_FEATURE = tuple(name for name, variable in VARIABLES.items() if "feature" in variable.dims)


@dataclasses.dataclass(frozen=True)
class Batch:
    """Simulations on the same points: how a model learns does not change the data."""

    config: Config
    """The configuration, but for the learner."""

    settings: tuple[tuple[int, Learner], ...]
    """Place in the sweep and learner of each setting."""

    seeds: tuple[tuple[int, int], ...]
    """Place in the sweep and value of each seed."""

    @property
    def simulations(self) -> int:
        """Number of simulations: one for a setting and a seed."""
        return len(self.settings) * len(self.seeds)


@dataclasses.dataclass(frozen=True)
class Piece:
    """What is computed in one place, and stored and sent as one."""

    batches: tuple[Batch, ...]
    inits: tuple[Init, ...]
    keep: tuple[str, ...]
    reduce: str | None

    @property
    def key(self) -> str:
        """A name that tells what is computed, so that no other piece is taken for it."""
        return hashlib.sha256(repr(self).encode()).hexdigest()[:24]

    @property
    def simulations(self) -> int:
        """Number of simulations: one for a setting and a seed."""
        return sum(batch.simulations for batch in self.batches)


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

    @property
    def simulations(self) -> int:
        """Number of simulations: one for a setting and a seed."""
        return len(self.configs) * len(self.seeds)

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

    def pieces(self) -> Iterator[Piece]:
        """Yield the pieces: large enough to be worth sending, and small enough to be shared out."""
        total = sum(seconds(config, len(self.inits)) for config in self.configs) * len(self.seeds)
        target = max(PIECE_SECONDS, total / MOST_PIECES)
        target = min(target, max(SHORTEST_PIECE, total / FEWEST_PIECES))
        expected = 0.0
        waiting: list[Batch] = []
        for batch in self._batches(target):
            cost = batch.simulations * seconds(batch.config, len(self.inits))
            if waiting and expected + cost > target:
                yield Piece(tuple(waiting), self.inits, self.keep, self.reduce)
                waiting, expected = [], 0.0
            waiting.append(batch)
            expected += cost
        yield Piece(tuple(waiting), self.inits, self.keep, self.reduce)

    def _batches(self, target: float) -> Iterator[Batch]:
        """Yield batches of at most ``target`` seconds, or of one simulation where that is more.

        Where the seeds are reduced, a batch has all of them.
        """
        groups: dict[tuple[Any, ...], list[tuple[int, Config]]] = {}
        for place, config in enumerate(self.configs):
            key = tuple(getattr(config, name) for name in self.axes if name not in LEARNER)
            groups.setdefault(key, []).append((place, config))
        seeds = tuple(enumerate(self.seeds))
        for group in groups.values():
            fitting = max(1, int(target / seconds(group[0][1], len(self.inits))))
            rows = max(1, fitting // len(seeds)) if self.reduce else min(len(group), fitting)
            columns = len(seeds) if self.reduce else max(1, fitting // len(group))
            for some_seeds in _runs(seeds, columns):
                for some in _runs(group, rows):
                    settings = tuple((place, learner_of(config)) for place, config in some)
                    yield Batch(some[0][1], settings, tuple(some_seeds))


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
    given = {name: _axis_values(name, values) for name, values in axes.items()}
    configs = []
    for point in itertools.product(*given.values()):
        changes = dict(zip(given, point, strict=True))
        try:
            configs.append(config.replace(**changes))
        except (TypeError, ValueError) as error:
            at = ", ".join(f"{name} = {value}" for name, value in changes.items())
            raise type(error)(f"at {at}: {error}") from None
    checked, stride = {}, len(configs)
    for name, values in given.items():
        stride //= len(values)
        checked[name] = tuple(getattr(configs[i * stride], name) for i in range(len(values)))
        if len(set(checked[name])) < len(values):
            raise ValueError(f"{name} must have different values, not {list(checked[name])}")
    kept = _checked_keep(keep, checked, reduce)
    chosen = tuple(seeds)
    if reduce and len(chosen) < 2:
        raise ValueError(f"seeds must be at least two with reduce = {reduce!r}, not one")
    return Plan(config, checked, inits, chosen, kept, reduce, tuple(configs))


def learner_of(config: Config) -> Learner:
    """Return how a configuration's model learns."""
    return Learner(config.gamma, config.tau, config.window)


def seconds(config: Config, inits: int) -> float:
    """Return about how long one simulation takes; only pieces are cut by it."""
    points = config.points_per_chunk // config.classes
    words = config.experiments * math.ceil(points / 64)
    drawn = words + math.ceil(config.test_points // config.classes / 64)
    trained = inits * words * config.experiments
    return config.classes * (5e-5 + config.features * (1e-8 * drawn + 2e-10 * trained))


def _axis_values(name: str, values: Iterable[Any]) -> list[Any]:
    fields = [field.name for field in dataclasses.fields(Config)]
    allowed = [field for field in fields if field not in NO_AXES]
    if name == "experiments":
        raise ValueError(
            "experiments cannot be an axis: a simulation of many experiments contains that of fewer"
        )
    if name not in allowed:
        raise ValueError(f"an axis must be among {', '.join(allowed)}, not {name!r}")
    if isinstance(values, str) or not isinstance(values, Iterable):
        raise TypeError(f"{name} must be several values, as it is an axis, not {values!r}")
    chosen = list(values)
    if not chosen:
        raise ValueError(f"{name} must have at least one value, as it is an axis, not none")
    return chosen


def _checked_keep(
    keep: str | Iterable[str], axes: Mapping[str, Any], reduce: str | None
) -> tuple[str, ...]:
    kept = (keep,) if isinstance(keep, str) else tuple(keep)
    for name in kept:
        if name not in BY_FEATURE:
            raise ValueError(f"keep must be among {', '.join(BY_FEATURE)}, not {name!r}")
    if reduce not in (None, "mean_std"):
        raise ValueError(f"reduce must be None or 'mean_std', not {reduce!r}")
    if kept and reduce:
        raise ValueError(
            f"keep must be empty with reduce = {reduce!r}, not {kept}: "
            "a feature of one seed is not that of another"
        )
    for name in ("classes", "features"):
        if kept and len(axes.get(name, ())) > 1:
            raise ValueError(
                f"keep must be empty where {name} is an axis, not {kept}: "
                "the sets of features would differ in shape"
            )
    return tuple(dict.fromkeys(kept))


def _runs(items: Any, length: int) -> Iterator[Any]:
    return (items[start : start + length] for start in range(0, len(items), length))
