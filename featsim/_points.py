"""The points of one class as the kernels take them: a bit for a point and a feature."""

import dataclasses

import numpy as np
import numpy.typing as npt

from featsim._kernels.compile import kernel
from featsim._kernels.sampling import bernoulli_words
from featsim.stream import FeatureStream

Words = npt.NDArray[np.uint64]


@dataclasses.dataclass(frozen=True)
class PackedPoints:
    """Points of one class by chunk, 64 to a word; every chunk has words of its own."""

    words: Words
    """(K, W): bit b of words[k, w] tells whether point 64 w + b has feature k."""

    valid: Words
    """(W,): the bits that stand for a point; others, in a chunk's last word, are clear."""

    first_word: npt.NDArray[np.int64]
    """(J + 1,): the words of chunk j are first_word[j] … first_word[j + 1] − 1."""


def layout(sizes: npt.NDArray[np.int64]) -> tuple[Words, npt.NDArray[np.int64]]:
    """Return ``valid`` and ``first_word`` for chunks of the given sizes, (J,)."""
    first_word = np.concatenate([[0], np.cumsum(-(-sizes // 64))])
    valid = np.full(first_word[-1], 0xFFFFFFFFFFFFFFFF, np.uint64)
    partial = np.flatnonzero(sizes % 64)
    rest = (sizes[partial] % 64).astype(np.uint64)
    valid[first_word[partial + 1] - 1] = (np.uint64(1) << rest) - np.uint64(1)
    return valid, first_word


def draw_points(
    frequencies: npt.NDArray[np.float64], sizes: npt.NDArray[np.int64], key: Words, purpose: int
) -> PackedPoints:
    """Draw chunks of sizes (J,) of points with independent features of frequencies (K,)."""
    valid, first_word = layout(sizes)
    words = np.empty((frequencies.size, valid.size), np.uint64)
    with np.errstate(over="ignore"):
        bernoulli_words(frequencies, valid, key, purpose, words)
    return PackedPoints(words, valid, first_word)


@kernel
def _set_bits(features, rows, positions, words):
    """Set bit positions[i] of row k of ``words`` where point rows[i] has feature k."""
    for i in range(rows.size):
        word, bit = positions[i] // 64, np.uint64(1) << np.uint64(positions[i] % 64)
        for k in range(words.shape[0]):
            if features[rows[i], k]:
                words[k, word] |= bit


def pack(stream: FeatureStream, label: int, *, by_chunk: bool = True) -> PackedPoints:
    """Pack the points of one class, in the order of their chunks, or as one chunk."""
    rows = np.flatnonzero(stream.labels == label)
    chunks = stream.chunks[rows] if by_chunk else np.zeros(rows.size, np.int64)
    order = np.argsort(chunks, kind="stable")
    sizes = np.bincount(chunks, minlength=stream.num_chunks if by_chunk else 1)
    valid, first_word = layout(sizes)
    before = np.cumsum(sizes) - sizes
    chunk = chunks[order]
    positions = 64 * first_word[chunk] + np.arange(rows.size) - before[chunk]
    words = np.zeros((stream.num_features, valid.size), np.uint64)
    _set_bits(np.ascontiguousarray(stream.features), rows[order], positions, words)
    return PackedPoints(words, valid, first_word)


def unpack(points: PackedPoints) -> npt.NDArray[np.bool_]:
    """Return the points as rows of Booleans, (n, K), in the order of their chunks."""
    features = np.unpackbits(points.words.view(np.uint8), axis=1, bitorder="little")
    is_point = np.unpackbits(points.valid.view(np.uint8), bitorder="little").astype(bool)
    rows: npt.NDArray[np.bool_] = features.T[is_point].view(np.bool_)
    return rows
