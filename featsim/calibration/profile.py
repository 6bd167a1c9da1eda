"""Intervals by profile: how far a parameter can go while all others make up for it.

A setting of any family is not ruled out as long as −2 log of its likelihood is within what is
allowed of the least. An interval is from the lowest to the highest value of a parameter among all
settings that are not ruled out, whatever their other parameters, law, τ and K.

Where n is not known, the fit is of the mean field, and what it was fitted to need not have had many
points: settings that are likely in the simulator with some n are not ruled out either.
"""

import dataclasses

import numpy as np
import numpy.typing as npt

from featsim.calibration.cloud import spread
from featsim.calibration.discrepancy import constant
from featsim.calibration.estimate import Estimate, Judged, chunks_of
from featsim.calibration.finite import shift_of, simulate_near
from featsim.calibration.law import Family
from featsim.calibration.likelihood import Likelihood, allowance
from featsim.calibration.misfit import covariance_of
from featsim.calibration.model import Model
from featsim.calibration.observed import Observed
from featsim.calibration.search import Candidate

Reals = npt.NDArray[np.float64]

STEP = 0.04
"""Step of a derivative, in log γ/n, the log of the largest frequency and the exponent."""
COUNTS = (2, 4, 8, 16, 32)
"""γ of the simulations that stand for an unknown n."""
MOST_POINTS = 3e6
"""Points in all experiments from which a simulation is taken to be the mean field."""
REFINED, MARGIN = 6, 3.0
"""Settings that a shift is learned from, and allowances within which a family is worth it."""


@dataclasses.dataclass(frozen=True, eq=False)
class Region:
    """What is not ruled out."""

    intervals: dict[str, tuple[float, float]]
    """Low and high end of each parameter, 95 %."""

    families: tuple[Family, ...]
    """The estimate's first, then the likeliest."""

    settings: tuple[Candidate, ...]
    """Settings of the fitted model at the ends of the intervals, and the best of each family."""


@dataclasses.dataclass(frozen=True, eq=False)
class Cloud:
    """Settings of a family, and how unlikely they are."""

    family: Family
    vectors: Reals
    values: Reals
    points: int | None
    """n of the simulator that they are settings of; None for the mean field."""


def profile(observed: Observed, found: Estimate, model: Model, enumerated: int) -> Region:
    """Return the intervals of an estimate with so many parameters that were enumerated."""
    parameters = found.best.u.size + enumerated
    allowed = allowance(observed.accuracy.size, parameters)
    clouds = _clouds(observed, found, model, allowed)
    least = min(float(cloud.values.min()) for cloud in clouds)
    inside = []
    for cloud in clouds:
        at = cloud.values <= least + allowed
        if at.any():
            inside.append(dataclasses.replace(cloud, vectors=cloud.vectors[at],
                                              values=cloud.values[at]))  # fmt: skip
    inside.sort(key=lambda cloud: float(cloud.values.min()))
    best = found.best
    families = tuple(dict.fromkeys([best.family, *(cloud.family for cloud in inside)]))
    intervals: dict[str, tuple[float, float]] = {
        name: (
            float(min(getattr(family, name) for family in families)),
            float(max(getattr(family, name) for family in families)),
        )
        for name in ("tau", "features")
    }
    for name in dict.fromkeys(name for family in families for name in family.names):
        ends = [
            end
            for cloud in inside
            if name in cloud.family.names
            for end in _ends(cloud, name)
        ]
        if name in best.family.names:
            ends.append(_value(best.u[best.family.names.index(name)], name))
        intervals[name] = (min(ends), max(ends))
    return Region(intervals, families, _settings(found, inside, model))


def _value(u: float, name: str) -> float:
    return float(u) if name == "frequency_exponent" else float(np.exp(u))


def _ends(cloud: Cloud, name: str) -> tuple[float, float]:
    """Return the least and the largest value; γ stands for all that round up as it does."""
    column = cloud.vectors[:, cloud.family.names.index(name)]
    low, high = _value(column.min(), name), _value(column.max(), name)
    if name == "gamma_per_point" and cloud.points is not None:
        low = max(low - 0.5 / cloud.points, 1e-12)
        high += 0.5 / cloud.points
    return low, high


def _settings(found: Estimate, inside: list[Cloud], model: Model) -> tuple[Candidate, ...]:
    settings = [found.best]
    for cloud in inside:
        if cloud.points != model.points_per_chunk:
            continue
        columns = cloud.vectors.T
        places = {int(cloud.values.argmin())}
        places |= {int(column.argmin()) for column in columns}
        places |= {int(column.argmax()) for column in columns}
        settings += [
            Candidate(cloud.family, cloud.vectors[i], float(cloud.values[i]))
            for i in sorted(places)
        ]
    return tuple(settings)


