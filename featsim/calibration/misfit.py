"""How far a curve is from what was observed, and how far chance would put it.

Estimates are least squares: S(θ) = Σ_j w_j (y_j − f_j(θ))², w_j the runs at experiment j. Errors
are not independent: a network's runs wander, and a uniform law's frequencies are drawn once for a
whole curve. So their covariance is Σ = σ² D^(−1/2) R(ρ) D^(−1/2) + V, with R(ρ) = ρ^|i−j| over the
places of the observations, D the runs and V that of the model's own draws; σ and ρ by maximum
likelihood. Intervals are of the likelihood with this Σ (``featsim.calibration.profile``).
"""

import dataclasses

import numpy as np
import numpy.typing as npt
from scipy import optimize

from featsim.calibration.observed import Observed

Reals = npt.NDArray[np.float64]

CORRELATIONS = (0.0, 0.2, 0.4, 0.6, 0.8, 0.9)
SMALLEST_DEVIATION = 1e-4
"""Standard deviation below which errors of accuracies are not taken seriously."""


@dataclasses.dataclass(frozen=True, eq=False)
class Errors:
    """The law of the errors of a mean curve."""

    deviation: float
    """σ, of one run in one experiment."""

    correlation: float
    """ρ, of neighbouring observations."""


def sum_of_squares(observed: Observed, curve: Reals) -> float:
    """Return S of a curve (m,)."""
    return float(observed.runs @ (observed.accuracy - curve) ** 2)


def root_mean_square(residuals: Reals) -> float:
    """Return the root of the mean square."""
    return float(np.sqrt(np.mean(residuals**2)))


def covariance_of(
    deviation: float, correlation: float, runs: npt.NDArray[np.int64], drawn: Reals
) -> Reals:
    """Return Σ (m, m); ``drawn`` (m, m) is V."""
    places, root = np.arange(runs.size), np.sqrt(runs)
    shape: Reals = correlation ** abs(np.subtract.outer(places, places)) / np.outer(root, root)
    return deviation**2 * shape + drawn


def errors_of(residuals: Reals, runs: npt.NDArray[np.int64], drawn: Reals, fitted: int) -> Errors:
    """Return the most likely law of the errors, from residuals of which so many are fitted away.

    ``drawn`` (m, m) is V.
    """
    m = residuals.size
    unbiased = m / max(m - fitted, 1)

    def unlikely(log_deviation: float, correlation: float) -> float:
        sigma = covariance_of(np.exp(log_deviation), correlation, runs, drawn)
        _, determinant = np.linalg.slogdet(sigma)
        return float(unbiased * residuals @ np.linalg.solve(sigma, residuals) + determinant)

    bounds = (np.log(SMALLEST_DEVIATION), np.log(0.3))
    best = min(
        (
            (found.fun, float(np.exp(found.x)), correlation)
            for correlation in CORRELATIONS
            for found in [
                optimize.minimize_scalar(
                    unlikely, bounds=bounds, args=(correlation,), method="bounded"
                )
            ]
        ),
    )
    _, deviation, correlation = best
    return Errors(deviation, correlation)
