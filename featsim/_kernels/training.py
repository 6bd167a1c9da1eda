"""The experiments of one class and one initialization (Algorithms 2 to 5), on packed points.

Row k of ``points`` holds feature k of all points of the class, 64 to a word, in the order of their
arrival. A set of points is one bit a point: ``active`` is N, the points with a non-zero gradient,
and ``memorized`` is M. How many learned features a point has is kept bit-sliced: bit i of the
counters of 64 points is a word of ``planes[i]``. Counters of P bits start at 2**P − τ, so that the
carry out of the top plane is the τ-th learned feature. Planes come in pairs, which halves what a
pass over them reads and writes.
"""

import numpy as np

from featsim._kernels.compile import inlined, kernel, part, popcount

ALL, NONE = np.uint64(0xFFFFFFFFFFFFFFFF), np.uint64(0)
WORDS_PER_TILE = 512


@inlined
def words(start, stop):
    """Return the range of words start … stop, unsigned, so that no index can be negative.

    With these indices, and with whole arrays in place of slices, the loops become vector code and
    pay for no reference counts.
    """
    return range(np.uint64(start), np.uint64(stop))


@inlined
def count(points, start, stop):
    """Count the points of a set in the words start … stop."""
    total = 0
    for w in words(start, stop):
        total += popcount(points[w])
    return total


@inlined
def count_feature(points, k, active, start, stop):
    """Count the active points with feature k in the words start … stop."""
    total = 0
    for w in words(start, stop):
        total += popcount(points[k, w] & active[w])
    return total


@inlined
def new_counters(tau, size):
    """Return counters up to tau for ``size`` words: the planes, an even number P, 2**P >= tau."""
    P = 2
    while tau > (1 << P):
        P += 2
    return np.empty((P, size), np.uint64), np.empty(WORDS_PER_TILE, np.uint64)


@part
def reset_counters(counters, tau, start, stop):
    """Set the counters of the words start … stop to no learned feature."""
    planes = counters[0]
    first = (1 << planes.shape[0]) - tau
    for plane in range(planes.shape[0]):
        bit = ALL if (first >> plane) & 1 else NONE
        for w in range(start, stop):
            planes[plane, w] = bit


@part
def add_feature(points, k, active, counters, start, stop):
    """Count feature k as learned for the points that have it, in the words start … stop.

    Points that reach τ learned features leave ``active``. ``counters`` are the planes and scratch
    space for the carry, of one word for each word of a tile, which stays in the fastest cache.
    """
    planes, carry = counters
    last = planes.shape[0] - 2
    for begin in range(start, stop, WORDS_PER_TILE):
        end = min(begin + WORDS_PER_TILE, stop)
        first_word = np.uint64(begin)
        for w in words(begin, end):
            carry[w - first_word] = points[k, w]
        for plane in range(0, last, 2):
            for w in words(begin, end):
                ones = carry[w - first_word]
                twos = planes[plane, w] & ones
                carry[w - first_word] = planes[plane + 1, w] & twos
                planes[plane, w] ^= ones
                planes[plane + 1, w] ^= twos
        for w in words(begin, end):
            ones = carry[w - first_word]
            twos = planes[last, w] & ones
            active[w] &= ~(planes[last + 1, w] & twos)
            planes[last, w] ^= ones
            planes[last + 1, w] ^= twos


@inlined
def settle(keys, i):
    """Move keys[i] down to its place among the keys behind it, which fall."""
    key = keys[i]
    while i + 1 < keys.size and keys[i + 1] > key:
        keys[i] = keys[i + 1]
        i += 1
    keys[i] = key