def _clouds(observed: Observed, found: Estimate, model: Model, allowed: float) -> list[Cloud]:
    """Return a cloud for each family, and with n unknown for each n beside, that is likely."""
    likely = []
    points = model.points_per_chunk
    for judged in found.judged:
        likely.append((judged, *_start(observed, found, judged), points))
    least = min(value for _, _, _, value, _ in likely)
    if points is not None:
        near = [one for one in likely if one[3] <= least + MARGIN * allowed]
        likely = [
            (judged, *_refined(observed, found, judged, likelihood, u, model, value + allowed),
             points)
            for judged, likelihood, u, value, _ in near
        ]  # fmt: skip
    else:
        near = [one for one in likely if one[3] <= least + MARGIN * allowed]
        for judged, _, u, _, _ in near:
            likely += [
                (one, *_start(observed, found, one), n)
                for one, n in _with_points(observed, judged, u, model)
            ]
    least = min(value for _, _, _, value, _ in likely)
    clouds = []
    for _, likelihood, u, value, n in likely:
        if value <= least + allowed:
            vectors, values = spread(likelihood, u, least + allowed)
            clouds.append(Cloud(likelihood.family, vectors, values, n))
    return clouds


def _start(
    observed: Observed, found: Estimate, judged: Judged
) -> tuple[Likelihood, Reals, float]:
    """Return the likelihood of a family, by the errors of the best, and its likeliest setting."""
    errors = found.errors
    covariance = covariance_of(
        errors.deviation, errors.correlation, observed.runs, judged.spread
    )
    likelihood = Likelihood(observed, judged.candidate.family, judged.shift, covariance)
    u, value = likelihood.nearest(judged.candidate.u)
    return likelihood, u, value


def _refined(observed: Observed, found: Estimate, judged: Judged, likelihood: Likelihood,
             u: Reals, model: Model, bound: float) -> tuple[Likelihood, Reals, float]:  # fmt: skip
    """Return the likelihood with a shift learned from settings all over the family's cloud."""
    assert model.points_per_chunk is not None
    vectors, _ = spread(likelihood, u, bound)
    family = judged.candidate.family
    known = [
        simulate_near(observed, family, vector, model, model.points_per_chunk)
        for vector in [judged.candidate.u, *_apart(vectors)]
    ]
    shift = shift_of(known)
    spread_ = judged.spread - judged.shift.covariance + shift.covariance
    return _start(observed, found, dataclasses.replace(judged, shift=shift, spread=spread_))


def _apart(vectors: Reals) -> list[Reals]:
    """Return settings far from each other, each the farthest from those before it."""
    scaled = (vectors - vectors.mean(axis=0)) / (vectors.std(axis=0) + 1e-9)
    distance = (scaled**2).sum(axis=1)
    chosen: list[int] = []
    for _ in range(REFINED):
        chosen.append(int(distance.argmax()))
        distance = np.minimum(distance, ((scaled - scaled[chosen[-1]]) ** 2).sum(axis=1))
    return [vectors[i] for i in chosen]


def _with_points(
    observed: Observed, judged: Judged, u: Reals, model: Model
) -> list[tuple[Judged, int]]:
    """Return a family as the simulator has it with some n, of γ = 2 and more points."""
    family, out = judged.candidate.family, []
    root = np.sqrt(observed.runs)
    for count in COUNTS:
        points = max(1, round(count / np.exp(u[0]) / family.classes)) * family.classes
        if points * int(observed.experiments[-1]) > MOST_POINTS:
            break
        some = simulate_near(observed, family, u, model, points)
        near = int(abs(some.vectors[:, 0] - u[0]).argmin())
        shift = constant(u, some.above[near])
        spread_ = judged.spread + some.covariance / np.outer(root, root)
        out.append((dataclasses.replace(judged, shift=shift, spread=spread_), points))
    return out


def jacobian(one: Candidate, observed: Observed) -> Reals:
    """Return the slopes (m, q) of the curve over steps that smooth its jumps."""
    columns, chunks = [], chunks_of(observed)
    for k, (least, most) in enumerate(one.family.bounds):
        low, high = one.u.copy(), one.u.copy()
        low[k], high[k] = max(least, low[k] - STEP), min(most, high[k] + STEP)
        rise = one.family.curve(high, chunks) - one.family.curve(low, chunks)
        columns.append(rise / (high[k] - low[k]))
    return np.stack(columns, axis=1)
