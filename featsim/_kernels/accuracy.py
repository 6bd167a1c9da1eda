"""The probability that a random point lacks learned features, from the Poisson-binomial law."""

import numpy as np

from featsim._kernels.compile import kernel


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