@part
def train(points, active, counters, learned, bounds, gamma, span, repeats, last_run, learn_count):
    """One training run (Algorithm 2) on the words of ``span``; ``active`` ends as what is left.

    ``bounds[k]`` is at least the number of active points with feature k, and ends so. Counts only
    fall during a run, so that features are recounted from the largest bound down until a count is
    above all bounds that follow (lazy greedy, Minoux 1978). A key holds a bound and its feature,
    so that ties go to the lowest feature.

    ``last_run`` is what the run before leaves for this one: ``order``, that of the keys at first;
    ``path[i]``, the feature it learned at step i, −1 behind its last; and counts. A run that
    ``repeats`` the start of the last one mostly learns the same sets of features, if not in the
    same order. At a step with the same set, the count ``found[i, k]`` over the first
    ``covered[i, k]`` words holds again; if those are all the old words, only the new words,
    old … stop, are counted. So the old words are brought up to date only when they are counted.
    """
    start, old, stop = span
    order, path, found, covered = last_run
    K = learned.size
    shift = 1
    while (1 << shift) < K:
        shift += 1
    mask = (1 << shift) - 1
    keys = np.empty(K, np.int64)
    for i in range(K):
        k = order[i]
        keys[i] = ((-1 if learned[k] else bounds[k]) << shift) + (mask - k)
    for i in range(K - 2, -1, -1):
        settle(keys, i)
    for i in range(K):
        order[i] = mask - (keys[i] & mask)
    excess = np.zeros(K, np.int64)  # of this path over the last one, feature by feature
    apart = 0 if repeats else 1  # number of features with an excess
    step, updated = 0, 0
    while True:
        top, best, i = (gamma << shift) - 1, -1, step
        while i < K and keys[i] > top:
            k = mask - (keys[i] & mask)
            if apart == 0 and covered[step, k] == old:
                total = found[step, k] + count_feature(points, k, active, old, stop)
            else:
                while updated < step:
                    add_feature(points, path[updated], active, counters, start, old)
                    updated += 1
                total = count_feature(points, k, active, start, stop)
            bounds[k] = total
            if repeats:
                found[step, k], covered[step, k] = total, stop
            keys[i] = (total << shift) + (mask - k)
            if keys[i] > top:
                top, best = keys[i], i
            i += 1
        if best < 0:
            break
        k = mask - (top & mask)
        learned[k] = True
        learn_count[k] = bounds[k]
        add_feature(points, k, active, counters, old, stop)
        for place in range(best, step, -1):
            keys[place] = keys[place - 1]
        for place in range(i - 1, step, -1):
            settle(keys, place)
        before = path[step]
        if before < 0:
            apart += 2 * K  # the last path has ended
        elif before != k:
            apart -= (excess[k] != 0) + (excess[before] != 0)
            excess[k] += 1
            excess[before] -= 1
            apart += (excess[k] != 0) + (excess[before] != 0)
        path[step] = k
        step += 1
    path[step] = -1
    while updated < step:
        add_feature(points, path[updated], active, counters, start, old)
        updated += 1


@kernel
def run_experiments(points, valid, first_word, gamma, tau, keep_learned, keep_memorized, out):
    """Algorithms 3 (random), 4 (warm) and 5 (ideal): experiment j trains on all points so far.

    ``first_word`` (J + 1,) bounds the words of each chunk. Fills the arrays of ``out``: whether a
    feature is learned, and its count if it was learned in that experiment, else −1, (J, K); points
    with non-zero gradient at the start and memorized points at the end, (J,).
    """
    learned, learn_count, nonzero_gradient, memorized_points = out
    K, W = points.shape
    counters = new_counters(tau, W)
    active = np.empty(W, np.uint64)
    memorized = np.zeros(W, np.uint64)
    known = np.zeros(K, np.bool_)
    totals = np.zeros(K, np.int64)
    bounds = np.zeros(K, np.int64)
    repeats = not keep_learned and not keep_memorized and first_word.size > 2
    steps = K + 1 if repeats else 0
    found, covered = np.empty((steps, K), np.int64), np.full((steps, K), -1, np.int64)
    last_run = np.arange(K), np.full(K + 1, -1, np.int64), found, covered
    for j in range(first_word.size - 1):
        old, stop = first_word[j], first_word[j + 1]
        # What is forgotten is counted anew for all points, what is kept for the new ones only;
        # where both are kept, no point of an earlier chunk has a gradient.
        anew = old if keep_learned else 0
        start = old if keep_learned and keep_memorized else 0
        span, counts = (start, old, stop), learn_count[j]
        for w in range(anew, stop):
            active[w] = valid[w] & ~memorized[w]
        reset_counters(counters, tau, anew, stop)
        for k in range(K):
            if not keep_learned:
                known[k] = False
                bounds[k] = totals[k]
            elif keep_memorized:
                bounds[k] = 0
            new = count_feature(points, k, valid, old, stop)
            totals[k] += new
            bounds[k] += new
            counts[k] = -1
            if known[k]:
                add_feature(points, k, active, counters, old, stop)
        nonzero_gradient[j] = count(active, start, stop)
        train(points, active, counters, known, bounds, gamma, span, repeats, last_run, counts)
        if keep_memorized:
            for w in range(start, stop):
                memorized[w] |= active[w]
            memorized_points[j] = count(memorized, 0, stop)
        else:
            memorized_points[j] = count(active, start, stop)
        for k in range(K):
            learned[j, k] = known[k]


@kernel
def well_classified(points, valid, learned, tau, out):
    """Count in ``out[j]`` the points with at least tau features of the set ``learned[j]``."""
    K, W = points.shape
    counters = new_counters(tau, W)
    missing = np.empty(W, np.uint64)
    counted = np.zeros(K, np.bool_)
    points_in_all = count(valid, 0, W)
    for j in range(learned.shape[0]):
        start_anew = j == 0
        for k in range(K):
            start_anew |= counted[k] and not learned[j, k]
        if start_anew:
            reset_counters(counters, tau, 0, W)
            for w in range(W):
                missing[w] = valid[w]
        for k in range(K):
            if learned[j, k] and (start_anew or not counted[k]):
                add_feature(points, k, missing, counters, 0, W)
            counted[k] = learned[j, k]
        out[j] = points_in_all - count(missing, 0, W)
