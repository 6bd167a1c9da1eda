"""The mean field of one policy of forgetting, experiment by experiment.

A policy keeps the share a of the learned features and b of the memorized points before the
experiments of F, and all before the others. Let f(j) be the last element of F ∪ {1} up to j. At the
end of an experiment all points below τ are memorized, so that the next one can learn new features
from the new chunk, and if it is in F from the share 1 − b of the j − 1 old ones: from W chunks,
W = 1 + (1 − b)(j − 1). Whatever part of the features is kept, the rest is learned again before any
other, so that L^(j) holds the longest prefix with W_f(j) n_c a_i ≥ γ (docs/theory.md, Policies).

Points that are well classified since experiment t were memorized t − 1 chunks strong as they came
to be so, and are forgotten a share 1 − b at a time; those that are not memorized have a gradient
again if features are forgotten.
"""

import dataclasses
from typing import Any

import numpy as np
import numpy.typing as npt

from featsim._tallies import expected_accuracy
from featsim.config import Config
from featsim.inits import Init
from featsim.schedules import forgets
from featsim.theory.order import Counts, LearningOrder, Reals, learning_order, left_below, prefixes
from featsim.theory.relearning import below_then_and_now, relearned_share


@dataclasses.dataclass(frozen=True, eq=False)
class Policy:
    """What an initialization does in the experiments 1 … J; arrays are (J,)."""

    keep_learned: float
    """Share of the learned features kept where it forgets, a."""

    forgets: npt.NDArray[np.bool_]
    """Whether experiment j is in F."""

    released: Reals
    """Share of the memorized points that are forgotten before experiment j: 1 − b or 0."""

    chunks: Reals
    """W_j, the chunks from which experiment j can learn what is new."""

    learned_from: Reals
    """W_f(j), the chunks from which all that is known after experiment j could be learned."""

    @classmethod
    def of(cls, init: Init, config: Config) -> "Policy":
        """Return an initialization on the equal chunks of a configuration."""
        J = config.experiments
        before = forgets(init.when, np.full(J, config.points_per_chunk))
        released = np.where(before, 1.0 - init.keep_memorized, 0.0).astype(np.float64)
        chunks = 1.0 + released * np.arange(J, dtype=np.float64)
        return cls(init.keep_learned, before, released, chunks, np.maximum.accumulate(chunks))


def expectations(
    config: Config, frequencies: Reals, order: LearningOrder, init: Init
) -> dict[str, npt.NDArray[Any]]:
    """Return the variables of one initialization, with the experiments first.

    ``frequencies`` are (…, C, K), and ``order`` is theirs.
    """
    policy = Policy.of(init, config)
    points = config.points_per_chunk / config.classes
    size = prefixes(order, points * policy.learned_from, config.gamma)
    known = np.zeros_like(size)  # before an experiment, if all features are kept
    known[1:] = size[:-1]
    series = (-1, *[1] * (size.ndim - 1))
    forgetting = policy.forgets.reshape(series)
    trained = points * policy.chunks.reshape(series)
    below, start = left_below(order, size), left_below(order, known)
    if policy.keep_learned < 1.0:
        thinned = learning_order(policy.keep_learned * frequencies, config.tau)
        start = np.where(forgetting, left_below(thinned, known), start)
    again, counted = _well_classified_again(frequencies, config.tau, policy, known)
    learned = order.rank < size[..., None]
    fresh = learned & (order.rank >= known[..., None])
    if policy.keep_learned < 1.0:
        fresh |= learned & forgetting[..., None]
    share = np.take_along_axis(order.share, order.rank, axis=-1)
    counts = trained[..., None] * share
    if counted is not None:
        counts += points * np.take_along_axis(
            counted, np.broadcast_to(order.rank, counts.shape), -1
        )
    chunks = np.arange(1, config.experiments + 1).reshape(series)
    active = trained * start + points * again
    return {
        "learned": learned,
        "learn_count": np.where(fresh, counts, -1.0),
        "learned_features": size.sum(axis=-1),
        "nonzero_gradient_points": active.sum(axis=-1),
        "memorized_points": (
            chunks * points * below + points * _still_memorized(policy, below)
        ).sum(axis=-1),
        "learnable_features": _learnable(config, frequencies, policy, known, active),
        "exact_accuracy": expected_accuracy(below),
    }


def _learnable(
    config: Config, frequencies: Reals, policy: Policy, known: Counts, active: Reals
) -> Reals:
    """Return the features not in L whose count over N at the start reaches γ, (J, …).

    A feature that was never learned is independent of N; one that was reaches γ if it was
    forgotten.
    """
    ordered = -np.sort(-frequencies, axis=-1)
    new = np.arange(config.features) >= known[..., None]
    reaching = np.count_nonzero(new & (ordered * active[..., None] >= config.gamma), axis=-1)
    total = reaching.astype(np.float64)
    if policy.keep_learned < 1.0:
        again = known[policy.forgets]
        chance = (again > 0) & (policy.keep_learned > 0.0)
        total[policy.forgets] += np.where(chance, np.nan, again)
    summed: Reals = total.sum(axis=-1)
    return summed


def _still_memorized(policy: Policy, below: Reals) -> Reals:
    """Return the memorized points that are well classified, in chunks, (J, …, C)."""
    held = np.zeros_like(below)
    for j in range(1, len(below)):
        left = held[j - 1] + j * (below[j - 1] - below[j])
        held[j] = (1.0 - policy.released[j]) * left
    return held


def _well_classified_again(
    frequencies: Reals, tau: int, policy: Policy, known: Counts
) -> tuple[Reals, Reals | None]:
    """Return what old points add that were well classified and are not memorized.

    They add to the points with non-zero gradient, in chunks (J, …, C), and to the count of the
    i-th feature as it is learned again, (J, …, C, K); the latter is None where nothing is learned
    again that is counted from more than W chunks, and NaN where chance decides what is kept.
    """
    again = np.zeros(known.shape)
    chance = 0.0 < policy.keep_learned < 1.0
    memory = bool((policy.released[policy.forgets] < 1.0).any())
    if policy.keep_learned == 1.0 or not (chance or memory):
        return again, None
    counted = np.zeros((*known.shape, frequencies.shape[-1]))
    extra = _beyond_new(policy)
    for row in np.ndindex(known.shape[1:]):
        p = -np.sort(-frequencies[row])
        sizes, place = np.unique(known[:, *row], return_inverse=True)
        both = below_then_and_now(p, sizes, policy.keep_learned, tau)
        relearned = np.full((p.size, sizes.size), np.nan)
        if not chance:
            relearned = relearned_share(p, sizes, tau)
        for j in np.flatnonzero(policy.forgets):
            grown = np.flatnonzero(np.diff(place[: j + 1]))
            then, now = place[grown], place[grown + 1]
            again[j, *row] = (both[then, place[j]] - both[now, place[j]]) @ extra[j, grown]
            m = known[j, *row]
            counted[j, *row, :m] = (relearned[:m, then] - relearned[:m, now]) @ extra[j, grown]
    return again, counted


def _beyond_new(policy: Policy) -> Reals:
    """Return by how many chunks a point's weight is above W_j, (J, J).

    Row j is for experiment j + 1, column t for the points that are well classified since experiment
    t + 1; the others are 0.
    """
    J = policy.chunks.size
    memorized = np.zeros(J)  # in chunks, of the points that are well classified since t + 1
    extra = np.zeros((J, J))
    for j in range(1, J):
        kept = 1.0 - policy.released[j]
        extra[j, :j] = kept * (j - memorized[:j])
        memorized[:j] *= kept
        memorized[j] = kept * j
    return extra
