"""What Theorems 3.4 and 3.6 and the statements on policies predict of a chunk that comes again.

With the same points in every chunk, the count of a feature over J chunks is J n h(v; L). Within a
class the order of learning is then that of a greedy choice on h, whatever J (Lemma D.3), and all
experiments follow from this order and its counts; no experiment is run. Warm, ideal and every
schedule of forgetting noise learn what cold learns in the experiment of the last forgetting.
"""

import dataclasses
import math
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from featsim.schedules import At, Doubling, Every, When, forgets
from featsim.theory.combinations import Combinations
from featsim.theory.schedule_cost import cheapest, last_forgetting, starting_points

Counts = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

SCHEDULES: dict[str, When] = {
    "warm": At(()),
    "ideal": "always",
    "doubling": Doubling(),
    "doubling:1.5": Doubling(1.5),
    "every:3": Every(3),
}
"""Initializations that keep all features, by the experiments before which they forget noise."""


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

    below: list[int]
    """N_1 … N_J, points of a chunk below τ after experiment j of cold."""

    never: int
    """s, points of a chunk that have fewer than τ features at all."""

    schedules: dict[str, When]
    """``SCHEDULES``, and as ``best`` the best schedule if all points of a chunk are worth 1."""

    learned: dict[str, Bools]
    """(J, C, K) by initialization: random and those of ``schedules``."""

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
    share = [1 - Fraction(C - 1, C) * Fraction(x, n) for x in left]
    schedules = SCHEDULES | {"best": At(cheapest(n, left, np.array(share), Fraction(1, n)))}
    sets, starts, accuracy = {"random": learned}, {"random": n * J}, {"random": share}
    for name, when in schedules.items():
        before = forgets(when, np.full(experiments, n))
        last = last_forgetting(before) - 1
        sets[name] = learned[last]
        starts[name] = starting_points(n, left, before)
        accuracy[name] = [share[j] for j in last]
    return Prediction(
        G=learned[0],
        delta=None if learned[0].all() else Fraction(largest, n),
        bound=Fraction(gamma) / largest if largest else None,
        below=left,
        never=int(chunk.counts[chunk.combinations.sum(axis=1) < tau].sum()),
        schedules=schedules,
        learned=sets,
        training_time={name: np.cumsum(values).tolist() for name, values in starts.items()},
        accuracy=accuracy,
    )
