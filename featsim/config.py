"""The configuration of a simulation: the paper's synthetic setting unless told otherwise."""

import dataclasses
import json
from collections.abc import Sequence
from typing import Any, Self

import numpy as np

from featsim import _checks


@dataclasses.dataclass(frozen=True, kw_only=True)
class Config:
    """One setting of the discrete feature-learning framework (sections 2 and 3.1 of the paper).

    The defaults are those of Figure 3.
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

    frequencies: tuple[tuple[float, ...], ...] | None = None
    """Feature frequencies p_ck, (C, K) numbers in 0 … 1, in place of drawing them."""

    def __post_init__(self) -> None:
        # A ValueError or TypeError names the field, its value and what is allowed.
        C = _checks.integer("classes", self.classes, 1)
        K = _checks.integer("features", self.features, 2)
        checked: dict[str, Any] = {
            "classes": C,
            "features": K,
            "points_per_chunk": _checks.integer("points_per_chunk", self.points_per_chunk, 1),
            "experiments": _checks.integer("experiments", self.experiments, 1),
            "gamma": _checks.real("gamma", self.gamma, 0.0, np.inf, open_low=True),
            "tau": _checks.integer("tau", self.tau, 1, K - 1),
            "max_frequency": _checks.real("max_frequency", self.max_frequency, 0.0, 1.0),
            "test_points": _checks.integer("test_points", self.test_points, 0),
        }
        for name in ("points_per_chunk", "test_points"):
            if checked[name] % C:
                raise ValueError(f"{name} must be a multiple of classes = {C}, not {checked[name]}")
        if self.frequencies is not None:
            checked["frequencies"] = _frequency_table(self.frequencies, C, K)
        for name, value in checked.items():
            object.__setattr__(self, name, value)

    def replace(self, **changes: Any) -> Self:
        """Return a copy with some fields changed, checked like any Config."""
        return dataclasses.replace(self, **changes)

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
        except (json.JSONDecodeError, RecursionError) as error:
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


def _frequency_table(
    frequencies: Any, classes: int, features: int
) -> tuple[tuple[float, ...], ...]:
    if isinstance(frequencies, str) or not isinstance(frequencies, Sequence | np.ndarray):
        raise TypeError(f"frequencies must be a table of numbers, not {frequencies!r}")
    try:
        table = np.asarray(frequencies)
    except ValueError:
        raise TypeError(
            "frequencies must be a table of numbers with rows of equal length"
        ) from None
    if table.dtype.kind not in "iuf":
        raise TypeError(f"frequencies must be a table of numbers, not {frequencies!r}")
    if table.shape != (classes, features):
        raise ValueError(
            f"frequencies must have the shape (classes, features) = {(classes, features)}, "
            f"not {table.shape}"
        )
    outside = table[~((table >= 0.0) & (table <= 1.0))]
    if outside.size:
        raise ValueError(f"frequencies must be numbers in [0, 1], not {outside[0]}")
    return tuple(tuple(row) for row in table.astype(np.float64).tolist())
