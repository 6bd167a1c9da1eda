"""All experiments of one class under each policy: plain arrays in, plain arrays out."""

import dataclasses
import math
from typing import Any

import numpy as np
import numpy.typing as npt

from featsim._keeping import kept_features, kept_points
from featsim._kernels.accuracy import tail_probability
from featsim._kernels.training import run_experiments, well_classified
from featsim._points import PackedPoints, Words
from featsim.inits import Init
from featsim.source import ClassPoints, Counts, Reals
from featsim.variables import KERNEL, VARIABLES

Bools = npt.NDArray[np.bool_]
NO_NOISE = (
    np.empty(0, np.int64),
    np.zeros(1, np.int64),
    np.empty(0, np.int64),
    np.empty(0, np.uint64),
)


@dataclasses.dataclass(frozen=True)
class Learner:
    """How a model learns: what the data have no part in."""

    gamma: float
    """Strength of the noise, γ."""

    tau: int
    """Learned features that a point needs to be well classified, τ."""

    window: int | None = None
    """Chunks that an experiment trains on; all if None."""


@dataclasses.dataclass(frozen=True)
class ClassResult:
    """What the experiments of one class gave, with the dims (init, experiment[, feature])."""

    variables: dict[str, npt.NDArray[Any]]
    """The kernel's, by name."""

    start_counts: Counts
    """(init, experiment, feature): at the start, of features not in L, the points of N that have
    it times its strength, else −1; with no experiments where all points have the same noise."""

    start_noise: Counts
    """(init, experiment): the largest noise over N, 0 for none; as above."""


def run_class(
    drawn: ClassPoints,
    learner: Learner,
    inits: tuple[Init, ...],
    forgets: Bools,
    key: Words,
    *,
    rank: bool,
) -> ClassResult:
    """Run the experiments of one class (Algorithms 3, 4 and 5), under each of ``inits``.

    ``forgets`` (init, experiment) says before which it forgets, ``key`` what it forgets where it
    keeps a share; ``rank`` whether to compute ``gradient_rank``.
    """
    points = drawn.points
    K, J = points.words.shape[0], points.sizes.size
    largest = 64 * points.valid.size
    if drawn.strengths is not None:
        strongest = int(drawn.strengths.max())
        largest *= strongest
        if largest * 2 * K >= 2**62:
            raise ValueError(
                f"strengths must be below 2**61 / (points · features), not {strongest}"
            )
    gamma, tau = whole(learner.gamma, largest), min(learner.tau, K + 1)
    noise = _levels(drawn, learner.gamma, largest)
    first_seen = np.zeros(J, np.int64)
    if learner.window is not None and learner.window < J:
        first_seen[learner.window :] = points.first_word[1 : J - learner.window + 1]
    sizes = {"init": len(inits), "experiment": J, "feature": K}
    shapes = {name: [sizes[dim] for dim in VARIABLES[name].dims if dim in sizes] for name in KERNEL}
    variables: dict[str, npt.NDArray[Any]] = {
        name: np.empty(shape, np.bool_ if name == "learned" else np.int64)
        for name, shape in shapes.items()
    }
    ranks = np.empty((len(inits), J if rank else 0), np.int64)
    in_levels = J if noise[0].size else 0
    start_counts = np.empty((len(inits), in_levels, K), np.int64)
    start_noise = np.empty((len(inits), in_levels), np.int64)
    for i, init in enumerate(inits):
        features, kept = _masks(init, key, points)
        laws = features, kept, noise, start_counts[i], start_noise[i], ranks[i]
        beyond = rank or in_levels or len(features) or len(kept)
        run_experiments(
            points.words,
            points.valid,
            points.first_word,
            first_seen,
            gamma,
            tau,
            forgets[i],
            init.keep_learned == 1.0,
            init.keep_memorized == 1.0,
            drawn.strengths,
            laws if beyond else None,
            tuple(array[i] for array in variables.values()),
        )
    if rank:
        variables["gradient_rank"] = ranks
    return ClassResult(variables, start_counts, start_noise)


def whole(gamma: float, largest: int) -> int:
    """Return γ as the integer that counts are compared with, small enough for a kernel.

    A count is at least γ if it is at least ⌈γ⌉; all γ above ``largest``, the most that a count can
    be, act alike.
    """
    return math.ceil(min(gamma, largest + 1))


def _levels(drawn: ClassPoints, gamma: float, largest: int) -> tuple[npt.NDArray[Any], ...]:
    """Return the noise of the points as ``train_in_levels`` takes it."""
    if drawn.noise is None:
        return NO_NOISE
    strengths = np.ceil(np.minimum(gamma * drawn.noise, largest + 1)).astype(np.int64)
    order = np.argsort(-strengths, kind="stable")
    thresholds, first = np.unique(-strengths[order], return_index=True)
    return (
        -thresholds,
        np.append(first, order.size),
        drawn.points.places()[order],
        np.empty(drawn.points.valid.size, np.uint64),
    )


def _masks(init: Init, key: Words, points: PackedPoints) -> tuple[Bools, Words]:
    """Return which features and points are kept by share, (J, K) and (J, W), or no rows."""
    features = np.empty((0, points.words.shape[0]), np.bool_)
    kept = np.empty((0, points.valid.size), np.uint64)
    if 0.0 < init.keep_learned < 1.0:
        features = kept_features(key, init.keep_learned, points.sizes.size, features.shape[1])
    if 0.0 < init.keep_memorized < 1.0:
        kept = kept_points(key, init.keep_memorized, points)
    return features, kept


def count_well_classified(
    points: PackedPoints, learned: Bools, tau: int, strengths: Counts | None = None
) -> Counts:
    """Count the points with at least τ features of each learned set (init, experiment, feature).

    Points of more than one chunk are those of the experiments, each for the sets of its own.
    """
    counts = np.empty(learned.shape[:2], np.int64)
    whole_tau = min(tau, learned.shape[2] + 1)
    chunks = points.sizes.size
    for j in range(chunks):
        some = points if chunks == 1 else points.chunk(j)
        sets = learned if chunks == 1 else learned[:, j]
        out = np.empty(sets.size // sets.shape[-1], np.int64)
        rows = np.ascontiguousarray(sets.reshape(-1, sets.shape[-1]))
        well_classified(some.words, some.valid, rows, whole_tau, strengths, out)
        if chunks == 1:
            counts[:] = out.reshape(counts.shape)
        else:
            counts[:, j] = out
    return counts


def missing_probability(
    frequencies: Reals, learned: Bools, tau: int, strengths: Counts | None = None
) -> Reals:
    """Return P(|V(x) ∩ L| < τ) of a random point for each set (…, feature)."""
    probability = np.empty(learned.shape[:-1])
    rows = np.ascontiguousarray(learned.reshape(-1, learned.shape[-1]))
    tail_probability(frequencies, rows, tau, strengths, probability.reshape(-1))
    return probability


def missing_by_chunk(
    frequencies: Reals, learned: Bools, tau: int, strengths: Counts | None
) -> tuple[Reals, Reals]:
    """Return P(|V(x) ∩ L| < τ) for frequencies by chunk (J, K) and sets (init, J, K).

    First for the frequencies of the experiment's newest chunk, then the mean over all chunks so
    far; (init, J) each.
    """
    J = len(frequencies)
    now, total = np.empty(learned.shape[:2]), np.zeros(learned.shape[:2])
    for i in range(J):
        of_chunk = missing_probability(frequencies[i], learned[:, i:], tau, strengths)
        now[:, i] = of_chunk[:, 0]
        total[:, i:] += of_chunk
    return now, total / np.arange(1, J + 1)
