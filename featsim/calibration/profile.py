"""Intervals by profile: how far a parameter can go while the others make up for it.

A parameter is moved away from its estimate in steps, the others are fitted anew at each, and the
interval ends where the sum of squares has risen by more than errors explain. It is the union over
the families that are not ruled out.
"""

import dataclasses

import numpy as np
import numpy.typing as npt

from featsim.calibration.estimate import Estimate, shifted
from featsim.calibration.misfit import Errors, raised
from featsim.calibration.observed import Observed
from featsim.calibration.search import Candidate, polish

Reals = npt.NDArray[np.float64]

LEVEL = 3.841458820694124
"""The 95 % point of χ² with one degree of freedom."""
STEPS = 24
STEP = 0.04
"""Step of a derivative, in log γ/n, the log of the largest frequency and the exponent."""
SMALLEST_STEP = 0.005


@dataclasses.dataclass(frozen=True, eq=False)
class Region:
    """What is not ruled out."""

    intervals: dict[str, tuple[float, float]]
    """Low and high end of each continuous parameter, 95 %."""

    settings: tuple[Candidate, ...]
    """Settings at the ends of the intervals, and the best of each family."""


def profile(observed: Observed, found: Estimate) -> Region:
    """Return the intervals of an estimate."""
    ends: dict[str, list[float]] = {}
    settings = []
    for judged in found.accepted:
        one = judged.candidate
        settings.append(one)
        for k, name in enumerate(one.family.names):
            for edge in _edges(shifted(observed, judged.shift), one, judged.errors, k):
                ends.setdefault(name, []).append(edge.u[k])
                settings.append(edge)
    intervals = {}
    for name, values in ends.items():
        low, high = min(values), max(values)
        if name != "frequency_exponent":
            low, high = float(np.exp(low)), float(np.exp(high))
        intervals[name] = (float(low), float(high))
    return Region(intervals, tuple(settings))


def jacobian(one: Candidate, chunks: Reals) -> Reals:
    """Return the slopes (m, q) of the curve over steps that smooth its jumps."""
    columns = []
    for k, (least, most) in enumerate(one.family.bounds):
        low, high = one.u.copy(), one.u.copy()
        low[k], high[k] = max(least, low[k] - STEP), min(most, high[k] + STEP)
        rise = one.family.curve(high, chunks) - one.family.curve(low, chunks)
        columns.append(rise / (high[k] - low[k]))
    return np.stack(columns, axis=1)


def _edges(observed: Observed, one: Candidate, errors: Errors, k: int) -> list[Candidate]:
    """Return the settings at the low and the high end of one parameter's interval."""
    chunks = observed.experiments.astype(np.float64)
    weights = observed.runs.astype(np.float64)
    factors, deviations = raised(jacobian(one, chunks), weights, errors.covariance)
    allowed = LEVEL * factors[k]
    step = float(np.clip(deviations[k], SMALLEST_STEP, 0.5)) * 0.7
    return [_walk(observed, one, k, allowed, sign * step, one.family.bounds[k]) for sign in (-1, 1)]


def _walk(
    observed: Observed,
    one: Candidate,
    k: int,
    allowed: float,
    step: float,
    bounds: tuple[float, float],
) -> Candidate:
    """Return where the profile has risen by what is allowed, between two steps by its line."""
    at, rise = one, 0.0
    for i in range(1, STEPS + 1):
        value = float(np.clip(one.u[k] + step * i * (1 + i / 8), *bounds))
        fitted = polish(observed, one.family, at.u, fixed=(k, value), width=0.05, evaluations=60)
        risen = fitted.squares - one.squares
        if risen > allowed:
            part = (allowed - rise) / max(risen - rise, 1e-300)
            edge = at.u.copy()
            edge += np.clip(part, 0.0, 1.0) * (fitted.u - at.u)
            return dataclasses.replace(fitted, u=edge)
        at, rise = fitted, max(risen, 0.0)
        if value in bounds:
            break
    return at
