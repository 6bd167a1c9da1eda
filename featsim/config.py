"""The configuration of a simulation: the paper's synthetic setting unless told otherwise."""

import dataclasses
import json
from typing import Any, Literal, Self

import numpy as np

from featsim import _checks, _tables

LEARNER = ("gamma", "tau", "window")
"""Fields that say how a model learns; the others say what the data are."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Config:
    """One setting of the discrete feature-learning framework (sections 2 and 3.1 of the paper).

    The defaults are those of Figure 3. What the paper leaves as future work (data that change,
    and strengths of features and of noise) is off by default.
    """

    classes: int = 2
    """Number of classes, C: at least 1."""

    features: int = 50
    """Features of each class, K: at least 2. A feature belongs to one class."""

    points_per_chunk: int = 1_000
    """Points of a chunk, n: at least 1, a multiple of the classes, which share them equally."""

    experiments: int = 50
    """Number of experiments, J: at least 1. Experiment j trains on the chunks 1 … j."""

    gamma: float = 50.0
    """Strength of the noise, γ: above 0. A feature is learned if γ points of N have it."""

    tau: int = 3
    """Learned features that a point needs to be well classified, τ: 1 … K − 1."""

    max_frequency: float = 0.2
    """Largest feature frequency, 0 … 1: each is drawn uniformly from 0 to it, once per seed."""

    test_points: int = 10_000
    """Points of the test set: a multiple of the classes; 0 for none."""

    frequencies: tuple[Any, ...] | None = None
    """Feature frequencies p_ck in place of drawing them, (C, K) numbers in 0 … 1; or (J, C, K)."""

    frequency_law: Literal["uniform", "zipf"] = "uniform"
    """How frequencies are drawn: uniform, or p_k = max_frequency · k^−s of Zipf's law, in all
    classes and seeds the same."""

    frequency_exponent: float = 1.0
    """Exponent s of Zipf's law: at least 0."""

    drift: float = 0.0
    """Probability, 0 … 1, that a frequency is drawn anew before a chunk; with Zipf's law the
    features so chosen exchange their ranks."""

    label_noise: float = 0.0
    """Probability η, 0 … 1, that a training point has a wrong label: it then has no feature."""

    class_arrival: int = 0
    """Experiments between the arrivals of two classes: at least 0. Class c = 0, 1, … arrives in
    experiment 1 + c · class_arrival; a chunk's points are shared by the classes seen."""

    points_by_chunk: tuple[int, ...] | None = None
    """Points of each chunk, (J,) integers, in place of points_per_chunk."""

    window: int | None = None
    """Chunks that an experiment trains on, its last w: at least 1; all if not given."""

    max_strength: int = 1
    """Largest feature strength: at least 1; each is drawn uniformly from 1 to it, once per seed.
    A feature of strength s counts s times (Remark 2.1)."""

    strengths: tuple[tuple[int, ...], ...] | None = None
    """Feature strengths, (C, K) integers of at least 1, in place of drawing them."""

    noise_levels: tuple[tuple[float, float], ...] | None = None
    """Levels of noise, pairs (factor, share): this share of the points, drawn at random, has
    noise of strength factor · γ. All points have γ if not given."""

    def __post_init__(self) -> None:
        # A ValueError or TypeError names the field, its value and what is allowed.
        C = _checks.integer("classes", self.classes, 1)
        K = _checks.integer("features", self.features, 2)
        J = _checks.integer("experiments", self.experiments, 1)
        checked: dict[str, Any] = {
            "classes": C,
            "features": K,
            "points_per_chunk": _checks.integer("points_per_chunk", self.points_per_chunk, 1),
            "experiments": J,
            "gamma": _checks.real("gamma", self.gamma, 0.0, np.inf, open_low=True),
            "tau": _checks.integer("tau", self.tau, 1, K - 1),
            "max_frequency": _checks.real("max_frequency", self.max_frequency, 0.0, 1.0),
            "test_points": _checks.integer("test_points", self.test_points, 0),
            "frequency_exponent": _checks.real(
                "frequency_exponent", self.frequency_exponent, 0.0, np.inf
            ),
            "drift": _checks.real("drift", self.drift, 0.0, 1.0),
            "label_noise": _checks.real("label_noise", self.label_noise, 0.0, 1.0),
            "class_arrival": _checks.integer("class_arrival", self.class_arrival, 0),
            "max_strength": _checks.integer(
                "max_strength", self.max_strength, 1, _tables.MOST_STRENGTH
            ),
        }
        if not isinstance(self.frequency_law, str) or self.frequency_law not in ("uniform", "zipf"):
            raise ValueError(
                f"frequency_law must be 'uniform' or 'zipf', not {self.frequency_law!r}"
            )
        if self.window is not None:
            checked["window"] = _checks.integer("window", self.window, 1)
        if self.frequencies is not None:
            checked["frequencies"] = _tables.frequency_table(self.frequencies, J, C, K)
            for name, default in (("drift", 0.0), ("frequency_law", "uniform")):
                if getattr(self, name) != default:
                    raise ValueError(
                        f"{name} must be {default!r} where frequencies are given, "
                        f"not {getattr(self, name)!r}"
                    )
        if self.strengths is not None:
            table = _tables.strength_table(self.strengths, C, K)
            checked["strengths"] = _tables.as_tuples(table)
            if checked["max_strength"] != 1:
                raise ValueError(
                    f"max_strength must be 1 where strengths are given, not {self.max_strength}"
                )
        if self.noise_levels is not None:
            checked["noise_levels"] = _tables.level_table(self.noise_levels)
            for factor, _ in checked["noise_levels"]:
                _checks.real(
                    "gamma times a factor of noise_levels",
                    checked["gamma"] * factor,
                    0.0,
                    np.inf,
                    open_low=True,
                )
        if self.points_by_chunk is not None:
            checked["points_by_chunk"] = _tables.chunk_table(self.points_by_chunk, J)
        _check_shared(checked)
        for name, value in checked.items():
            object.__setattr__(self, name, value)
        strongest = self.max_strength if self.strengths is None else int(np.max(self.strengths))
        _tables.check_strongest(strongest, 64 * most_points(self)[1], K)

    @property
    def frequencies_change(self) -> bool:
        """Whether chunks have frequencies of their own."""
        return self.drift > 0.0 or np.ndim(self.frequencies or 0) == 3

    def replace(self, **changes: Any) -> Self:
        """Return a copy with some fields changed, checked like any Config."""
        again = dataclasses.replace(self, **changes)
        for name, value in vars(self).items():
            if isinstance(value, tuple) and name not in changes:
                object.__setattr__(again, name, value)  # a table is held once by all of a sweep
        return again

    def to_json(self) -> str:
        """Return the configuration as a JSON object with a member for each field."""
        return json.dumps(dataclasses.asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Return the configuration that a JSON object describes; missing fields have their default.

        Raises
        ------
        ValueError
            If the text is not a JSON object, or has a member that is no field.
        """
        try:
            members = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise ValueError(f"a configuration must be a JSON object: {error}") from None
        if not isinstance(members, dict):
            raise ValueError(f"a configuration must be a JSON object, not {text.strip()[:40]!r}")
        names = [field.name for field in dataclasses.fields(cls)]
        for name in members:
            if name not in names:
                raise ValueError(
                    f"a configuration has no field {name!r}; it has {', '.join(names)}"
                )
        return cls(**members)


def _check_shared(fields: dict[str, Any]) -> None:
    """Check that classes share points equally; where they arrive one by one, chunks need not."""
    C = fields["classes"]
    shared = []
    if not fields["class_arrival"]:
        if "points_by_chunk" in fields:
            shared += [("points_by_chunk", size) for size in fields["points_by_chunk"]]
        else:
            shared.append(("points_per_chunk", fields["points_per_chunk"]))
    shared.append(("test_points", fields["test_points"]))
    for name, points in shared:
        if points % C:
            raise ValueError(f"{name} must be a multiple of classes = {C}, not {points}")


def most_points(config: Config) -> tuple[int, int]:
    """Return the most points that a class may have, and the words of 64 that its chunks take."""
    # Where classes arrive one by one, the first has whole chunks.
    sharing = 1 if config.class_arrival else config.classes
    if config.points_by_chunk is None:
        size = -(-config.points_per_chunk // sharing)
        return config.experiments * size, config.experiments * -(-size // 64)
    sizes = [-(-size // sharing) for size in config.points_by_chunk]
    return sum(sizes), sum(-(-size // 64) for size in sizes)


def check_config(config: Any) -> None:
    """Raise a TypeError if it is no configuration."""
    if not isinstance(config, Config):
        raise TypeError(f"config must be a Config, not {config!r}")
