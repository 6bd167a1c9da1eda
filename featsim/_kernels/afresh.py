"""Parts of ``run_afresh``: bounds of all features at once, from the new points alone."""

import numpy as np

from featsim._kernels.compile import inlined, part, popcount

NEVER = np.int64(-(2**62))
LANES = 32  # rows are as many multiples of these long, so that no loop ends in single features


@part
def add_new_points(transposed, active, old, shift, strengths, gains, bounds, step):
    """Add to the bounds of a step the active new points of every feature, times its strength.

    ``transposed`` (w, K) are the words of the new points from ``old`` on, and clear ones up to a
    multiple of four: in fours, as the scratch ``gains`` is read and written for each of them.
    """
    K = np.uint64(gains.size)
    for k in range(K):
        gains[k] = 0
    last = np.uint64(max(active.size - 1, 0))
    for w in range(np.uint64(0), np.uint64(transposed.shape[0]), np.uint64(4)):
        place = np.uint64(old) + w
        one = active[place]
        two = active[min(place + np.uint64(1), last)]
        three = active[min(place + np.uint64(2), last)]
        four = active[min(place + np.uint64(3), last)]
        for k in range(K):
            gains[k] += (
                popcount(transposed[w, k] & one)
                + popcount(transposed[w + np.uint64(1), k] & two)
                + popcount(transposed[w + np.uint64(2), k] & three)
                + popcount(transposed[w + np.uint64(3), k] & four)
            )
    if strengths is not None:
        for k in range(strengths.size):
            gains[k] *= strengths[k]
    for k in range(K):
        bounds[step, k] += gains[k] << np.int64(shift)


@inlined
def largest(bounds, step):
    """Return the largest bound of a step."""
    top = NEVER
    for k in range(np.uint64(bounds.shape[1])):
        top = max(top, bounds[step, k])
    return top


@inlined
def change(excess, k, by):
    """Change the excess of feature k; return by how much the number of features that have one."""
    had = np.int64(excess[k] != 0)
    excess[k] += by
    return np.int64(excess[k] != 0) - had
