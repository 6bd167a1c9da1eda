"""A family fitted to the simulator, which is known at few settings only.

The mean field plus a shift, a linear function of the setting, stands for it. All γ are simulated on
the same points, so that one simulation says what the shift is along all of them.
"""

import dataclasses
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from featsim.calibration.discrepancy import Shift, regress
from featsim.calibration.law import Family
from featsim.calibration.likelihood import Likelihood
from featsim.calibration.model import Model
from featsim.calibration.observed import Observed
from featsim.calibration.search import Candidate

Reals = npt.NDArray[np.float64]

ROUNDS = 5
"""Simulations of a family."""
NEAR, REACH = 0.15, 0.3
"""How near to the best setting those are that tell the shift, and how far the next one is."""
AROUND = (0.6, 0.8, 0.9, 1.0, 1.1, 1.25, 1.6)
"""γ that are simulated about the last one, as multiples of it."""


@dataclasses.dataclass(frozen=True, eq=False)
class Simulated:
    """Settings of a family and what the simulator says of them."""

    vectors: Reals
    """(N, q)."""

    curves: Reals
    """(N, m): accuracy at the observed experiments."""

    above: Reals
    """(N, m): that above the mean field."""

    covariance: Reals
    """(m, m): of the curve of one run, by sampled points alone, of few seeds."""


def fit_finite(
    observed: Observed, one: Candidate, model: Model, points: int
) -> tuple[Candidate, Shift, Reals]:
    """Return the setting that fits the simulator, the shift about it, and the points' covariance.

    The setting is the nearest of all that were simulated, by the sum of squares.
    """
    known: list[Simulated] = []
    u = one.u
    for _ in range(ROUNDS):
        known.append(simulate_near(observed, one.family, u, model, points))
        every = np.concatenate([some.vectors for some in known])
        curves = np.concatenate([some.curves for some in known])
        squares = (curves - observed.accuracy) ** 2 @ observed.runs
        best = int(squares.argmin())
        distance = (((every - every[best]) / NEAR) ** 2).sum(axis=1)
        above = np.concatenate([some.above for some in known])
        shift = regress(every, above, np.exp(-distance / 2.0) + 1e-6)
        aim = _least_squares(observed, one.family, shift, every[best], points)
        u = every[best] + np.clip(aim - every[best], -REACH, REACH)
    return Candidate(one.family, every[best], float(squares[best])), shift, pooled(known)


def shift_of(known: list[Simulated]) -> Shift:
    """Return the shift that simulated settings amount to."""
    return regress(
        np.concatenate([some.vectors for some in known]),
        np.concatenate([some.above for some in known]),
    )


def simulate_near(
    observed: Observed,
    family: Family,
    u: Reals,
    model: Model,
    points: int,
    around: tuple[float, ...] = AROUND,
) -> Simulated:
    """Return what the simulator says of a setting and of some γ about its own."""
    gamma = np.exp(u[0]) * points
    counts = {int(np.ceil(gamma * times)) for times in around}
    if len(around) > 1:
        counts |= {int(np.ceil(gamma)) + i for i in (-1, 0, 1)}
    whole = sorted({max(1, count) for count in counts})
    at = observed.experiments - 1
    by_seed = model.cold(family, u, whole, points, int(at[-1]) + 1)[:, :, at]
    vectors = np.repeat(u[None], len(whole), axis=0)
    vectors[:, 0] = np.log((np.array(whole) - 0.5) / points)
    needed, chunks = np.exp(vectors[:, 0]), observed.chunks
    rows = family.curves(u, chunks, needed)
    every = rows.mean(axis=1)
    seeds = by_seed.shape[1]
    if rows.shape[1] > 1:
        rows = rows.reshape(len(whole), -1, family.classes, at.size).mean(axis=2)[:, :seeds]
    off = by_seed - rows
    above = off.mean(axis=1)
    own = (off - above[:, None]).reshape(-1, at.size)
    covariance = own.T @ own / (len(whole) * (seeds - 1))
    return Simulated(vectors, every + above, above, covariance)


def pooled(known: list[Simulated], points: Sequence[float] = ()) -> Reals:
    """Return the covariance of a run's sampled points, of which half is believed off the diagonal.

    It is as one over the points: with ``points`` of each simulation, it is returned for one.
    """
    weights = points or [1.0] * len(known)
    every = [some.covariance * n for some, n in zip(known, weights, strict=True)]
    covariance = np.mean(every, axis=0)
    shrunk: Reals = (covariance + np.diag(np.diag(covariance))) / 2
    return shrunk


def _least_squares(
    observed: Observed, family: Family, shift: Shift, u: Reals, points: int
) -> Reals:
    weights = np.diag(1.0 / observed.runs)
    return Likelihood(observed, family, shift, weights, points).nearest(u)[0]
