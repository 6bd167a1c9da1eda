"""One training run of one class (Algorithm 2), on sets of points."""

import numpy as np

from featsim._kernels.arrays import new_flags, new_numbers
from featsim._kernels.compile import inlined, part
from featsim._kernels.sets import NONE, count, count_feature, count_features, learn


@part
def new_last_run(repeats, K):
    """Return what ``train`` leaves for the next run, before the first."""
    steps = K + 1 if repeats else np.int64(0)
    found, covered = new_numbers(steps, K, np.int64(0)), new_numbers(steps, K, np.int64(-1))
    order = new_numbers(np.int64(1), K, np.int64(0))[0]
    for k in range(K):
        order[k] = k
    return order, new_numbers(np.int64(1), K + 1, np.int64(-1))[0], found, covered


@part
def add_chunk(points, valid, words_left, words_new, new, totals):
    """Bring the number of points of every feature from one experiment's data to the next's."""
    nothing = new_flags(np.int64(1), totals.size)[0]
    count_features(points, nothing, valid, words_new[0], words_new[1], new)
    for k in range(totals.size):
        totals[k] += new[k]
    if words_left[1] > words_left[0]:
        count_features(points, nothing, valid, words_left[0], words_left[1], new)
        for k in range(totals.size):
            totals[k] -= new[k]


@part
def start_bounds(points, known, active, span, carried, gamma, strengths, new, bounds):
    """Bound the active points of every feature that is not known, and exactly from γ on.

    Where bounds are ``carried`` they hold for the words start … old, and only the new ones are
    counted at first.
    """
    start, old, stop = span
    count_features(points, known, active, old if carried else start, stop, new)
    fine = new_flags(np.int64(1), known.size)[0]
    for k in range(known.size):
        bounds[k] = bounds[k] + new[k] if carried else new[k]
        strength = 1 if strengths is None else strengths[k]
        fine[k] = known[k] or strength * bounds[k] < gamma
    if carried:
        count_features(points, fine, active, start, stop, bounds)


@inlined
def settle(keys, i):
    """Move keys[i] down to its place among the keys behind it, which fall."""
    key = keys[i]
    while i + 1 < keys.size and keys[i + 1] > key:
        keys[i] = keys[i + 1]
        i += 1
    keys[i] = key


@part
def train(
    points,
    active,
    counters,
    learned,
    bounds,
    gamma,
    tau,
    strengths,
    span,
    repeats,
    last_run,
    learn_count,
    stops,
):
    """One training run (Algorithm 2) on the words of ``span``; ``active`` ends as what is left.

    ``bounds[k]`` is at least the number of active points with feature k, and ends so. Counts only
    fall during a run, so that features are recounted from the largest bound down until a count is
    above all bounds that follow (lazy greedy, Minoux 1978). A key holds a bound, times the strength
    of its feature, and the feature, so that ties go to the lowest one.

    ``last_run`` is what the run before leaves for this one: ``order``, that of the keys at first;
    ``path[i]``, the feature it learned at step i, −1 behind its last; and counts. A run that
    ``repeats`` the start of the last one mostly learns the same sets of features, if not in the
    same order. At a step with the same set, the count ``found[i, k]`` over the first
    ``covered[i, k]`` words holds again; if those are all the old words, only the new words,
    old … stop, are counted. So the old words are brought up to date only when they are counted.

    ``stops`` is None, or lets runs of several γ share these steps, as one with a larger γ only
    stops earlier: all γ, falling, and the first and behind the last of those that take part; the
    marks and the range of the chunks to count by; and, to be filled for each γ where it stops, the
    points left by chunk, the bounds, and the number of steps.
    """
    start, old, stop = span
    order, path, found, covered = last_run
    K = learned.size
    shift = 1
    while (1 << shift) < K:
        shift += 1
    mask = (1 << shift) - 1
    # ``excess`` is that of this path over the last one, feature by feature.
    numbers = new_numbers(np.int64(2), K, np.int64(0))
    keys, excess = numbers[0], numbers[1]
    for i in range(K):
        k = order[i]
        bound = -1 if learned[k] else bounds[k]
        if strengths is not None:
            bound *= strengths[k]
        keys[i] = (bound << shift) + (mask - k)
    for i in range(K - 2, -1, -1):
        settle(keys, i)
    for i in range(K):
        order[i] = mask - (keys[i] & mask)
    apart = 0 if repeats else 1  # number of features with an excess
    step, updated = 0, 0
    stopped = 0 if stops is None else stops[1]
    while True:
        top, best, i = (gamma << shift) - 1, -1, step
        while i < K and keys[i] > top:
            k = mask - (keys[i] & mask)
            if apart == 0 and covered[step, k] == old:
                total = found[step, k] + count_feature(points, k, active, old, stop)
            else:
                while updated < step:
                    learn(points, path[updated], strengths, tau, active, counters, start, old)
                    updated += 1
                total = count_feature(points, k, active, start, stop)
            bounds[k] = total
            if repeats:
                found[step, k], covered[step, k] = total, stop
            if strengths is not None:
                total *= strengths[k]
            keys[i] = (total << shift) + (mask - k)
            if keys[i] > top:
                top, best = keys[i], i
            i += 1
        if stops is not None:
            gammas, _, last, (marks, first_chunk, last_chunk), left, bounds_left, steps = stops
            value = top >> shift if best >= 0 else -1
            while stopped < last and gammas[stopped] > value:
                while updated < step:
                    learn(points, path[updated], strengths, tau, active, counters, start, old)
                    updated += 1
                for c in range(first_chunk, last_chunk):
                    left[stopped, c] = count(active, marks[c], marks[c + 1])
                for k in range(K):
                    bounds_left[stopped, k] = bounds[k]
                steps[stopped] = step
                stopped += 1
        if best < 0:
            break
        k = mask - (top & mask)
        learned[k] = True
        learn_count[k] = bounds[k]
        learn(points, k, strengths, tau, active, counters, old, stop)
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
        learn(points, path[updated], strengths, tau, active, counters, start, old)
        updated += 1


