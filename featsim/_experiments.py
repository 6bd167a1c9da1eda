"""All experiments of one class under each policy: plain arrays in, plain arrays out."""

import dataclasses
import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from featsim._keeping import kept_features, kept_points
from featsim._kernels.accuracy import tail_probability, well_classified
from featsim._kernels.experiments import run_afresh, run_experiments, run_gammas
from featsim._memory import MOST_STATE_WORDS, state_words
from featsim._points import PackedPoints, Words
from featsim._tables import check_strongest
from featsim.inits import Init
from featsim.source import ClassPoints, Counts, Reals
from featsim.variables import KERNEL, VARIABLES

Bools = npt.NDArray[np.bool_]
MOST_NEW_WORDS = 128
"""Words of a chunk up to which it pays to count all features in it at every step."""

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
    """What the experiments of one class gave, (init, γ, experiment[, feature])."""

    variables: dict[str, npt.NDArray[Any]]
    """The kernel's, by name."""

    start_counts: Counts
    """(init, γ, experiment, feature): at the start, of features not in L, the points of N that
    have it times its strength, else −1; no experiments where all points have the same noise."""

    start_noise: Counts
    """(init, γ, experiment): the largest noise over N, 0 for none; as above."""


def run_class(
    drawn: ClassPoints,
    gammas: Sequence[float],
    tau: int,
    window: int | None,
    inits: tuple[Init, ...],
    forgets: Bools,
    key: Words,
    *,
    rank: bool,
) -> ClassResult:
    """Run the experiments of one class (Algorithms 3, 4 and 5) for γ that fall, under ``inits``.

    ``forgets`` (init, experiment) says before which it forgets, ``key`` what it forgets where it
    keeps a share; ``rank`` whether to compute ``gradient_rank``.
    """
    points = drawn.points
    K, J, G = points.words.shape[0], points.sizes.size, len(gammas)
    largest = 64 * points.valid.size
    if drawn.strengths is not None:
        strongest = int(drawn.strengths.max())
        check_strongest(strongest, largest, K)
        largest *= strongest
    whole_gammas = np.array([whole(gamma, largest) for gamma in gammas])
    whole_tau = most_needed(tau, K, drawn.strengths)
    first_chunk = np.maximum(np.arange(1, J + 1) - min(window or J, J), 0)
    sizes = {"init": len(inits), "experiment": J, "feature": K}
    variables: dict[str, npt.NDArray[Any]] = {}
    for name in KERNEL:
        first, *rest = [sizes[dim] for dim in VARIABLES[name].dims if dim in sizes]
        kind = np.bool_ if VARIABLES[name].dtype == "bool" else np.int64
        variables[name] = np.empty((first, G, *rest), kind)
    ranks = np.empty((len(inits), G, J if rank else 0), np.int64)
    in_levels = 0 if drawn.noise is None else J
    start_counts = np.full((len(inits), G, in_levels, K), -1)
    start_noise = np.zeros((len(inits), G, in_levels), np.int64)
    shared = points.words, points.valid, points.first_word
    in_paper = not first_chunk.any() and not rank and not in_levels
    for i, init in enumerate(inits):
        kept = init.keep_learned == 1.0, init.keep_memorized == 1.0
        if G > 1 and not rank and not in_levels and _in_groups(init):
            out = tuple(array[i] for array in variables.values())
            run_gammas(
                *shared,
                first_chunk,
                whole_gammas,
                whole_tau,
                forgets[i],
                *kept,
                drawn.strengths,
                out,
            )
            continue
        if _from_nothing(init, forgets[i]) and in_paper and _small(points, whole_tau):
            out = tuple(array[i, 0] for array in variables.values())
            run_afresh(*shared, whole_gammas[0], whole_tau, drawn.strengths, out)
            continue
        masks = _masks(init, key, points)
        for g, gamma in enumerate(gammas):
            noise = _levels(drawn, gamma, largest)
            laws = *masks, noise, start_counts[i, g], start_noise[i, g], ranks[i, g]
            beyond = rank or noise[0].size or len(masks[0]) or len(masks[1])
            run_experiments(
                *shared,
                points.first_word[first_chunk],
                whole_gammas[g],
                whole_tau,
                forgets[i],
                *kept,
                drawn.strengths,
                laws if beyond else None,
                tuple(array[i, g] for array in variables.values()),
            )
    if rank:
        variables["gradient_rank"] = ranks
    return ClassResult(variables, start_counts, start_noise)


