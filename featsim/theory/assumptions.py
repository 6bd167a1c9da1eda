"""Assumptions 3.1 and 3.3 tested on a stream, and the counts that they speak of."""

import dataclasses

import numpy as np
import numpy.typing as npt

from featsim.stream import FeatureStream
from featsim.theory.combinations import Combinations, all_subsets, combination_codes, subset_codes

Counts = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
MOST_FEATURES = 16  # for all 2^K sets of learned features


@dataclasses.dataclass(frozen=True)
class Verdict:
    """Whether something holds, and if not, the first thing that breaks it."""

    holds: bool | None
    """None if it was not decided."""

    reason: str = ""

    def __str__(self) -> str:
        word = {True: "holds", False: "fails", None: "not decided"}[self.holds]
        return f"{word}: {self.reason}" if self.reason else word


@dataclasses.dataclass(frozen=True, eq=False)
class Heights:
    """Counts of every feature of a class over sets L of learned features."""

    sets: Bools
    """(s, K): the sets L, the smaller first."""

    complete: bool
    """Whether these are all 2^K sets."""

    below: Counts
    """(s, K): n · h(v; L), the points of v with fewer than τ features of L."""

    margin: Counts
    """(s, K): the points of v with exactly τ − 1 features of L."""


def same_points_in_every_chunk(stream: FeatureStream) -> Verdict:
    """Test Assumption 3.1: n_A ≥ 1 points of every combination A ⊂ S_c, the same in every chunk.

    Every combination includes the empty one: points with noise alone.
    """
    codes = combination_codes(stream.features, stream.labels)
    order = np.argsort(stream.chunks, kind="stable")
    bounds = np.searchsorted(stream.chunks[order], np.arange(stream.num_chunks + 1))
    first = np.sort(codes[order[bounds[0] : bounds[1]]])
    for j in range(1, stream.num_chunks):
        here = np.sort(codes[order[bounds[j] : bounds[j + 1]]])
        if not np.array_equal(here, first):
            return Verdict(False, _difference(stream, codes, first, here, j))
    return _missing_combination(Combinations.of(stream, 0))


def _difference(stream: FeatureStream, codes: Counts, first: Counts, here: Counts, j: int) -> str:
    found, counts = np.unique(np.concatenate([first, here]), return_counts=True)
    in_first = np.searchsorted(first, found, "right") - np.searchsorted(first, found, "left")
    i = np.flatnonzero(counts != 2 * in_first)[0]
    row = np.flatnonzero(codes == found[i])[0]
    return (
        f"chunk {j + 1} has {counts[i] - in_first[i]} points of class {stream.labels[row]} "
        f"with the features {subset_name(stream.features[row])}, chunk 1 has {in_first[i]}"
    )


def _missing_combination(chunk: Combinations) -> Verdict:
    for c in range(chunk.num_classes):
        rows, counts = chunk.of_class(c)
        low = rows[(counts > 0) & ~rows[:, 62:].any(axis=1), :62]
        codes = np.unique(subset_codes(low))
        absent = np.flatnonzero(codes != np.arange(codes.size))
        gap = int(absent[0]) if absent.size else codes.size
        if gap < 1 << chunk.num_features:
            missing = np.array([gap >> k & 1 for k in range(chunk.num_features)], bool)
            return Verdict(
                False, f"no point of class {c} has the features {subset_name(missing)} alone"
            )
    return Verdict(True)


def heights(chunk: Combinations, label: int, tau: int, occurring: Bools) -> Heights:
    """Return the counts of a class over all sets L, or with many features over some that occur."""
    A, n = chunk.of_class(label)
    K = chunk.num_features
    if K > MOST_FEATURES:
        sets = np.unique(np.concatenate([np.zeros((1, K), bool), occurring]), axis=0)
        sets = sets[np.argsort(sets.sum(axis=1), kind="stable")]
        features = A.astype(np.float64)
        overlap = sets.astype(np.float64) @ features.T
        below = ((overlap < tau) * n) @ features
        margin = ((overlap == tau - 1) * n) @ features
        return Heights(sets, False, below.astype(np.int64), margin.astype(np.int64))
    by_overlap = _count_by_overlap(A, n, K, min(tau, K + 1))
    below = by_overlap.sum(axis=-1).T
    margin = by_overlap[..., tau - 1].T if tau <= K + 1 else np.zeros_like(below)
    sets = all_subsets(K)
    order = np.argsort(sets.sum(axis=1), kind="stable")
    return Heights(sets[order], True, below[order], margin[order])


def _count_by_overlap(A: Bools, n: Counts, K: int, tau: int) -> Counts:
    """Return (K, 2^K, τ): the points of v with i features of L, for all L at once.

    The points of a combination A are a term x^|A ∩ L|, a product over the features: the table is
    turned from A to L one feature at a time, K 2^K steps in place of 4^K.
    """
    table = np.zeros((K, 1 << K, tau), np.int64)
    codes = subset_codes(A)
    for k in range(K):
        np.add.at(table[k, :, 0], codes[A[:, k]], n[A[:, k]])
    for k in range(K):
        view = table.reshape(K, 1 << (K - 1 - k), 2, 1 << k, tau)
        without, present = view[:, :, 0].copy(), view[:, :, 1].copy()
        view[:, :, 0] = without + present
        view[:, :, 1, :, 0] = without[..., 0]
        view[:, :, 1, :, 1:] = without[..., 1:] + present[..., :-1]
    return table


def different_counts(of_class: list[Heights], *, unlearned_only: bool) -> Verdict:
    """Test the first part of Assumption 3.3: h(v1; L) = h(v2; L) implies v1 = v2, in any class.

    As printed it is said of any two features of a class; a proof needs it of those not in L.
    """
    for c, counts in enumerate(of_class):
        K = counts.sets.shape[1]
        values = counts.below
        if unlearned_only:
            values = np.where(counts.sets, -1 - np.arange(K), values)
        ordered = np.sort(values, axis=1)
        tied = np.flatnonzero((ordered[:, 1:] == ordered[:, :-1]).any(axis=1))
        if tied.size:
            row = values[tied[0]]
            v1 = next(k for k in range(K) if np.count_nonzero(row == row[k]) > 1)
            v2 = int(np.flatnonzero(row == row[v1])[1])
            return Verdict(
                False,
                f"features {v1} and {v2} of class {c} both have n h(v; L) = {row[v1]} "
                f"for L = {subset_name(counts.sets[tied[0]])}",
            )
    if all(counts.complete for counts in of_class):
        return Verdict(True)
    return Verdict(None, f"no tie in the sets that occur; 2^{K} sets are too many to try")


def enough_frequent_features(initial: Counts, gamma: float, tau: int) -> Verdict:
    """Test the second part of Assumption 3.3 on the counts (C, K) of a chunk.

    Every class has τ − 1 features in at least γ points, and one in fewer.
    """
    for c, counts in enumerate(initial):
        frequent = int(np.count_nonzero(counts >= gamma))
        if frequent < tau - 1:
            return Verdict(
                False,
                f"class {c} has {frequent} features in at least {gamma:g} points of the chunk, "
                f"not the {tau - 1} that tau = {tau} needs",
            )
        if frequent == counts.size:
            return Verdict(
                False, f"class {c} has no feature in fewer than {gamma:g} points of the chunk"
            )
    return Verdict(True)


def subset_name(members: Bools) -> str:
    """Return a set of features as text, such as {0, 3}."""
    return "{" + ", ".join(str(k) for k in np.flatnonzero(members)) + "}"
