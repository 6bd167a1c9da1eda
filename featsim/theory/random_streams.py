"""Random streams that meet the assumptions, as the proofs use them."""

import dataclasses

import numpy as np
import numpy.typing as npt

from featsim.stream import FeatureStream
from featsim.theory.assumptions import different_counts, heights
from featsim.theory.combinations import Combinations, all_subsets, balanced_stream, h_counts
from featsim.theory.prediction import predict

MOST_EXPERIMENTS = 12


@dataclasses.dataclass(frozen=True, eq=False)
class Case:
    """A stream with the γ and τ for which it is meant."""

    stream: FeatureStream
    gamma: float
    tau: int


def random_case(rng: np.random.Generator) -> Case:
    """Return a small balanced stream that meets Assumptions 3.1 and 3.3, with its γ and τ.

    It has two or three classes of three or four features, τ of at least 2, and all 2^K
    combinations in each class, their counts uniform in the logarithm. Assumption 3.3 is met for
    features that are not in L, as the proofs use it. Experiments reach from below the bound
    γ/(δ n) of Theorem 3.4 to above it, if 12 are enough; γ lies anywhere in the range that the
    assumption leaves, its ends included.
    """
    while True:
        C, K = int(rng.integers(2, 4)), int(rng.integers(3, 5))
        tau = int(rng.integers(2, K))
        counts = np.exp(rng.random(C << K) * rng.uniform(1.0, 5.5)).astype(np.int64)
        chunk = every_combination(counts, C, K)
        gamma = _strength(chunk, tau, rng)
        if gamma is None:
            continue
        nothing = np.zeros((0, K), bool)
        tables = [heights(chunk, c, tau, nothing) for c in range(C)]
        if different_counts(tables, unlearned_only=True).holds:
            break
    bound = predict(chunk, gamma, tau, 1).bound
    experiments = 2 if bound is None else min(max(int(bound) + 1, 2), MOST_EXPERIMENTS)
    stream = balanced_stream(
        chunk.combinations, chunk.counts, chunk.labels, experiments + int(rng.integers(0, 6))
    )
    return Case(stream, gamma, tau)


def every_combination(counts: npt.NDArray[np.int64], C: int, K: int) -> Combinations:
    """Return a chunk with counts (C · 2^K,) of all combinations, class after class."""
    return Combinations(np.tile(all_subsets(K), (C, 1)), counts, np.repeat(np.arange(C), 1 << K), C)


def _strength(chunk: Combinations, tau: int, rng: np.random.Generator) -> float | None:
    """Return a γ with τ − 1 counts at or above it and one below in every class, if there is one."""
    initial = np.sort(h_counts(chunk, np.zeros((chunk.num_classes, chunk.num_features), bool), tau))
    low, high = int(initial[:, 0].max()), int(initial[:, 1 - tau].min())
    if high <= low:
        return None
    whole = int(rng.integers(low + 1, high, endpoint=True))
    return whole - float(rng.choice([0.0, 0.0, 0.5]))