def _in_groups(init: Init) -> bool:
    """Tell whether experiments depend on γ only through the set of features they start with."""
    corner = init.keep_learned, init.keep_memorized
    return corner in ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0))


def _from_nothing(init: Init, forgets: Bools) -> bool:
    """Tell whether every experiment forgets all that was learned and memorized."""
    return init.keep_learned == init.keep_memorized == 0.0 and bool(forgets[1:].all())


def _small(points: PackedPoints, tau: int) -> bool:
    """Tell whether ``run_afresh`` is faster than ``run_experiments``, and takes little memory."""
    K, W = points.words.shape
    newest = np.diff(points.first_word).max()
    return bool(newest <= MOST_NEW_WORDS and state_words(K, W, tau) <= MOST_STATE_WORDS)


def whole(gamma: float, largest: int) -> int:
    """Return γ as the integer that counts are compared with, small enough for a kernel.

    A count is at least γ if it is at least ⌈γ⌉; all γ above ``largest``, the most that a count can
    be, act alike.
    """
    return math.ceil(min(gamma, largest + 1))


def most_needed(tau: int, features: int, strengths: Counts | None) -> int:
    """Return τ, or one more than all features can count; all larger τ act alike."""
    return min(tau, 1 + (features if strengths is None else int(strengths.sum())))


def _levels(drawn: ClassPoints, gamma: float, largest: int) -> tuple[npt.NDArray[Any], ...]:
    """Return the noise of the points as ``train_in_levels`` takes it."""
    if drawn.noise is None:
        return NO_NOISE
    with np.errstate(over="ignore", under="ignore"):  # what overflows is above every count
        noise = np.minimum(gamma * drawn.noise, largest + 1)
    strengths = np.maximum(np.ceil(noise), 1).astype(np.int64)
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
    points: PackedPoints, sets: Bools, tau: int, strengths: Counts | None = None
) -> Counts:
    """Count the points of all chunks with at least τ features of each learned set (n, K)."""
    out = np.empty(len(sets), np.int64)
    whole_tau = most_needed(tau, sets.shape[1], strengths)
    rows = np.ascontiguousarray(sets)  # other layouts would be compiled for, one by one
    well_classified(points.words, points.valid, rows, whole_tau, strengths, out)
    return out


def missing_probability(
    frequencies: Reals, sets: Bools, tau: int, strengths: Counts | None = None
) -> Reals:
    """Return P(|V(x) ∩ L| < τ) of a random point for each learned set (n, K)."""
    out = np.empty(len(sets))
    # Views that have gaps or are read-only would be compiled for, one by one.
    p, rows = np.array(frequencies, order="C"), np.array(sets, order="C")
    tail_probability(p, rows, tau, strengths, out)
    return out


def distinct_sets(learned: Bools) -> tuple[Bools, Counts]:
    """Return sets (n, K) and, of each learned one (init, γ, experiment, K), the number, (…)."""
    outer, K = learned.shape[:-1], learned.shape[-1]
    rows = learned.reshape(-1, K)
    if outer[1] == 1:  # kernels pass over a set that is the one before
        return rows, np.arange(len(rows)).reshape(outer)
    packed = np.zeros((len(rows), -(-K // 64) * 8), np.uint8)
    packed[:, : -(-K // 8)] = np.packbits(rows, axis=1)
    one_word = packed.shape[1] == 8  # numbers are sorted far faster than bytes
    codes = packed.view(np.uint64 if one_word else np.dtype((np.void, packed.shape[1]))).ravel()
    _, first, numbers = np.unique(codes, return_index=True, return_inverse=True)
    return rows[first], numbers.reshape(outer)
