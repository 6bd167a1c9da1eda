"""A chunk as the theorems see it: how many points there are of each combination of features."""

import dataclasses
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from featsim import _checks
from featsim.stream import FeatureStream

CODE_BITS = 62


@dataclasses.dataclass(frozen=True, eq=False)
class Combinations:
    """Combinations A of features with the number n_A of their points (Assumption 3.1).

    Raises
    ------
    TypeError
        If combinations are not Boolean, or counts or labels not integers.
    ValueError
        If a shape does not fit, or a count or a label is out of range.
    """

    combinations: npt.NDArray[np.bool_]
    """(m, K): whether feature k of its class is in a combination."""

    counts: npt.NDArray[np.int64]
    """(m,): n_A, at least 0."""

    labels: npt.NDArray[np.int64]
    """(m,): the class of a combination, 0 … C − 1."""

    num_classes: int = None  # type: ignore[assignment]
    """Number of classes, C; one more than the largest label if it is not given."""

    def __post_init__(self) -> None:
        rows = FeatureStream(self.combinations, self.labels, self.labels, self.num_classes)
        counts = np.asarray(self.counts)
        if counts.size == 0:
            counts = counts.astype(np.int64)
        if not np.issubdtype(counts.dtype, np.integer):
            raise TypeError(f"counts must be integers, not {counts.dtype}")
        if counts.shape != rows.labels.shape:
            raise ValueError(f"counts must have the shape {rows.labels.shape}, not {counts.shape}")
        if counts.size and counts.min() < 0:
            raise ValueError(f"counts must be at least 0, not {counts.min()}")
        for name, value in (
            ("combinations", rows.features),
            ("counts", counts.astype(np.int64)),
            ("labels", rows.labels),
            ("num_classes", rows.num_classes),
        ):
            object.__setattr__(self, name, value)

    @classmethod
    def of(cls, stream: FeatureStream, chunk: int | None = None) -> Self:
        """Return the combinations of one chunk of a stream, or of all its points as one chunk."""
        rows = np.arange(len(stream)) if chunk is None else np.flatnonzero(stream.chunks == chunk)
        features, labels = stream.features[rows], stream.labels[rows]
        _, first, counts = np.unique(
            combination_codes(features, labels), return_index=True, return_counts=True
        )
        return cls(features[first], counts, labels[first], stream.num_classes)

    @property
    def num_features(self) -> int:
        """Number of features of each class, K."""
        return int(self.combinations.shape[1])

    @property
    def points(self) -> int:
        """Number of points of the chunk, n."""
        return int(self.counts.sum())

    def of_class(self, label: int) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.int64]]:
        """Return the combinations (m_c, K) of one class and their counts (m_c,)."""
        rows = self.labels == label
        return self.combinations[rows], self.counts[rows]


def combination_codes(
    features: npt.NDArray[np.bool_], labels: npt.NDArray[np.int64]
) -> npt.NDArray[np.int64]:
    """Return an integer for each point, (n,), the same for the same class and combination."""
    K = features.shape[1]
    if labels.size and (int(labels.max()) + 1) << K >= 1 << CODE_BITS:
        packed = np.packbits(features, axis=1, bitorder="little")
        rows = np.concatenate([packed, labels.view(np.uint8).reshape(-1, 8)], axis=1)
        inverse = np.unique(rows, axis=0, return_inverse=True)[1]
        return np.asarray(inverse, np.int64).reshape(-1)
    return np.asarray(subset_codes(features) + (labels << K))


def subset_codes(features: npt.NDArray[np.bool_]) -> npt.NDArray[np.int64]:
    """Return Σ_k 2^k [feature k] for each row; at most 62 features."""
    packed = np.packbits(features, axis=1, bitorder="little")
    padded = np.zeros((len(packed), 8), np.uint8)
    padded[:, : packed.shape[1]] = packed
    codes: npt.NDArray[np.int64] = padded.view("<i8").reshape(-1).astype(np.int64)
    return codes


def all_subsets(K: int) -> npt.NDArray[np.bool_]:
    """Return the 2^K subsets of K features as rows, row i holding the bits of i."""
    subsets: npt.NDArray[np.bool_] = (np.arange(1 << K)[:, None] >> np.arange(K) & 1).astype(bool)
    return subsets


def h(
    chunk: FeatureStream | Combinations, learned: npt.ArrayLike, tau: int
) -> npt.NDArray[np.float64]:
    """Return h(v; L) = (1/n) Σ_{A ∋ v, |A ∩ L| < τ} n_A of every feature (section 3.2).

    Parameters
    ----------
    chunk
        The points, all of which count as one chunk, or its combinations with their counts.
    learned
        (C, K) bool: the set L.
    tau
        Learned features that a point needs to be well classified, τ: at least 1.

    Returns
    -------
    ndarray
        (C, K): the share of the chunk's points that have the feature and are below τ.

    Raises
    ------
    ValueError, TypeError
        If the chunk is empty, ``learned`` has another shape or type, or τ is out of range.
    """
    table = Combinations.of(chunk) if isinstance(chunk, FeatureStream) else chunk
    if table.points == 0:
        raise ValueError("a chunk must hold at least one point, not 0")
    return h_counts(table, learned, _checks.integer("tau", tau, 1)) / table.points


def h_counts(chunk: Combinations, learned: npt.ArrayLike, tau: int) -> npt.NDArray[np.int64]:
    """Return n · h(v; L), (C, K), which are whole numbers."""
    sets = np.asarray(learned)
    if sets.dtype != np.bool_:
        raise TypeError(f"learned must be Boolean, not {sets.dtype}")
    shape = (chunk.num_classes, chunk.num_features)
    if sets.shape != shape:
        raise ValueError(f"learned must have the shape {shape}, not {sets.shape}")
    below = (chunk.combinations & sets[chunk.labels]).sum(axis=1) < tau
    counts = np.zeros(shape, np.int64)
    for c in range(shape[0]):
        rows = below & (chunk.labels == c)
        counts[c] = chunk.counts[rows] @ chunk.combinations[rows]
    return counts


def balanced_stream(
    combinations: npt.ArrayLike,
    counts: npt.ArrayLike,
    labels: npt.ArrayLike,
    experiments: int,
) -> FeatureStream:
    """Return a stream whose every chunk holds exactly n_A points of each combination.

    Parameters
    ----------
    combinations
        (m, K) bool: the combinations A.
    counts
        (m,) int: n_A. Assumption 3.1 asks for at least 1 of each of the 2^K combinations of each
        class; a stream may break it.
    labels
        (m,) int: the class of each combination.
    experiments
        Number of chunks, J: at least 1.

    Raises
    ------
    ValueError, TypeError
        If a shape, a type, a count or a label is not as said, or all counts are 0.
    """
    J = _checks.integer("experiments", experiments, 1)
    arrays: tuple[Any, Any, Any] = (combinations, counts, labels)
    table = Combinations(*arrays)
    n = table.points
    if n == 0:
        raise ValueError("counts must be above 0 for at least one combination, not all 0")
    rows = np.tile(np.repeat(np.arange(len(table.counts)), table.counts), J)
    return FeatureStream(
        table.combinations[rows],
        table.labels[rows],
        np.repeat(np.arange(J), n),
        table.num_classes,
    )
