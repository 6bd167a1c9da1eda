"""The settings of each family that are not ruled out, in the mean field and in the simulator.

Where n is not known, the fit is of the mean field, but what it was fitted to need not have had many
points. So beside the mean field the simulator is asked, with the n that make γ a few points: for
each, settings are not ruled out as long as they are likely given that n.
"""

import dataclasses

import numpy as np
import numpy.typing as npt

from featsim.calibration.cloud import spread
from featsim.calibration.discrepancy import constant
from featsim.calibration.estimate import Estimate, Judged, judge
from featsim.calibration.finite import pooled, shift_of, simulate_near
from featsim.calibration.law import Family
from featsim.calibration.likelihood import Likelihood
from featsim.calibration.misfit import covariance_of
from featsim.calibration.model import Model
from featsim.calibration.observed import Observed

Reals = npt.NDArray[np.float64]

COUNTS = (2, 5, 13, 40)
"""γ of the simulations that stand for an unknown n."""
MOST_WORK = 3e8
"""Points of all experiments times features, beyond which no more points are tried."""
UNKNOWN = 0.5
"""What a shift may be off by, as a share of itself: half of it is a factor of four in n."""
REFINED, MARGIN = 6, 3.0
"""Settings that a shift is learned from, and allowances within which a family is worth it."""


@dataclasses.dataclass(frozen=True, eq=False)
class Cloud:
    """Settings of a family, and how unlikely they are."""

    family: Family
    vectors: Reals
    values: Reals
    points: int | None
    """n of the simulator that they are settings of; None for the mean field."""


@dataclasses.dataclass(frozen=True, eq=False)
class Start:
    """A family's likeliest setting."""

    likelihood: Likelihood
    u: Reals
    value: float


def clouds_of(
    observed: Observed, found: Estimate, model: Model, allowed: float
) -> list[list[Cloud]]:
    """Return what is not ruled out, the likeliest family first: of the model, and of each n."""
    points = model.points_per_chunk
    starts = [_start(observed, found, judged, points) for judged in found.judged]
    if points is None:
        groups = [starts]
        for judged, start in zip(found.judged, starts, strict=True):
            for i, (one, n) in enumerate(_with_points(observed, judged, start.u, model), 1):
                groups += [[] for _ in range(i + 1 - len(groups))]
                groups[i].append(_start(observed, found, one, n))
    else:
        least = min(start.value for start in starts)
        groups = [[
            _refined(observed, found, judged, start, model, start.value + 2.0 * allowed)
            for judged, start in zip(found.judged, starts, strict=True)
            if start.value <= least + MARGIN * allowed
        ]]  # fmt: skip
    return [_inside(group, allowed) for group in groups]


def _inside(starts: list[Start], allowed: float) -> list[Cloud]:
    """Return the settings whose value is within what is allowed of the least of all."""
    bound = min(start.value for start in starts) + allowed
    clouds = [
        Cloud(one.family, *spread(one, start.u, bound), one.points)
        for start in starts
        if start.value <= bound
        for one in [start.likelihood]
    ]
    clouds.sort(key=lambda cloud: float(cloud.values.min()))
    bound = float(clouds[0].values.min()) + allowed
    inside = []
    for cloud in clouds:
        at = cloud.values <= bound
        if at.any():
            vectors, values = cloud.vectors[at], cloud.values[at]
            inside.append(dataclasses.replace(cloud, vectors=vectors, values=values))
    return inside


def _start(observed: Observed, found: Estimate, judged: Judged, points: int | None) -> Start:
    """Return the likelihood of a family, by the errors of the best, and its likeliest setting."""
    law = found.errors
    covariance = covariance_of(law.deviation, law.correlation, observed.runs, judged.spread)
    likelihood = Likelihood(observed, judged.candidate.family, judged.shift, covariance, points)
    return Start(likelihood, *likelihood.nearest(judged.candidate.u))


def _refined(
    observed: Observed, found: Estimate, judged: Judged, start: Start, model: Model, bound: float
) -> Start:
    """Return the likelihood with a shift that is learned from settings all over a cloud."""
    points = start.likelihood.points
    assert points is not None
    vectors, _ = spread(start.likelihood, start.u, bound)
    one = judged.candidate
    known = [
        simulate_near(observed, one.family, vector, model, points)
        for vector in [one.u, *_apart(vectors)]
    ]
    again = judge(observed, one, shift_of(known), pooled(known))
    return _start(observed, found, again, points)


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
    """Return a family as the simulator has it with the n that make γ a few points."""
    family, known, used = judged.candidate.family, [], []
    for count in COUNTS:
        points = max(1, round(count / np.exp(u[0]) / family.classes)) * family.classes
        if points * int(observed.experiments[-1]) * family.features > MOST_WORK:
            break
        known.append(simulate_near(observed, family, u, model, points, around=(1.0,)))
        used.append(points)
    if not known:
        return []
    root = np.sqrt(observed.runs)
    sampled = pooled(known, [float(n) for n in used]) / np.outer(root, root)
    out = []
    for some, points in zip(known, used, strict=True):
        level = some.above[0]
        spread_ = judged.spread + sampled / points + _unknown(level, observed)
        out.append((dataclasses.replace(judged, shift=constant(u, level), spread=spread_), points))
    return out


def _unknown(shift: Reals, observed: Observed) -> Reals:
    """Return the covariance (m, m) of a shift that holds for settings and n nearby only."""
    logs = np.log(observed.experiments)
    apart = abs(np.subtract.outer(logs, logs))
    covariance: Reals = np.outer(shift, shift) * UNKNOWN**2 * np.exp(-apart)
    return covariance
