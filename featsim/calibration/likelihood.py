"""How likely settings of a family are, by the covariance of the errors."""

import dataclasses

import numpy as np
import numpy.typing as npt
from scipy import optimize, stats

from featsim.calibration.discrepancy import Shift
from featsim.calibration.law import Family
from featsim.calibration.observed import Observed

Reals = npt.NDArray[np.float64]

LEVEL = 0.95
SMALLEST = 0.49
"""γ of the mean field that one point stands for, a little below its 1/2."""


def allowance(observations: int, parameters: int) -> float:
    """Return by how much −2 log of the likelihood may rise above its least.

    It is that of the joint region of all parameters, with σ estimated: q F(q, m − q). A curve is
    made of steps and has many near-best settings, so that the rise for one parameter alone,
    χ² with one degree of freedom, would be too little.
    """
    left = max(observations - parameters, 1)
    return float(parameters * stats.f.ppf(LEVEL, parameters, left))


@dataclasses.dataclass(frozen=True, eq=False)
class Likelihood:
    """−2 log of the likelihood of the settings of a family, up to a constant of the data."""

    observed: Observed
    family: Family
    shift: Shift
    covariance: Reals
    """(m, m): Σ of the mean curve."""

    points: int | None = None
    """n of the simulator, in which γ stands for at least one point; None for the mean field."""

    precision: Reals = dataclasses.field(init=False)
    determinant: float = dataclasses.field(init=False)

    def __post_init__(self) -> None:
        """Invert Σ once."""
        object.__setattr__(self, "precision", np.linalg.inv(self.covariance))
        object.__setattr__(self, "determinant", float(np.linalg.slogdet(self.covariance)[1]))

    @property
    def bounds(self) -> tuple[Reals, Reals]:
        """Least and largest vector."""
        low, high = np.array(self.family.bounds).T
        if self.points is not None:
            low[0] = np.log(SMALLEST / self.points)
        return low, high

    def __call__(self, vectors: Reals) -> Reals:
        """Return it (N,) at vectors (N, q); infinite outside their bounds."""
        low, high = self.bounds
        inside = ((vectors >= low) & (vectors <= high)).all(axis=1)
        values = np.full(len(vectors), np.inf)
        if inside.any():
            some = vectors[inside]
            curves = self.family.several(some, self.observed.chunks)
            off = self.observed.accuracy - curves - self.shift.at(some)
            values[inside] = ((off @ self.precision) * off).sum(axis=1) + self.determinant
        return values

    def nearest(self, u: Reals) -> tuple[Reals, float]:
        """Return the likeliest setting near one, and its value."""
        u = np.clip(u, *self.bounds)
        simplex = np.vstack([u, u + 0.1 * np.eye(u.size)])
        found = optimize.minimize(
            lambda v: float(self(v[None])[0]),
            u,
            method="Nelder-Mead",
            options={"initial_simplex": simplex, "maxfev": 200, "xatol": 1e-4, "fatol": 1e-4},
        )
        return found.x, float(found.fun)
