"""What a schedule costs, and the schedule that costs least, from what a chunk leaves below τ.

If noise is forgotten before the experiments of F and all else is kept, L^(j) = L_cold^(f(j)) with
f(j) the last element of F ∪ {1} up to j, so that experiment j starts from N_f(j−1) points of each
chunk that it can see: all j of them if j is in F, else the new one. N_j are the points of a chunk
below τ given L_cold^(j). All numbers may be floats, or exact: integers and fractions, as objects.
"""

from typing import Any

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[Any]


def last_forgetting(forgets: npt.ArrayLike) -> npt.NDArray[np.int64]:
    """Return f(1) … f(J) for (J,) bool: whether an experiment is in F."""
    before = np.asarray(forgets)
    experiments = np.arange(1, before.size + 1)
    return np.maximum.accumulate(np.where(before | (experiments == 1), experiments, 1))


def starting_points(points: Any, below: npt.ArrayLike, forgets: npt.ArrayLike) -> Numbers:
    """Return |N^(j,0)| of every experiment, (J,), as objects.

    ``points`` are those of a chunk, n, and ``below`` are N_1 … N_J.
    """
    before = np.asarray(forgets)
    chunks = np.where(before, np.arange(1, before.size + 1), 1).astype(object)
    left = np.asarray(below, object)[last_forgetting(before) - 1]
    return np.append([points], chunks[1:] * left[:-1])


def cheapest(
    points: Any, below: npt.ArrayLike, accuracy: npt.ArrayLike, price: Any
) -> tuple[int, ...]:
    """Return F of the least μ T_F + Σ_j (ACC_cold^(j) − ACC_F^(j)), as experiments.

    A shortest path over (last forgetting, j): from (f, j − 1) to (f, j) for μ N_f and the accuracy
    that f lacks of j, or to (j, j) for μ j N_f. Of paths that cost the same, one whose last
    forgetting comes earliest is taken. Time is O(J²).

    Parameters
    ----------
    points
        n, the points of a chunk.
    below, accuracy
        N_1 … N_J, and the accuracies of cold.
    price
        μ, the accuracy that a point of T is worth; at least 0.
    """
    N, ACC = np.asarray(below), np.asarray(accuracy)
    J = N.size
    cost = np.full(J, price * points + 0 * (N[0] + ACC[0]))  # by last forgetting
    came_from = np.zeros(J, np.int64)
    for j in range(1, J):
        forgetting = cost[:j] + price * (j + 1) * N[:j]
        came_from[j] = forgetting.argmin()
        cost[j] = forgetting[came_from[j]]
        cost[:j] += price * N[:j] + (ACC[j] - ACC[:j])
    chosen = []
    f = int(cost.argmin())
    while f > 0:
        chosen.append(f + 1)
        f = int(came_from[f])
    return tuple(reversed(chosen))
