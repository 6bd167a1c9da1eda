"""The smallest streams found on which a statement of the theorems fails.

Each has two classes that hold the same points, unless it is said otherwise. A chunk is a table of
n_A over the subsets of K features in the order of their bits: {}, {0}, {1}, {0, 1}, {2}, ….
"""

import dataclasses

import numpy as np

from featsim.stream import FeatureStream
from featsim.theory.random_streams import every_combination


@dataclasses.dataclass(frozen=True)
class Example:
    """A stream and the statement that fails on it."""

    name: str
    """Short name."""

    needed: str
    """The assumption that it breaks; empty if it meets them all."""

    source: str
    """The theorem or lemma."""

    text: str
    """Beginning of the statement that fails."""

    chunks: tuple[tuple[int, ...], ...]
    """One table of n_A for each chunk, of one class."""

    gamma: float
    """Strength of the noise, γ."""

    tau: int
    """Learned features that a point needs, τ."""

    why: str
    """Why the statement fails."""

    classes: int = 2
    """Number of classes, C, all alike."""

    @property
    def stream(self) -> FeatureStream:
        """The points, chunk after chunk."""
        K = len(self.chunks[0]).bit_length() - 1
        features, labels, chunks = [], [], []
        for j, counts in enumerate(self.chunks):
            table = every_combination(np.tile(counts, self.classes), self.classes, K)
            features.append(np.repeat(table.combinations, table.counts, axis=0))
            labels.append(np.repeat(table.labels, table.counts))
            chunks.append(np.full(table.points, j))
        return FeatureStream(
            np.concatenate(features), np.concatenate(labels), np.concatenate(chunks), self.classes
        )


def _equal(table: tuple[int, ...], experiments: int) -> tuple[tuple[int, ...], ...]:
    return (table,) * experiments


