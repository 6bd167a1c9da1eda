"""The experiments of one class and one initialization (Algorithms 2 to 5), on packed points.

Row k of ``points`` holds feature k of all points of the class, 64 to a word, in the order of their
arrival. A set of points is one bit a point: ``memorized`` is M, ``reached`` the points with at
least τ learned features, ``active`` those with a non-zero gradient, N. How many learned features a
point has is kept bit-sliced: bit p of the counters of 64 points is a word of ``planes[p]``. A
counter starts at 2**P − τ, so that the carry out of the top plane is the τ-th learned feature.
"""

import numpy as np

from featsim._compile import inlined, kernel, popcount

ALL, NONE, ONE = np.uint64(0xFFFFFFFFFFFFFFFF), np.uint64(0), np.uint64(1)
WORDS_PER_TILE = 512


@inlined
def count(words):
    """Count the points of a set."""
    total = 0
    for w in range(words.size):
        total += popcount(words[w])
    return total


@inlined
def count_common(a, b):
    """Count the points that two sets share."""
    total = 0
    for w in range(a.size):
        total += popcount(a[w] & b[w])
    return total


@inlined
def counter_planes(tau):
    """Return the number of planes of a counter up to tau, the smallest P with 2**P >= tau."""
    P = 0
    while tau > (1 << P):
        P += 1
    return P


@kernel
def reset_counters(planes, reached, tau, start, stop):
    """Set the words start … stop of the counters to no learned feature."""
    first = (1 << planes.shape[0]) - tau
    for plane in range(planes.shape[0]):
        bit = ALL if (first >> plane) & 1 else NONE
        for w in range(start, stop):
            planes[plane, w] = bit
    for w in range(start, stop):
        reached[w] = NONE


@kernel
def add_feature(row, planes, reached, start, stop):
    """Count one more learned feature for the points of ``row``, in the words start … stop."""
    carry = np.empty(WORDS_PER_TILE, np.uint64)
    for begin in range(start, stop, WORDS_PER_TILE):
        end = min(begin + WORDS_PER_TILE, stop)
        tile = row[begin:end]
        for w in range(tile.size):
            carry[w] = tile[w]
        for plane in range(planes.shape[0]):
            bits = planes[plane, begin:end]
            for w in range(bits.size):
                overflow = bits[w] & carry[w]
                bits[w] ^= carry[w]
                carry[w] = overflow
        full = reached[begin:end]
        for w in range(full.size):
            full[w] |= carry[w]


@kernel
def train(points, active, reached, planes, learned, bounds, gamma, start, stop, learn_count):
    """One training run (Algorithm 2) on the words start … stop; ``active`` ends as what is left.

    ``bounds[k]`` is at least the number of active points with feature k, and ends so. Counts only
    fall during a run, so that the largest bound, once it is recounted and still the largest, is
    the largest count (lazy greedy, Minoux 1978); ties go to the lowest feature.
    """
    K = learned.size
    key = np.empty(K, np.int64)
    fresh = np.zeros(K, np.bool_)
    for k in range(K):
        key[k] = -1 if learned[k] else bounds[k] * K + (K - 1 - k)
    live = active[start:stop]
    while True:
        top = -1
        for k in range(K):
            top = max(top, key[k])
        if top < gamma * K:
            break
        k = K - 1 - top % K
        if not fresh[k]:
            bounds[k] = count_common(points[k, start:stop], live)
            key[k] = bounds[k] * K + (K - 1 - k)
            fresh[k] = True
            continue
        learned[k] = True
        learn_count[k] = bounds[k]
        key[k] = -1
        add_feature(points[k], planes, reached, start, stop)
        full = reached[start:stop]
        for w in range(live.size):
            live[w] &= ~full[w]
        for k in range(K):
            fresh[k] = False


@kernel
def run_experiments(
    points,
    valid,
    first_word,
    gamma,
    tau,
    keep_learned,
    keep_memorized,
    learned,
    learn_count,
    nonzero_gradient,
    memorized_points,
):
    """Algorithms 3 (random), 4 (warm) and 5 (ideal): experiment j trains on all points so far.

    ``first_word`` (J + 1,) bounds the words of each chunk. Fills ``learned`` and ``learn_count``
    (J, K), −1 where a feature was not learned in that experiment, and ``nonzero_gradient`` and
    ``memorized_points`` (J,).
    """
    K, W = points.shape
    planes = np.empty((counter_planes(tau), W), np.uint64)
    reached = np.empty(W, np.uint64)
    memorized = np.zeros(W, np.uint64)
    active = np.empty(W, np.uint64)
    known = np.zeros(K, np.bool_)
    totals = np.zeros(K, np.int64)
    bounds = np.zeros(K, np.int64)
    for j in range(first_word.size - 1):
        old, stop = first_word[j], first_word[j + 1]
        if keep_learned:
            reset_counters(planes, reached, tau, old, stop)
            for k in range(K):
                if known[k]:
                    add_feature(points[k], planes, reached, old, stop)
        else:
            for k in range(K):
                known[k] = False
            reset_counters(planes, reached, tau, 0, stop)
        if not keep_memorized:
            for w in range(old):
                memorized[w] = NONE
        # Where both are kept, no point of an earlier chunk has a gradient.
        start = old if keep_learned and keep_memorized else 0
        for k in range(K):
            if not keep_learned:
                bounds[k] = totals[k]
            elif keep_memorized:
                bounds[k] = 0
            new = count_common(points[k, old:stop], valid[old:stop])
            totals[k] += new
            bounds[k] += new
        for w in range(start, stop):
            active[w] = valid[w] & ~reached[w] & ~memorized[w]
        nonzero_gradient[j] = count(active[start:stop])
        for k in range(K):
            learn_count[j, k] = -1
        train(points, active, reached, planes, known, bounds, gamma, start, stop, learn_count[j])
        for w in range(start, stop):
            memorized[w] |= active[w]
        memorized_points[j] = count(memorized[:stop])
        for k in range(K):
            learned[j, k] = known[k]
