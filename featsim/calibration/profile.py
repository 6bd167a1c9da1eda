"""Intervals by profile: how far a parameter can go while all others make up for it.

A setting of any family is not ruled out as long as −2 log of its likelihood is within what is
allowed of the least. An interval is from the lowest to the highest value of a parameter among all
settings that are not ruled out, whatever their other parameters, law, τ and K.
"""

import dataclasses

import numpy as np
import numpy.typing as npt

from featsim.calibration.clouds import Cloud, clouds_of
from featsim.calibration.estimate import Estimate
from featsim.calibration.law import Family
from featsim.calibration.likelihood import allowance
from featsim.calibration.model import Model
from featsim.calibration.observed import Observed
from featsim.calibration.search import Candidate

Reals = npt.NDArray[np.float64]


@dataclasses.dataclass(frozen=True, eq=False)
class Region:
    """What is not ruled out."""

    intervals: dict[str, tuple[float, float]]
    """Low and high end of each parameter, 95 %."""

    families: tuple[Family, ...]
    """The estimate's first, then the likeliest."""

    settings: tuple[Candidate, ...]
    """Settings of the fitted model at the ends of the intervals, and the best of each family."""


def profile(observed: Observed, found: Estimate, model: Model, enumerated: int) -> Region:
    """Return the intervals of an estimate with so many parameters that were enumerated."""
    best = found.best
    allowed = allowance(observed.accuracy.size, best.u.size + enumerated)
    fitted, *with_points = clouds_of(observed, found, model, allowed)
    every = [*fitted, *(cloud for clouds in with_points for cloud in clouds)]
    families = tuple(dict.fromkeys([best.family, *(cloud.family for cloud in every)]))
    intervals: dict[str, tuple[float, float]] = {}
    for name in ("tau", "features"):
        values = [float(getattr(family, name)) for family in families]
        intervals[name] = (min(values), max(values))
    for name in dict.fromkeys(name for family in families for name in family.names):
        ends = [end for cloud in every if name in cloud.family.names for end in _ends(cloud, name)]
        if name in best.family.names:
            ends.append(_value(best.u[best.family.names.index(name)], name))
        intervals[name] = (min(ends), max(ends))
    return Region(intervals, families, (best, *(one for cloud in fitted for one in _edge(cloud))))


def _value(u: float, name: str) -> float:
    return float(u) if name == "frequency_exponent" else float(np.exp(u))


def _ends(cloud: Cloud, name: str) -> tuple[float, float]:
    """Return the least and the largest value; γ stands for all that round up as it does."""
    column = cloud.vectors[:, cloud.family.names.index(name)]
    low, high = _value(column.min(), name), _value(column.max(), name)
    if name == "gamma_per_point" and cloud.points is not None:
        low, high = max(0.0, low - 0.5 / cloud.points), high + 0.5 / cloud.points
    return low, high


def _edge(cloud: Cloud) -> list[Candidate]:
    """Return the likeliest setting and those at the ends of each parameter."""
    places = {int(cloud.values.argmin())}
    for column in cloud.vectors.T:
        places |= {int(column.argmin()), int(column.argmax())}
    return [
        Candidate(cloud.family, cloud.vectors[i], float(cloud.values[i])) for i in sorted(places)
    ]