EXAMPLES = (
    Example(
        "no-class-reaches-tau",
        "",
        "Theorem 3.6",
        "T_ideal < T_cold",
        _equal((1, 1, 2, 1, 4, 2, 2, 1), 2),
        9,
        2,
        "Assumption 3.3 asks for τ − 1 frequent features, so that G may hold no more than that. No "
        "point then has τ learned features, and ideal starts from as many points as cold.",
    ),
    Example(
        "ideal-as-slow-as-warm",
        "",
        "Theorem 3.6",
        "T_warm < T_ideal",
        _equal((1, 1, 2, 9, 3, 9, 4, 13), 5),
        30,
        2,
        "Ideal trains on j N_(j−1) points in experiment j, warm on N_1, where N_j is what a chunk "
        "leaves below τ after experiment j of ideal. Once ideal learns what warm never does, "
        "j N_(j−1) may be far below N_1.",
    ),
    Example(
        "ideal-faster-than-warm",
        "",
        "Theorem 3.6",
        "T_warm < T_ideal",
        _equal((1, 1, 2, 9, 3, 9, 5, 13), 5),
        31,
        2,
        "The same with one point more: T_warm is above T_ideal.",
    ),
    Example(
        "one-class",
        "C ≥ 2",
        "Lemma D.1",
        "with τ − 1",
        _equal((1, 1, 2, 1, 4, 2, 2, 1), 2),
        9,
        2,
        "With one class the guess is always right.",
        classes=1,
    ),
    Example(
        "tau-is-one",
        "τ ≥ 2",
        "Theorem 3.4",
        "G is not empty",
        _equal((1, 1, 2, 1), 2),
        4,
        1,
        "τ − 1 = 0 features are asked to be frequent. As printed, Assumption 3.3 cannot hold with "
        "τ = 1: for L = S all h(v; L) are 0.",
    ),
    Example(
        "missing-combination",
        "3.1, n_A ≥ 1",
        "Lemma D.1",
        "with τ − 1",
        _equal((0, 0, 1, 0), 2),
        1,
        1,
        "No point has feature 0, and learning it gains nothing.",
    ),
    Example(
        "nothing-left-to-learn",
        "3.1, n_A ≥ 1",
        "Theorem 3.4",
        "δ > 0",
        _equal((0, 0, 1, 0), 2),
        1,
        1,
        "No point below τ has a feature that is not learned.",
    ),
    Example(
        "nothing-left-to-train-on",
        "3.1, n_A ≥ 1",
        "Theorem 3.6",
        "T_warm < T_ideal",
        _equal((0, 0, 1, 0), 2),
        1,
        1,
        "After the first experiment no point is below τ, and neither warm nor ideal trains again.",
    ),
    Example(
        "gap-without-gain",
        "3.1, n_A ≥ 1",
        "Theorem 3.4",
        "ACC(L_warm) < ACC(L_cold)",
        _equal((0, 0, 1, 0, 2, 0, 0, 0), 3),
        2,
        2,
        "Cold learns one feature more than warm, but no point has it together with τ − 1 others.",
    ),
    Example(
        "unequal-chunks-warm-learns",
        "3.1, equal chunks",
        "Theorem 3.4, proof",
        "L_warm^(J) = G",
        ((1, 1, 2, 1), (1, 3, 1, 1)),
        3,
        1,
        "The second chunk holds a feature that the first had too little of.",
    ),
    Example(
        "unequal-chunks-no-gap",
        "3.1, equal chunks",
        "Theorem 3.4",
        "ACC(L_warm) < ACC(L_cold)",
        ((1, 1, 2, 1), (1, 1, 2, 2)),
        4,
        1,
        "The second chunk alone gives warm all that both chunks give cold.",
    ),
    Example(
        "unequal-chunks-other-order",
        "3.1, equal chunks",
        "Lemma D.3",
        "more chunks learn",
        ((1, 1, 2, 2), (1, 2, 1, 1)),
        4,
        1,
        "A later chunk changes the order of two features.",
    ),
    Example(
        "unequal-chunks-ideal-differs",
        "3.1, equal chunks",
        "Theorem 3.6",
        "ACC(L_cold) = ACC(L_ideal)",
        ((1, 1, 2, 2), (1, 3, 1, 1)),
        4,
        1,
        "Ideal keeps a feature that is no longer the most frequent.",
    ),
    Example(
        "unequal-chunks-warm-better",
        "3.1, equal chunks",
        "Theorem 3.4",
        "ACC(L_warm) ≤ ACC(L_cold)",
        ((1, 1, 2, 2), (1, 4, 1, 1)),
        4,
        1,
        "Warm keeps the feature of the first chunk and learns that of the second; for cold the "
        "first leaves too few points of the other. Warm is more accurate than cold.",
    ),
    Example(
        "unequal-chunks-doubling-less-accurate",
        "3.1, equal chunks",
        "Policies, statement 3",
        "ACC of doubling",
        ((1, 1, 2, 2), (1, 2, 1, 2), (1, 2, 1, 1)),
        4,
        1,
        "Doubling keeps the feature of the first chunk, which leaves too few points of the other; "
        "cold on two chunks learns the other first, and then both.",
    ),
    Example(
        "unequal-chunks-doubling-slower",
        "3.1, equal chunks",
        "Policies, statement 3",
        "T of doubling ≤ 3 T_warm",
        ((1, 2, 1, 1), (1, 1, 2, 2), (1, 1, 18, 1)),
        4,
        1,
        "From the second chunk alone warm learns the feature that nearly all of the third have; "
        "doubling learns the other from both.",
    ),
    Example(
        "too-few-frequent-features",
        "3.3, τ − 1 frequent features",
        "Theorem 3.4",
        "G is not empty",
        _equal((1, 1, 2, 1, 4, 2, 2, 1), 2),
        13,
        2,
        "No feature reaches γ in one chunk.",
    ),
    Example(
        "first-feature-gains-nothing",
        "3.3, τ − 1 frequent features",
        "Theorem 3.4",
        "ACC(L_warm) < ACC(L_cold)",
        _equal((1, 1, 2, 1, 4, 2, 2, 1), 2),
        13,
        2,
        "Cold learns one feature, and no point is well classified by one of two.",
    ),
    Example(
        "all-features-frequent",
        "3.3, one rare feature",
        "Theorem 3.4",
        "G is not S",
        _equal((1, 1, 2, 1), 2),
        1,
        1,
        "All is learned in the first experiment, and δ is the maximum of an empty set.",
    ),
)

TIED = Example(
    "ties-broken-either-way",
    "3.3, h differs",
    "Theorem 3.6",
    "ACC(L_cold) = ACC(L_ideal)",
    _equal((1, 1, 2, 2, 2, 2, 1, 1), 2),
    7,
    1,
    "Features 0, 1 and 2 are in 6 points each. Ideal that breaks the tie for feature 0 learns no "
    "other; cold that breaks it for feature 1 or 2 learns both of these.",
)
"""A failure that needs ties broken one way by cold and another by ideal, as the paper allows."""

OF_POLICIES = (
    Example(
        "part-of-features-kept",
        "all features or none kept",
        "Policies, statement 1",
        "L_F^(j) = L_cold^(f(j))",
        _equal((1, 2, 6, 3, 3, 7, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1), 2),
        9,
        1,
        "Of the features 0 and 1, experiment 2 keeps 1, and no noise. It then learns feature 2, "
        "which leaves too few points of feature 0.",
    ),
    Example(
        "features-not-learned-again",
        "independent features",
        "Policies, statement 6",
        "L^(j) does not depend on a",
        _equal((1, 10, 1, 3, 1, 1, 1, 1, 1, 11, 1, 8, 2, 12, 27, 1, *[1] * 16), 2),
        17,
        2,
        "Forgetting all features and no noise, experiment 2 counts points of the first chunk that "
        "are well classified no longer; they change the order, and with it what is learned.",
    ),
)
"""Failures of policies that ``check`` does not run, since they forget features."""
