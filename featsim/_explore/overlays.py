"""What theory says of a setting, to be drawn over its panels: the mean field, and the theorems."""

import dataclasses

import numpy as np
import numpy.typing as npt

from featsim import theory
from featsim._result import Result
from featsim.config import Config
from featsim.inits import Init
from featsim.sampling import sample_stream
from featsim.theory.combinations import Combinations
from featsim.theory.prediction import Prediction, predict

Values = npt.NDArray[np.float64]
ByPolicy = dict[str, dict[str, Values]]
"""Values (experiment,) of each variable, by policy; accuracies from 0 to 1."""


@dataclasses.dataclass(frozen=True)
class Overlay:
    """Predictions, and why some are missing."""

    values: ByPolicy
    missing: tuple[str, ...] = ()
    """Sentences."""

    border: float | None = None
    """The number of experiments above which Theorem 3.4 has warm and cold differ."""


NOTHING = Overlay({})


def mean_field(config: Config, result: Result) -> Overlay:
    """Return the mean field for the frequencies of each seed, averaged over the seeds."""
    values: ByPolicy = {}
    missing: list[str] = []
    for init in result.inits:
        try:
            limit = theory.mean_field(config, result.variables["frequencies"], inits=init)
        except ValueError as error:
            missing.append(f"No mean field of {init.name}: {error}.")
            continue
        values[init.name] = {
            str(name): np.asarray(limit[name].isel(init=0).mean("seed"))
            for name in limit
            if limit[name].dims == ("seed", "init", "experiment")
        }
    return Overlay(values, tuple(dict.fromkeys(missing)))


def theorems(config: Config, result: Result) -> Overlay:
    """Return what the theorems predict if the first chunk of the first seed came again and again.

    They (3.4, 3.6 and the statements on policies) are for such a stream, in which every chunk has
    the same points.
    """
    assert result.seeds is not None
    for name in ("window", "max_strength", "strengths", "noise_levels", "drift", "class_arrival"):
        if getattr(config, name) != (default := getattr(Config, name)):
            said = f"{name} must be {default} for the theorems, not {getattr(config, name)}."
            return Overlay({}, (said,))
    if config.frequencies_change:
        return Overlay({}, ("Frequencies must not change for the theorems.",))
    sizes = config.points_by_chunk
    first = config.replace(experiments=1, points_by_chunk=sizes and sizes[:1], test_points=0)
    chunk = Combinations.of(sample_stream(first, result.seeds[0]))
    if not chunk.points:
        return Overlay({}, ("The first chunk must have points for the theorems, not none.",))
    told = predict(chunk, config.gamma, config.tau, config.experiments)
    values: ByPolicy = {}
    without: list[str] = []
    for init in result.inits:
        as_told = _name(init, told)
        if as_told is None:
            without.append(f"No theorem predicts {init.name}.")
        else:
            values[init.name] = _series(told, as_told)
    border = None if told.bound is None else float(told.bound)
    return Overlay(values, tuple(without), border)


def _name(init: Init, told: Prediction) -> str | None:
    """Return what the predictions call a policy."""
    corner = init.keep_learned, init.keep_memorized
    if corner == (0.0, 0.0) and init.when == "always":
        return "random"
    if corner == (1.0, 1.0):
        return "warm"
    if corner == (1.0, 0.0):
        return next((name for name, when in told.schedules.items() if when == init.when), None)
    return None


def _series(told: Prediction, name: str) -> dict[str, Values]:
    accuracy = np.array([float(share) for share in told.accuracy[name]])
    return {
        "test_accuracy": accuracy,
        "exact_accuracy": accuracy,
        "learned_features": told.learned[name].sum(axis=(1, 2)).astype(float),
        "nonzero_gradient_points": np.diff(told.training_time[name], prepend=0).astype(float),
    }
