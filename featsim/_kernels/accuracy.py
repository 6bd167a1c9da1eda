"""How many points have τ learned features: counted, and as the probability of a random point."""

import numpy as np

from featsim._kernels.arrays import new_flags, new_words
from featsim._kernels.compile import kernel
from featsim._kernels.sets import count, learn, new_counters, reset_counters


@kernel
def well_classified(points, valid, learned, tau, strengths, out):
    """Count in ``out[j]`` the points with at least tau features of the set ``learned[j]``."""
    K, W = points.shape
    counters = new_counters(tau, W)
    first = np.int64(0)
    missing = new_words(np.int64(1), W)[0]
    counted = new_flags(np.int64(1), K)[0]
    points_in_all = count(valid, first, W)
    for j in range(learned.shape[0]):
        start_anew = j == 0
        for k in range(K):
            start_anew |= counted[k] and not learned[j, k]
        if start_anew:
            reset_counters(counters, tau, first, W)
            for w in range(W):
                missing[w] = valid[w]
        for k in range(K):
            if learned[j, k] and (start_anew or not counted[k]):
                learn(points, k, strengths, tau, missing, counters, first, W)
            counted[k] = learned[j, k]
        out[j] = points_in_all - count(missing, first, W)


@kernel
def tail_probability(frequencies, learned, tau, strengths, out):
    """Fill ``out[j]`` with the probability of fewer than tau features of the set ``learned[j]``.

    Features are independent, so that their number has the Poisson-binomial law; its lower part is
    built feature by feature from sums of products of positive numbers, which lose no digits. A
    feature of strength s counts s times; ``strengths`` may be None.
    """
    K = frequencies.size
    mass = np.empty(tau)
    for j in range(learned.shape[0]):
        same = j > 0
        for k in range(K):
            same &= learned[j, k] == learned[j - 1, k]
        if same:
            out[j] = out[j - 1]
            continue
        for s in range(tau):
            mass[s] = 0.0
        mass[0] = 1.0
        for k in range(K):
            if learned[j, k]:
                p = frequencies[k]
                times = 1 if strengths is None else min(strengths[k], tau)
                for s in range(tau - 1, times - 1, -1):
                    mass[s] = mass[s] * (1.0 - p) + mass[s - times] * p
                for s in range(times):
                    mass[s] *= 1.0 - p
        out[j] = 0.0
        for s in range(tau - 1, -1, -1):
            out[j] += mass[s]
