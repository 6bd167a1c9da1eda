"""Points that meet a policy twice: below τ once, and below τ of the features that it kept.

Let p_1 ≥ … ≥ p_K be the frequencies of a class, P_s its s most frequent features, and R a random
part of P_m that holds each feature with probability a. Both laws are sums of products of positive
numbers, feature by feature.
"""

import numpy as np

from featsim.theory.order import Counts, Reals


def below_then_and_now(p: Reals, sizes: Counts, keep_learned: float, tau: int) -> Reals:
    """Return P(|V(x) ∩ P_s| < τ and |V(x) ∩ R| < τ), R a part of P_m, for sizes s ≤ m.

    ``p`` (K,) falls; ``sizes`` (u,) rise. The result (u, u) has s along the rows and m along the
    columns, and is 0 where s > m.
    """
    both = np.zeros((tau, tau))  # points by features of the prefix, and by those of R
    both[0, 0] = 1.0
    kept = np.zeros((sizes.size, tau))  # for each s that is passed: points below τ, by those of R
    found = np.zeros((sizes.size, sizes.size))
    for i in range(int(sizes[-1]) + 1):
        reached = np.flatnonzero(sizes == i)
        kept[reached] = both.sum(axis=0)
        found[:, reached] = kept.sum(axis=1)[:, None]
        if i < p.size:
            stays = p[i] * keep_learned
            kept[:, 1:] = kept[:, 1:] * (1.0 - stays) + kept[:, :-1] * stays
            kept[:, 0] *= 1.0 - stays
            present = both[:-1] * p[i]
            both *= 1.0 - p[i]
            both[1:] += present * (1.0 - keep_learned)
            both[1:, 1:] += present[:, :-1] * keep_learned
    return found


def relearned_share(p: Reals, sizes: Counts, tau: int) -> Reals:
    """Return P(v_i ∈ V(x), |V(x) ∩ P_(i−1)| < τ and |V(x) ∩ P_s| < τ), for i = 1 … K and each s.

    ``p`` (K,) falls; ``sizes`` (u,) rise. The result is (K, u).
    """
    K = p.size
    before = np.zeros((K, tau))  # points by features of P_(i−1)
    before[0, 0] = 1.0
    for i in range(K - 1):
        before[i + 1] = before[i] * (1.0 - p[i])
        before[i + 1, 1:] += before[i, :-1] * p[i]
    after = np.zeros((sizes.size, tau))  # points by features of P_s behind the i-th
    after[:, 0] = 1.0
    found = np.empty((K, sizes.size))
    for i in range(K - 1, -1, -1):
        inside = sizes > i
        fewer = np.cumsum(after[:, :-1], axis=1)[:, ::-1]  # at most τ − 2 − x for each x
        found[i] = p[i] * np.where(inside, fewer @ before[i, :-1], before[i].sum())
        present = after[inside] * p[i]
        after[inside] *= 1.0 - p[i]
        after[inside, 1:] += present[:, :-1]
    return found
