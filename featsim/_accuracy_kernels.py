"""Which points a set of learned features classifies well: counted on points, or in probability."""

import numpy as np

from featsim._compile import kernel
from featsim._training_kernels import (
    WORDS_PER_TILE,
    add_feature,
    count,
    counter_planes,
    reset_counters,
)


@kernel
def well_classified(points, valid, learned, tau, out):
    """Count in ``out[j]`` the points with at least tau features of the set ``learned[j]``."""
    K, W = points.shape
    planes = np.empty((counter_planes(tau), W), np.uint64)
    carry = np.empty(WORDS_PER_TILE, np.uint64)
    missing = np.empty(W, np.uint64)
    counted = np.zeros(K, np.bool_)
    points_in_all = count(valid, 0, W)
    for j in range(learned.shape[0]):
        start_anew = j == 0
        for k in range(K):
            start_anew |= counted[k] and not learned[j, k]
        if start_anew:
            reset_counters(planes, tau, 0, W)
            for w in range(W):
                missing[w] = valid[w]
        for k in range(K):
            if learned[j, k] and (start_anew or not counted[k]):
                add_feature(points, k, planes, missing, carry, 0, W)
            counted[k] = learned[j, k]
        out[j] = points_in_all - count(missing, 0, W)


@kernel
def tail_probability(frequencies, learned, tau, out):
    """Fill ``out[j]`` with the probability of fewer than tau features of the set ``learned[j]``.

    Features are independent, so that their number has the Poisson-binomial law; its lower part is
    built feature by feature from sums of products of positive numbers, which lose no digits.
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
                for s in range(tau - 1, 0, -1):
                    mass[s] = mass[s] * (1.0 - p) + mass[s - 1] * p
                mass[0] *= 1.0 - p
        out[j] = 0.0
        for s in range(tau - 1, -1, -1):
            out[j] += mass[s]
