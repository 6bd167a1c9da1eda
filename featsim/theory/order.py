"""The order in which infinite data teach a class, and what is left to learn after each feature.

Let p_(1) ≥ p_(2) ≥ … be the frequencies of a class and Q_i = P(|V(x) ∩ L| < τ) for L the i most
frequent features. A feature v ∉ L is independent of whether a point has fewer than τ features of
L, so that the share of points that count for v is p_v Q. The factor of p_v is common to all v ∉ L:
features are learned in the order of their frequencies, and a_i = p_(i) Q_(i−1) falls with i.
"""

import dataclasses

import numpy as np
import numpy.typing as npt

Reals = npt.NDArray[np.float64]
Counts = npt.NDArray[np.int64]


@dataclasses.dataclass(frozen=True)
class LearningOrder:
    """The order in which every class is learned, and what is left to learn after each feature."""

    rank: Counts
    """(…, C, K): place of feature k, 0 for the most frequent; of equals, the lowest comes first."""

    share: Reals
    """(…, C, K): p_(i) Q_(i−1), the share of the class's points that count for the i-th feature."""

    below: Reals
    """(…, C, K + 1): Q_i, the share of the class's points below τ after i features."""


def learning_order(frequencies: Reals, tau: int) -> LearningOrder:
    """Return the order for frequencies (…, C, K), from the Poisson-binomial law of prefixes."""
    K = frequencies.shape[-1]
    order = np.argsort(-frequencies, axis=-1, kind="stable")
    p = np.take_along_axis(frequencies, order, axis=-1)
    mass = np.zeros((*p.shape[:-1], tau))
    mass[..., 0] = 1.0
    below = np.ones((*p.shape[:-1], K + 1))
    for i in range(K):
        present = p[..., i, None]
        mass[..., 1:] = mass[..., 1:] * (1.0 - present) + mass[..., :-1] * present
        mass[..., :1] *= 1.0 - present
        if i + 1 >= tau:  # fewer than τ features leave every point below τ
            below[..., i + 1] = mass.sum(axis=-1)
    below = np.minimum.accumulate(below, axis=-1)
    return LearningOrder(np.argsort(order, axis=-1), p * below[..., :-1], below)


def prefixes(order: LearningOrder, points: Reals, gamma: float) -> Counts:
    """Return how many features reach γ with so many points of every class without memory.

    ``points`` (J,); the result (J, …, C).
    """
    return np.stack([np.count_nonzero(n * order.share >= gamma, axis=-1) for n in points])


def left_below(order: LearningOrder, sizes: Counts) -> Reals:
    """Return Q_i of every class for prefixes of i features, both (J, …, C)."""
    last = np.moveaxis(sizes, 0, -1)
    return np.moveaxis(np.take_along_axis(order.below, last, axis=-1), -1, 0)
