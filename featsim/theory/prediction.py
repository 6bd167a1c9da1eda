"""What Theorems 3.4 and 3.6 predict of a chunk that comes again and again.

With the same points in every chunk, the count of a feature over J chunks is J n h(v; L). Within a
class the order of learning is then that of a greedy choice on h, whatever J (Lemma D.3), and all
experiments follow from this order and its counts; no experiment is run.
"""

import dataclasses
import math
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from featsim.theory.combinations import Combinations

Counts = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]


@dataclasses.dataclass(frozen=True, eq=False)
class ClassOrder:
    """The order in which a class is learned, if enough chunks come."""

    features: Counts
    """(m,): v_1, v_2, …; features in no point below τ are not among them."""

    counts: Counts
    """(m,): n h(v_i; {v_1 … v_(i−1)}), which never rises."""

    below: Counts
    """(m + 1,): points of the chunk and class below τ after i features."""


@dataclasses.dataclass(frozen=True, eq=False)
class Prediction:
    """The theorems' predictions for J experiments on the same chunk; exact."""

    G: Bools
    """(C, K): the features learned in the first experiment, and by warm ever after."""

    delta: Fraction | None
    """δ = max over v ∈ S∖G of h(v; G); None if G is S."""

    bound: Fraction | None
    """γ/(δ n): accuracies of warm and cold differ if J is above it; None if δ is 0 or no number."""

    learned: dict[str, Bools]
    """(J, C, K) by initialization: random, warm and ideal."""

    training_time: dict[str, list[int]]
    """T^(1) … T^(J) by initialization."""

    accuracy: dict[str, list[Fraction]]
    """ACC(L^(1)) … ACC(L^(J)) by initialization."""


def class_order(A: Bools, n: Counts, tau: int) -> ClassOrder:
    """Return the greedy order of one class with n_A points of the combinations A."""
    features: list[int] = []
    counts: list[int] = []
    overlap, rest = np.zeros(len(n), np.int64), n.copy()
    below = [int(rest.sum())]
    height = rest @ A
    while height.size and height.max() > 0:
        v = int(height.argmax())
        features.append(v)
        counts.append(int(height[v]))
        overlap += A[:, v]
        rest[overlap >= tau] = 0
        below.append(int(rest.sum()))
        height = rest @ A
        height[features] = 0
    return ClassOrder(*(np.array(values, np.int64) for values in (features, counts, below)))


def predict(chunk: Combinations, gamma: float, tau: int, experiments: int) -> Prediction:
    """Return what the theorems predict, from the combinations of one chunk."""
    C, K, n = chunk.num_classes, chunk.num_features, chunk.points
    orders = [class_order(*chunk.of_class(c), tau) for c in range(C)]
    whole = math.ceil(min(gamma, experiments * n + 1))
    J = np.arange(1, experiments + 1)
    sizes = np.stack([(J[:, None] * o.counts >= whole).sum(axis=1) for o in orders], axis=1)

    learned = np.zeros((experiments, C, K), bool)
    below = np.zeros((experiments, C), np.int64)
    for c, order in enumerate(orders):
        below[:, c] = order.below[sizes[:, c]]
        for i, v in enumerate(order.features):
            learned[:, c, v] = sizes[:, c] > i
    left = [int(x) for x in below.sum(axis=1)]
    next_counts = [
        int(order.counts[size]) if size < order.counts.size else 0
        for order, size in zip(orders, sizes[0], strict=True)
    ]
    largest = max(next_counts)
    starts = {
        "random": [(j + 1) * n for j in range(experiments)],
        "warm": [n] + [left[0]] * (experiments - 1),
        "ideal": [n] + [(j + 1) * left[j - 1] for j in range(1, experiments)],
    }
    share = [1 - Fraction(C - 1, C) * Fraction(x, n) for x in left]
    return Prediction(
        G=learned[0],
        delta=None if learned[0].all() else Fraction(largest, n),
        bound=Fraction(gamma) / largest if largest else None,
        learned={
            "random": learned,
            "warm": np.broadcast_to(learned[0], learned.shape),
            "ideal": learned,
        },
        training_time={name: np.cumsum(values).tolist() for name, values in starts.items()},
        accuracy={"random": share, "warm": share[:1] * experiments, "ideal": share},
    )
