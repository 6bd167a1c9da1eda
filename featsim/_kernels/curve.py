"""The mean field of cold starts, lean enough to be evaluated many thousands of times."""

import numpy as np

from featsim._kernels.compile import kernel


@kernel
def left_below(frequencies, tau, chunks, needed, out):
    """Fill ``out[g, r, j]`` with Q_m of row r of ``frequencies`` (R, K), each of which falls.

    The i-th feature is learned from ``chunks[j]`` chunks if chunks[j] · p_i Q_(i−1) reaches
    ``needed[g, r]``; m is the longest prefix that is, and Q_i = P(|V(x) ∩ L| < τ) for the first i.
    ``chunks`` rise and need not be whole.
    """
    R, K = frequencies.shape
    below, share = np.empty(K + 1), np.empty(K)
    mass = np.empty(tau)
    for r in range(R):
        mass[:] = 0.0
        mass[0] = below[0] = 1.0
        for i in range(K):
            p = frequencies[r, i]
            share[i] = p * below[i]
            for s in range(tau - 1, 0, -1):
                mass[s] = mass[s] * (1.0 - p) + mass[s - 1] * p
            mass[0] *= 1.0 - p
            below[i + 1] = below[i]
            if i + 1 >= tau:
                total = 0.0
                for s in range(tau - 1, -1, -1):
                    total += mass[s]
                below[i + 1] = min(below[i], total)
        for g in range(needed.shape[0]):
            m = 0
            for j in range(chunks.size):
                while m < K and chunks[j] * share[m] >= needed[g, r]:
                    m += 1
                out[g, r, j] = below[m]
