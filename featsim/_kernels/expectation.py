"""The experiments of one class on expected counts: Algorithms 2 to 5 where no point is drawn.

A point of chunk d has feature v with probability ``frequencies[d, v]``, independent of the others.
So the expected count of v ∉ L over a chunk of n points is n p_dv Q_d, Q_d = P(|V(x) ∩ L| < τ),
times the share of the points below τ that are not memorized.
"""

import numpy as np

from featsim._kernels.compile import kernel, part


@part
def reset_law(mass, d):
    """Set the law of |V(x) ∩ L| in chunk d to that of no learned feature."""
    mass[d, 0] = 1.0
    for s in range(1, mass.shape[1]):
        mass[d, s] = 0.0


@part
def add_to_law(mass, d, p, strength):
    """Add a feature of frequency p to the law of |V(x) ∩ L| in chunk d, below τ."""
    tau = mass.shape[1]
    times = min(strength, tau)
    for s in range(tau - 1, times - 1, -1):
        mass[d, s] = mass[d, s] * (1.0 - p) + mass[d, s - times] * p
    for s in range(times):
        mass[d, s] *= 1.0 - p


@part
def below(mass, d):
    """Return Q_d from the law of chunk d, its smallest terms first."""
    total = 0.0
    for s in range(mass.shape[1] - 1, -1, -1):
        total += mass[d, s]
    return total


@part
def expect_counts(frequencies, points, mass, known, counts):
    """Fill ``counts`` (K,) with the expected counts of v ∉ L over points (D,), and −1 for v ∈ L."""
    for v in range(known.size):
        counts[v] = -1.0 if known[v] else 0.0
    for d in range(points.size):
        if points[d] > 0.0:
            left = points[d] * below(mass, d)
            for v in range(known.size):
                if not known[v]:
                    counts[v] += left * frequencies[d, v]


@kernel
def expect_experiments(
    frequencies,
    sizes,
    noisy,
    strengths,
    levels,
    tau,
    window,
    forgets,
    kept_features,
    kept_noise,
    out,
):
    """Fill the arrays of ``out``, as ``run_experiments`` does, with expectations.

    ``frequencies`` (D, K) are those of each chunk, or of all (D = 1); ``sizes`` (J,) the points of
    each chunk, of which the share ``noisy`` has no feature. ``levels`` are the strengths of noise,
    falling, and the share of points of each. Before experiment j, if ``forgets[j]``, the features
    of ``kept_features[j]`` are kept, and the share ``kept_noise`` of the memorized points. Either
    that share is 0 or all features are kept. Then every point that is below τ, and was in an
    experiment before, was memorized at its end, whatever features it has.
    """
    learned, learn_count, nonzero_gradient, memorized_points, learnable_features = out
    thresholds, shares = levels
    D, K = frequencies.shape
    J, G = sizes.size, thresholds.size
    mass = np.zeros((D, tau))
    known = np.zeros(K, np.bool_)
    points, counts = np.empty(D), np.empty(K)
    memorized = np.zeros((J, G))
    left_at = np.empty((G, D))  # Q_d as the points of a level are memorized
    for j in range(J):
        begin = max(0, j + 1 - window)
        kept = kept_noise if forgets[j] else 1.0
        if forgets[j]:
            for v in range(K):
                known[v] &= kept_features[j, v]
        points[:] = 0.0
        for i in range(begin, j + 1):
            points[i % D] += sizes[i] * (1.0 if i == j else 1.0 - kept)
        nonzero_gradient[j] = 0.0
        for d in range(D):
            if points[d] == 0.0:
                continue
            reset_law(mass, d)
            for v in range(K):
                if known[v]:
                    add_to_law(mass, d, frequencies[d, v], strengths[v])
            nonzero_gradient[j] += points[d] * ((1.0 - noisy) * below(mass, d) + noisy)
            points[d] *= 1.0 - noisy
        expect_counts(frequencies, points, mass, known, counts)
        learnable_features[j] = np.count_nonzero(strengths * counts >= thresholds[0])
        learn_count[j] = -1.0
        for level in range(G):
            rest = shares[level:].sum()
            while True:
                best = np.argmax(strengths * counts)
                if strengths[best] * counts[best] * rest < thresholds[level]:
                    break
                known[best] = True
                learn_count[j, best] = counts[best] * rest
                for d in range(D):
                    if points[d] > 0.0:
                        add_to_law(mass, d, frequencies[d, best], strengths[best])
                expect_counts(frequencies, points, mass, known, counts)
            for d in range(D):
                left_at[level, d] = below(mass, d)
        memorized_points[j] = 0.0
        for i in range(begin, j + 1):
            for level in range(G):
                if i == j or kept < 1.0:
                    left = (1.0 - noisy) * left_at[level, i % D] + noisy
                    fresh = sizes[i] * shares[level] * left
                    before = 0.0 if i == j else kept * (memorized[i, level] - fresh)
                    memorized[i, level] = fresh + before
                memorized_points[j] += memorized[i, level]
        learned[j] = known
