"""Theorems 3.4 and 3.6 and Lemmas D.1 to D.3, statement by statement, tested on an outcome."""

import dataclasses
import operator
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt

from featsim.stream import FeatureStream
from featsim.theory.assumptions import Heights, subset_name
from featsim.theory.outcome import Outcome, orders_from_nothing
from featsim.theory.prediction import Prediction

Bools = npt.NDArray[np.bool_]


@dataclasses.dataclass(frozen=True)
class Statement:
    """One statement of the paper and the experiments in which it holds."""

    source: str
    """The theorem or lemma."""

    text: str
    """What it says."""

    by_experiment: dict[int, bool]
    """Whether it holds in each experiment that it speaks of; 0 if it speaks of none."""

    reason: str = ""
    """The first thing that breaks it."""

    @property
    def holds(self) -> bool | None:
        """Whether it holds in all of them; None if there are none."""
        return all(self.by_experiment.values()) if self.by_experiment else None

    @property
    def first_failure(self) -> int | None:
        """The first experiment in which it does not hold; 0 if it speaks of none."""
        return next((j for j, holds in self.by_experiment.items() if not holds), None)


def lemmas(
    stream: FeatureStream, gamma: float, tau: int, outcome: Outcome, margins: Sequence[Heights]
) -> list[Statement]:
    """Test the lemmas; ``margins`` are the counts of each class over the points of all chunks."""
    last_class = stream.num_classes - 1
    mirrored = FeatureStream(
        stream.features, last_class - stream.labels, stream.chunks, stream.num_classes
    )
    backwards = [row[::-1] for row in orders_from_nothing(mirrored, gamma, tau)]
    orders = outcome.order["random"]
    return [
        _one_more_feature(margins, tau),
        Statement(
            "Lemma D.2",
            "the order within a class does not depend on ties between classes",
            {j: a == b for j, (a, b) in enumerate(zip(orders, backwards, strict=True), 1)},
        ),
        Statement(
            "Lemma D.3",
            "more chunks learn, within a class, the same features first",
            {
                j: all(
                    more[: len(less)] == less
                    for less, more in zip(orders[j - 2], orders[j - 1], strict=True)
                )
                for j in range(2, len(orders) + 1)
            },
        ),
    ]


def _one_more_feature(margins: Sequence[Heights], tau: int) -> Statement:
    reason, tried = "", 0
    if len(margins) == 1:
        reason = "with one class every guess is right, and ACC is 1"
    for c, counts in enumerate(margins):
        asked = (counts.sets.sum(axis=1) >= tau - 1)[:, None] & ~counts.sets
        tried += int(np.count_nonzero(asked))
        without = np.argwhere(asked & (counts.margin == 0))
        if without.size and not reason:
            row, v = without[0]
            reason = (
                f"no point of class {c} with feature {v} has exactly {tau - 1} "
                f"of {subset_name(counts.sets[row])}"
            )
    text = "with τ − 1 learned features in every class, one more raises ACC"
    return Statement("Lemma D.1", text, {0: not reason} if tried else {}, reason)


def theorems(outcome: Outcome, prediction: Prediction) -> list[Statement]:
    """Test Theorems 3.4 and 3.6 and the equalities that their proofs show."""
    L, T, ACC = outcome.learned, outcome.training_time, outcome.accuracy
    J = len(T["warm"])
    G, delta, bound = prediction.G, prediction.delta, prediction.bound
    later = range(2, J + 1)
    strict = [j for j in later if bound is not None and j > bound]

    def compare(
        source: str,
        text: str,
        values: Mapping[str, Sequence[int]] | Mapping[str, Sequence[Fraction]],
        names: tuple[str, str],
        relation: Callable[[Any, Any], bool],
        experiments: Sequence[int] = later,
    ) -> Statement:
        left, right = (values[name] for name in names)
        held = {j: relation(left[j - 1], right[j - 1]) for j in experiments}
        j = next((j for j, holds in held.items() if not holds), None)
        reason = "" if j is None else f"experiment {j}: {left[j - 1]} and {right[j - 1]}"
        return Statement(source, text, held, reason)

    def same(source: str, text: str, a: Bools, b: Bools) -> Statement:
        return Statement(source, text, dict(enumerate((a == b).all(axis=(-2, -1)).tolist(), 1)))

    warm_cold, warm_ideal = ("warm", "random"), ("warm", "ideal")
    ideal_cold = ("ideal", "random")
    A, B = "Theorem 3.4", "Theorem 3.6"
    return [
        Statement(A, "G is not empty", {0: bool(G.any())}),
        Statement(A, "G is not S", {0: not G.all()}),
        same(A, "L_warm^(1) = L_cold^(1)", L["warm"][:1], L["random"][:1]),
        compare(A, "ACC(L_warm) ≤ ACC(L_cold) for J ≥ 2", ACC, warm_cold, operator.le),
        compare(A, "T_warm < T_cold for J ≥ 2", T, warm_cold, operator.lt),
        Statement(A, "δ > 0", {0: bool(delta)}),
        compare(
            A, "ACC(L_warm) < ACC(L_cold) for J > γ/(δ n)", ACC, warm_cold, operator.lt, strict
        ),
        same(f"{A}, proof", "L_warm^(J) = G for all J", L["warm"], G),
        compare(B, "ACC(L_cold) = ACC(L_ideal) for J ≥ 2", ACC, ideal_cold, operator.eq),
        compare(B, "T_warm < T_ideal for J ≥ 2", T, warm_ideal, operator.lt),
        compare(B, "T_ideal < T_cold for J ≥ 2", T, ideal_cold, operator.lt),
        same(f"{B}, proof", "L_cold^(J) = L_ideal^(J) for all J", L["random"], L["ideal"]),
    ]