@part
def train_in_levels(
    points, active, counters, learned, bounds, tau, strengths, span, last_run, learn_count, noise
):
    """Algorithm 2 where the noise of a point has a strength of its own.

    ``noise`` holds the strengths, falling; where the points of each begin among ``places``, which
    are 64 w + b; and scratch space of W words. Features are learned while the best count reaches
    the largest noise; then the points of that noise that are left are memorized, and the next
    level follows. ``active`` ends as the set of all points that were memorized.
    """
    thresholds, first_place, places, left = noise
    start, _, stop = span
    for w in range(start, stop):
        left[w] = NONE
    for level in range(thresholds.size):
        train(
            points,
            active,
            counters,
            learned,
            bounds,
            thresholds[level],
            tau,
            strengths,
            span,
            False,
            last_run,
            learn_count,
            None,
        )
        for i in range(first_place[level], first_place[level + 1]):
            w, bit = places[i] // 64, np.uint64(1) << np.uint64(places[i] % 64)
            if start <= w < stop:
                left[w] |= active[w] & bit
                active[w] &= ~bit
    for w in range(start, stop):
        active[w] = left[w]


@part
def strongest_noise(active, start, stop, noise):
    """Return the largest strength of noise among the active points, or 0 if there are none."""
    thresholds, first_place, places, _ = noise
    for level in range(thresholds.size):
        for i in range(first_place[level], first_place[level + 1]):
            w, bit = places[i] // 64, np.uint64(1) << np.uint64(places[i] % 64)
            if start <= w < stop and active[w] & bit != NONE:
                return thresholds[level]
    return 0


@part
def gradient_rank(points, active, known, start, stop):
    """Return the rank over the reals of the active points × the features that are not known.

    Rows are reduced modulo the prime 2**31 − 1, which could lower the rank only if it divided a
    determinant that is not 0.
    """
    prime = np.int64(2**31 - 1)
    numbers = new_numbers(np.int64(2), points.shape[0], np.int64(0))
    columns, row = numbers[0], numbers[1]
    size = 0
    for k in range(points.shape[0]):
        if not known[k] and count_feature(points, k, active, start, stop) > 0:
            columns[size] = k
            size += 1
    basis = new_numbers(size, size, np.int64(0))
    rank = 0
    for w in range(start, stop):
        for b in range(64):
            if rank == size:
                return rank
            bit = np.uint64(1) << np.uint64(b)
            if active[w] & bit == NONE:
                continue
            for i in range(size):
                row[i] = 1 if points[columns[i], w] & bit != NONE else 0
            for i in range(size):
                if row[i] == 0:
                    continue
                factor = row[i]
                if basis[i, i] == 1:
                    for place in range(i, size):
                        row[place] = (row[place] + (prime - factor) * basis[i, place]) % prime
                    continue
                inverse, power, exponent = np.int64(1), factor, prime - 2
                while exponent > 0:
                    if exponent & 1:
                        inverse = inverse * power % prime
                    power = power * power % prime
                    exponent >>= 1
                for place in range(i, size):
                    basis[i, place] = row[place] * inverse % prime
                rank += 1
                break
    return rank
