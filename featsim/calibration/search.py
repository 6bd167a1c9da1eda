"""The least-squares fit of every law, τ and K.

Curves are steps: a feature is learned or not. Derivatives say nothing of them, so that the search
compares values only: on a grid, where for given frequencies the whole range of γ/n is read off one
pass; then, for the best families, by the simplex of Nelder and Mead and by differential evolution
(Storn and Price, Journal of Global Optimization 11, 1997), whose random numbers are fixed.
"""

import dataclasses
import itertools
from collections.abc import Iterable

import numpy as np
import numpy.typing as npt
from scipy import optimize

from featsim.calibration.law import Family, Law
from featsim.calibration.misfit import sum_of_squares
from featsim.calibration.observed import Observed

Reals = npt.NDArray[np.float64]

TAUS = tuple(range(1, 9))
FEATURES = (10, 20, 50, 100, 200, 500, 1000)
GAMMAS = np.geomspace(1e-6, 1.0, 80)
FREQUENCIES = np.geomspace(0.005, 1.0, 20)
EXPONENTS = np.arange(0.0, 2.6, 0.25)
STARTS, POLISHED = 3, 8
"""Grid points of a family that the simplex starts from, and families of a law that it is applied
to."""


@dataclasses.dataclass(frozen=True, eq=False)
class Candidate:
    """A family with its best parameters."""

    family: Family
    u: Reals
    squares: float
    """S, the sum of squares."""


def families(
    laws: Iterable[Law], classes: int, taus: Iterable[int], features: Iterable[int]
) -> list[Family]:
    """Return all families of the laws, τ and K given, τ below K."""
    every = itertools.product(laws, taus, features)
    return [Family(law, classes, tau, K) for law, tau, K in every if tau < K]


def search(observed: Observed, every: list[Family]) -> list[Candidate]:
    """Return the best of the most promising families of each law."""
    coarse = [(family, _grid(observed, family)) for family in every]
    found: list[Candidate] = []
    for law in dict.fromkeys(family.law for family in every):
        some = sorted(
            ((family, starts) for family, starts in coarse if family.law == law),
            key=lambda pair: pair[1][0][0],
        )
        for family, starts in some[:POLISHED]:
            polished = [polish(observed, family, u) for _, u in starts]
            found.append(_evolve(observed, min(polished, key=lambda one: one.squares)))
    return found


def _grid(observed: Observed, family: Family) -> list[tuple[float, Reals]]:
    """Return the best points of a grid with their S, one for each exponent at most."""
    chunks = observed.chunks
    best: list[tuple[float, Reals]] = []
    for tail in [[s] for s in EXPONENTS] if family.law == "zipf" else [[]]:
        tried = []
        for p in np.log(FREQUENCIES):
            u = np.array([0.0, p, *tail])
            curves = family.curves(u, chunks, GAMMAS).mean(axis=1)
            squares = (curves - observed.accuracy) ** 2 @ observed.runs
            g = int(squares.argmin())
            u[0] = np.log(GAMMAS[g])
            tried.append((float(squares[g]), u))
        tried.sort(key=lambda pair: pair[0])
        best += tried[:1] if tail else tried[:STARTS]
    best.sort(key=lambda pair: pair[0])
    return best[:STARTS]


def _evolve(observed: Observed, one: Candidate) -> Candidate:
    """Return the best of a family, from anywhere in its bounds."""
    chunks = observed.chunks
    result = optimize.differential_evolution(
        lambda u: (one.family.several(u.T, chunks) - observed.accuracy) ** 2 @ observed.runs,
        one.family.bounds,
        x0=one.u,
        maxiter=80,
        popsize=12,
        tol=1e-6,
        rng=0,
        polish=False,
        updating="deferred",
        vectorized=True,
    )
    return polish(observed, one.family, result.x, width=0.02)


def polish(
    observed: Observed,
    family: Family,
    u: Reals,
    width: float = 0.15,
) -> Candidate:
    """Return the best of a family near ``u``, by squares of residuals weighted by runs."""
    chunks = observed.chunks
    low, high = np.array(family.bounds).T
    start = np.clip(u, low, high)
    inward = np.where(start < high - width, width, -width)
    result = optimize.minimize(
        lambda v: sum_of_squares(observed, family.curve(v, chunks)),
        start,
        method="Nelder-Mead",
        bounds=family.bounds,
        options={
            "initial_simplex": np.vstack([start, start + np.diag(inward)]),
            "maxfev": 250,
            "xatol": 1e-5,
            "fatol": 1e-12,
        },
    )
    return Candidate(family, result.x, float(result.fun))
