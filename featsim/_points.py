"""The points of one class as the kernels take them: a bit for a point and a feature."""

import dataclasses
import functools
from typing import Any

import numpy as np
import numpy.typing as npt

from featsim import _tables
from featsim._kernels.compile import kernel
from featsim._kernels.sampling import bernoulli_words

Words = npt.NDArray[np.uint64]
Sizes = npt.NDArray[np.int64]


@dataclasses.dataclass(frozen=True)
class PackedPoints:
    """Points of one class by chunk, 64 to a word; every chunk has words of its own."""

    words: Words
    """(K, W): bit b of words[k, w] tells whether point 64 w + b has feature k."""

    valid: Words
    """(W,): the bits that stand for a point; others, in a chunk's last word, are clear."""

    first_word: Sizes
    """(J + 1,): the words of chunk j are first_word[j] … first_word[j + 1] − 1."""

    sizes: Sizes
    """(J,): the points of each chunk."""

    def places(self) -> Sizes:
        """Return the place 64 w + b of each point, (n,), in the order of their arrival."""
        before = np.cumsum(self.sizes) - self.sizes
        shift: Sizes = np.repeat(64 * self.first_word[:-1] - before, self.sizes)
        return np.arange(shift.size) + shift

    def chunk(self, j: int) -> "PackedPoints":
        """Return the points of one chunk alone."""
        start, stop = self.first_word[j], self.first_word[j + 1]
        return PackedPoints(
            np.ascontiguousarray(self.words[:, start:stop]),
            self.valid[start:stop],
            np.array([0, stop - start]),
            self.sizes[j : j + 1],
        )


def empty_points(features: int, sizes: Sizes) -> PackedPoints:
    """Return points of chunks of the given sizes, (J,), whose words are to be filled."""
    first_word, valid = _layout(sizes.tobytes())
    words = np.empty((features, valid.size), np.uint64)
    return PackedPoints(words, valid.copy(), first_word.copy(), sizes)


@functools.lru_cache(maxsize=4)
def _layout(sizes_as_bytes: bytes) -> tuple[Sizes, Words]:
    """Return ``first_word`` and ``valid`` of chunks of the given sizes, often those of the last."""
    sizes = np.frombuffer(sizes_as_bytes, np.int64)
    first_word = np.concatenate([[0], np.cumsum(-(-sizes // 64))])
    valid = np.full(first_word[-1], 0xFFFFFFFFFFFFFFFF, np.uint64)
    partial = np.flatnonzero(sizes % 64)
    rest = (sizes[partial] % 64).astype(np.uint64)
    valid[first_word[partial + 1] - 1] = (np.uint64(1) << rest) - np.uint64(1)
    return first_word, valid


def draw_points(
    frequencies: npt.NDArray[np.float64], sizes: Sizes, key: Words, purpose: int
) -> PackedPoints:
    """Draw chunks of sizes (J,) of points with independent features.

    Frequencies are (K,), or (J, K) where each chunk has its own.
    """
    points = empty_points(frequencies.shape[-1], sizes)
    bounds = [0, points.valid.size] if frequencies.ndim == 1 else points.first_word
    with np.errstate(over="ignore"):
        for row, first, last in zip(np.atleast_2d(frequencies), bounds, bounds[1:], strict=False):
            bernoulli_words(row, points.valid, key, purpose, first, last, points.words)
    return points


@kernel
def _set_bits(features, rows, places, words):
    """Set bit places[i] of row k of ``words`` where point rows[i] has feature k."""
    for i in range(rows.size):
        word, bit = places[i] // 64, np.uint64(1) << np.uint64(places[i] % 64)
        for k in range(words.shape[0]):
            if features[rows[i], k]:
                words[k, word] |= bit


def pack_rows(features: npt.NDArray[np.bool_], rows: Sizes, sizes: Sizes) -> PackedPoints:
    """Pack some rows of features (n, K), which come chunk after chunk, of sizes (J,)."""
    points = empty_points(features.shape[1], sizes)
    points.words[:] = 0
    _set_bits(np.ascontiguousarray(features), rows, points.places(), points.words)
    return points


def pack_points(features: Any, sizes: Any) -> PackedPoints:
    """Return points as the simulator takes them: what ``draw`` of a user's own ``Source`` gives.

    Parameters
    ----------
    features
        (n, K) bool: the points of one class, in the order of their arrival.
    sizes
        (J,) integers: how many of them arrive in each chunk.

    Raises
    ------
    ValueError, TypeError
        If the sizes do not add to n, or something is of another type or shape.
    """
    table = _tables.numbers("features", features, "b", "Booleans")
    counts = _tables.numbers("sizes", sizes, "iu", "integers").astype(np.int64)
    if table.ndim != 2 or counts.ndim != 1 or counts.min(initial=0) < 0:
        raise ValueError(
            "features must have the shape (points, features) and sizes be counts by chunk, "
            f"not {table.shape} and {sizes!r}"
        )
    if counts.sum() != len(table):
        raise ValueError(f"sizes must add to the {len(table)} points, not to {counts.sum()}")
    return pack_rows(table, np.arange(len(table)), counts)


def unpack(points: PackedPoints) -> npt.NDArray[np.bool_]:
    """Return the points as rows of Booleans, (n, K), in the order of their chunks."""
    features = np.unpackbits(points.words.view(np.uint8), axis=1, bitorder="little")
    is_point = np.unpackbits(points.valid.view(np.uint8), bitorder="little").astype(bool)
    rows: npt.NDArray[np.bool_] = features.T[is_point].view(np.bool_)
    return rows
