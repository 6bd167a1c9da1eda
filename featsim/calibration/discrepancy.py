"""What the simulator says above the mean field, near a setting.

Counts of finitely many points fluctuate and are whole: a feature is learned at ⌈γ⌉ points, so that
γ stands in the simulator for all of (⌈γ⌉ − 1, ⌈γ⌉]. A simulated curve is therefore set against the
mean field at ⌈γ⌉ − 1/2. The difference is a smooth function of the setting, and small.
"""

import dataclasses

import numpy as np
import numpy.typing as npt

Reals = npt.NDArray[np.float64]

RIDGE = 1e-3
"""Of the slopes, per setting: enough to keep those that no simulation tells at 0."""


@dataclasses.dataclass(frozen=True, eq=False)
class Shift:
    """A linear function of the vector of a setting."""

    center: Reals
    """(q,): where it is ``level``."""

    level: Reals
    """(m,): accuracy of the simulator above the mean field there."""

    slopes: Reals
    """(q, m)."""

    covariance: Reals
    """(m, m): of the simulated curves about it."""

    def at(self, vectors: Reals) -> Reals:
        """Return the shift (N, m) at vectors (N, q)."""
        shift: Reals = self.level + (vectors - self.center) @ self.slopes
        return shift


def constant(u: Reals, level: Reals) -> Shift:
    """Return a shift that is the same everywhere."""
    m = level.size
    return Shift(u, level, np.zeros((u.size, m)), np.zeros((m, m)))


def regress(vectors: Reals, values: Reals, weights: Reals | None = None) -> Shift:
    """Return the least-squares shift through values (N, m) at vectors (N, q).

    Without weights (N,) all settings count the same.
    """
    N, q = vectors.shape
    weights = np.ones(N) if weights is None else weights * N / weights.sum()
    center, level = weights @ vectors / N, weights @ values / N
    apart = vectors - center
    normal = apart.T @ (apart * weights[:, None]) + RIDGE * N * np.eye(q)
    slopes = np.linalg.solve(normal, apart.T @ ((values - level) * weights[:, None]))
    off = (values - level - apart @ slopes) * np.sqrt(weights)[:, None]
    covariance = off.T @ off / max(N - q - 1, 1)
    return Shift(center, level, slopes, (covariance + np.diag(np.diag(covariance))) / 2)
