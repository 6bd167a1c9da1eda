"""Which features and which points are kept where a policy keeps a share of them."""

import numpy as np
import numpy.typing as npt

from featsim._kernels.compile import kernel
from featsim._points import PackedPoints, Words, draw_points
from featsim._purposes import KEPT_FEATURES, KEPT_POINTS


def decisions(
    key: Words, purpose: int, share: float, experiments: int, items: int
) -> npt.NDArray[np.bool_]:
    """Return whether item i is kept before experiment j, (J, items): features or points."""
    words = _draw(key, purpose, share, experiments, items)
    bits = np.unpackbits(words.view(np.uint8), axis=1, bitorder="little")
    return np.ascontiguousarray(bits[:, :items].view(np.bool_))


def kept_features(
    key: Words, share: float, experiments: int, features: int
) -> npt.NDArray[np.bool_]:
    """Return whether feature k, if learned, is kept before experiment j, (J, K)."""
    return decisions(key, KEPT_FEATURES, share, experiments, features)


def kept_points(key: Words, share: float, points: PackedPoints) -> Words:
    """Return whether each point, if memorized, is kept before experiment j, (J, W) words.

    A point's decision belongs to its number in the class, in the order of arrival.
    """
    J, n = points.sizes.size, int(points.sizes.sum())
    out = np.zeros((J, points.valid.size), np.uint64)
    dense = _draw(key, KEPT_POINTS, share, J, n)
    _spread(dense, np.cumsum(points.sizes) - points.sizes, points.first_word, out)
    return out


def _draw(key: Words, purpose: int, share: float, experiments: int, items: int) -> Words:
    """Return a word of Bernoulli(share) bits for each 64 items, (J, ⌈items / 64⌉)."""
    return draw_points(np.full(experiments, share), np.array([items]), key, purpose).words


@kernel
def _spread(dense, before, first_word, out):
    """Copy bits without gaps, (J, ⌈n / 64⌉), to chunks that begin at words of their own.

    What lies behind a chunk's last point is never looked at.
    """
    last = dense.shape[1] - 1
    for i in range(before.size):
        for w in range(first_word[i], first_word[i + 1]):
            bit = before[i] + 64 * (w - first_word[i])
            word, shift = bit // 64, np.uint64(bit % 64)
            for j in range(out.shape[0]):
                value = dense[j, word] >> shift
                if shift > np.uint64(0) and word < last:
                    value |= dense[j, word + 1] << (np.uint64(64) - shift)
                out[j, w] = value
