"""The random start on small chunks (Algorithm 3), without training on the old points anew.

Every experiment starts from nothing, so that it mostly learns the sets of features that the one
before has learned, if not in the same order. What a set leaves of the points so far is kept, step
by step, and only the new points are looked at: of every feature at once, as they are few.
"""

import numpy as np

from featsim._kernels.arrays import new_flags, new_numbers, new_words
from featsim._kernels.compile import inlined, kernel, part, popcount
from featsim._kernels.training import (
    count,
    count_feature,
    learn,
    new_counters,
    reset_counters,
    words,
)

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


@kernel
def run_afresh(points, valid, first_word, gamma, tau, strengths, out):
    """As ``run_experiments`` where each experiment forgets all and trains on all points so far.

    ``bounds[i]`` holds for each feature at least the number of points that are active after i
    steps, times its strength, exactly if ``exact[i, k]``, and as the keys of ``train`` also the
    feature, so that ties go to the lowest; NEVER for those that are learned. ``states`` holds the
    active points after i steps and their counters, P + 1 rows. Where the last experiment had the
    same set of features after i steps, all of these hold for the old points.
    """
    learned, learn_count, nonzero_gradient, memorized_points, learnable_features = out
    K, W = points.shape
    planes, carry = new_counters(tau, np.int64(0))
    rows = planes.shape[0] + 1
    states = new_words((K + 1) * rows, W)
    padded = LANES * ((K + LANES - 1) // LANES)
    bounds, exact = new_numbers(K + 1, padded, NEVER), new_flags(K + 1, K)
    gains = new_numbers(np.int64(1), padded, np.int64(0))[0]
    numbers = new_numbers(np.int64(2), K + 1, np.int64(0))
    excess, path = numbers[0], numbers[1]  # as in ``train``
    path[0] = -1
    shift = 1
    while (1 << shift) < K:
        shift += 1
    mask = (1 << shift) - 1
    least = gamma << shift
    for k in range(K):
        bounds[0, k], exact[0, k] = mask - k, True
    points_so_far = 0
    for j in range(first_word.size - 1):
        old, stop = first_word[j], first_word[j + 1]
        transposed = new_words((stop - old + 3) // 4 * 4, padded)
        for k in range(K):
            for w in range(old, stop):
                transposed[w - old, k] = points[k, w]
            learned[j, k], learn_count[j, k] = False, -1
            excess[k] = 0
        for w in range(old, stop):
            states[0, w] = valid[w]
        reset_counters((states[1:rows], carry), tau, old, stop)
        points_so_far += count(valid, old, stop)
        nonzero_gradient[j] = points_so_far
        step = 0
        apart = 0  # number of features with an excess
        while True:
            first = step * rows
            active = states[first]
            if apart == 0:
                add_new_points(transposed, active, old, shift, strengths, gains, bounds, step)
            if step == 0:
                learnable_features[j] = 0
                for k in range(K):
                    learnable_features[j] += bounds[0, k] >= least
            while True:
                top = largest(bounds, step)
                best = mask - (top & mask)
                if top < least or exact[step, best]:
                    break
                total = count_feature(points, best, active, 0, stop)
                if strengths is not None:
                    total *= strengths[best]
                bounds[step, best] = (total << shift) + (mask - best)
                exact[step, best] = True
            if top < least:
                break
            learned[j, best] = True
            learn_count[j, best] = top >> shift
            if strengths is not None:
                learn_count[j, best] //= strengths[best]
            if path[step] < 0:
                apart += 2 * K  # the last path has ended
            else:
                apart += change(excess, best, 1) + change(excess, path[step], -1)
            path[step] = best
            start = old if apart == 0 else np.int64(0)
            for row in range(first, first + rows):
                for w in words(start, stop):
                    states[row + rows, w] = states[row, w]
            first += rows
            counters = states[first + 1 : first + rows], carry
            learn(points, best, strengths, tau, states[first], counters, start, stop)
            step += 1
            if apart != 0:
                for k in range(K):
                    bounds[step, k], exact[step, k] = bounds[step - 1, k], False
                bounds[step, best] = NEVER
        path[step] = -1
        memorized_points[j] = count(active, 0, stop)
