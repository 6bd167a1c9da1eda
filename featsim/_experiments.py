"""All experiments of one class under each initialization: plain arrays in, plain arrays out."""

import dataclasses
import math

import numpy as np
import numpy.typing as npt

from featsim._kernels.accuracy import tail_probability
from featsim._kernels.training import run_experiments, well_classified
from featsim._points import PackedPoints
from featsim.inits import Init

Counts = npt.NDArray[np.int64]


@dataclasses.dataclass(frozen=True)
class ClassResult:
    """What the experiments of one class gave, with the dims (init, experiment[, feature])."""

    learned: npt.NDArray[np.bool_]
    learn_count: Counts
    nonzero_gradient_points: Counts
    memorized_points: Counts


def whole_thresholds(gamma: float, tau: int, features: int, points: int) -> tuple[int, int]:
    """Return γ and τ as the integers that counts are compared with, small enough for a kernel.

    A count is at least γ if it is at least ⌈γ⌉; a γ above all counts and a τ above all features
    act alike, however large.
    """
    return math.ceil(min(gamma, points + 1)), min(tau, features + 1)


def run_class(points: PackedPoints, gamma: float, tau: int, inits: tuple[Init, ...]) -> ClassResult:
    """Run the experiments of one class (Algorithms 3, 4 and 5), under each of ``inits``."""
    K, J = points.words.shape[0], points.first_word.size - 1
    whole_gamma, whole_tau = whole_thresholds(gamma, tau, K, 64 * points.valid.size)
    result = ClassResult(
        learned=np.empty((len(inits), J, K), np.bool_),
        learn_count=np.empty((len(inits), J, K), np.int64),
        nonzero_gradient_points=np.empty((len(inits), J), np.int64),
        memorized_points=np.empty((len(inits), J), np.int64),
    )
    for i, init in enumerate(inits):
        run_experiments(
            points.words,
            points.valid,
            points.first_word,
            whole_gamma,
            whole_tau,
            init.keep_learned,
            init.keep_memorized,
            (
                result.learned[i],
                result.learn_count[i],
                result.nonzero_gradient_points[i],
                result.memorized_points[i],
            ),
        )
    return result


def count_well_classified(points: PackedPoints, learned: npt.NDArray[np.bool_], tau: int) -> Counts:
    """Count the points with at least τ features of each learned set (init, experiment, feature)."""
    counts = np.empty(learned.shape[:2], np.int64)
    whole_tau = min(tau, learned.shape[2] + 1)
    sets = learned.reshape(-1, learned.shape[2])
    well_classified(points.words, points.valid, sets, whole_tau, counts.reshape(-1))
    return counts


def missing_probability(
    frequencies: npt.NDArray[np.float64], learned: npt.NDArray[np.bool_], tau: int
) -> npt.NDArray[np.float64]:
    """Return P(|V(x) ∩ L| < τ) of a random point for each set (init, experiment, feature)."""
    probability = np.empty(learned.shape[:2])
    tail_probability(
        frequencies, learned.reshape(-1, learned.shape[2]), tau, probability.reshape(-1)
    )
    return probability
