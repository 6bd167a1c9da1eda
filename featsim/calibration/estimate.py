"""The estimate: the mean field's best setting, moved to where the simulator fits."""

import dataclasses

import numpy as np
import numpy.typing as npt

from featsim.calibration.law import DRAWS, MANY_DRAWS, Family
from featsim.calibration.misfit import Errors, errors_of, sum_of_squares
from featsim.calibration.model import Model
from featsim.calibration.observed import Observed
from featsim.calibration.search import Candidate, polish, search
from featsim.inits import resolve

Reals = npt.NDArray[np.float64]

ROUNDS, SIMULATED = 3, 5
"""Simulations of a family, and most families that are simulated."""
ACCEPTED = 10.0
"""Difference of the Bayesian information criterion up to which a family is not ruled out: beyond
it the evidence is called very strong (Kass and Raftery, JASA 90, 1995)."""


@dataclasses.dataclass(frozen=True, eq=False)
class Judged:
    """A family at its least-squares setting, and how likely the observations are under it."""

    candidate: Candidate
    errors: Errors
    shift: Reals
    """(m,): accuracy of the simulator above the mean field; 0 without simulation."""


@dataclasses.dataclass(frozen=True, eq=False)
class Estimate:
    """The best setting of all families, and the families that are not ruled out."""

    accepted: tuple[Judged, ...]
    """The best first."""

    fitted: Reals
    """(m,): accuracy of the model at the observed experiments, at the best setting."""

    @property
    def best(self) -> Candidate:
        """The estimate."""
        return self.accepted[0].candidate

    @property
    def errors(self) -> Errors:
        """Its errors."""
        return self.accepted[0].errors


def estimate(observed: Observed, every: list[Family], model: Model) -> Estimate:
    """Return the least-squares estimate of the likeliest family.

    With a simulator, the families that the mean field does not rule out are fitted to it in turn.
    """
    none = np.zeros(observed.accuracy.size)
    judged = _accepted(
        [_judge(observed, one, none, np.diag(none)) for one in search(observed, every)]
    )
    if model.points_per_chunk is not None:
        judged = _accepted(
            [_fit_simulator(observed, one.candidate, model) for one in judged[:SIMULATED]]
        )
    return Estimate(tuple(judged), _curve(observed, judged[0].candidate) + judged[0].shift)


def shifted(observed: Observed, shift: Reals) -> Observed:
    """Return what the mean field has to fit for the simulator to fit what was observed."""
    return dataclasses.replace(observed, accuracy=observed.accuracy - shift)


def _accepted(judged: list[Judged]) -> list[Judged]:
    ranked = sorted(judged, key=lambda one: one.errors.unlikeliness)
    most = ranked[0].errors.unlikeliness + ACCEPTED
    return [one for one in ranked if one.errors.unlikeliness <= most]


def _fit_simulator(observed: Observed, one: Candidate, model: Model) -> Judged:
    """Return a family fitted to the simulator.

    The mean field plus a shift stands for it: what the simulator says above the mean field at the
    last setting, on common random numbers. The nearest of all simulated curves is kept.
    """
    rounds = []
    for i in range(ROUNDS):
        simulated, sampled = _simulated(observed, one, model)
        shift = simulated - _curve(observed, one)
        rounds.append((sum_of_squares(observed, simulated), i, one, shift, sampled))
        one = polish(shifted(observed, shift), one.family, one.u, width=0.05)
    squares, _, best, shift, sampled = min(rounds)
    nearest = dataclasses.replace(best, squares=squares)
    return _judge(shifted(observed, shift), nearest, shift, sampled)


def _simulated(observed: Observed, one: Candidate, model: Model) -> tuple[Reals, Reals]:
    """Return the simulated curve (m,), and its covariance (m, m) for given frequencies.

    The covariance is of few seeds: half of what is off its diagonal is not believed.
    """
    at = observed.experiments - 1
    outcome = model.outcome(one.family, one.u, int(at[-1]) + 1, resolve("random"))
    assert outcome.by_seed is not None
    rows = one.family.curves(one.u, _chunks(observed))[0]
    if len(rows) > 1:
        rows = rows.reshape(-1, one.family.classes, at.size).mean(axis=1)[: len(outcome.by_seed)]
    covariance = np.atleast_2d(np.cov(outcome.by_seed[:, 0, at] - rows, rowvar=False))
    return outcome.accuracy[0, at], (covariance + np.diag(np.diag(covariance))) / 2


def _drawn(observed: Observed, one: Candidate) -> Reals:
    """Return the covariance (m, m) of the curve of a class over draws of its frequencies."""
    rows = one.family.curves(one.u, _chunks(observed), draws=MANY_DRAWS)[0]
    if len(rows) == 1:
        return np.zeros((rows.shape[1], rows.shape[1]))
    return np.atleast_2d(np.cov(rows, rowvar=False))


def _chunks(observed: Observed) -> Reals:
    return observed.experiments.astype(np.float64)


def _curve(observed: Observed, candidate: Candidate) -> Reals:
    return candidate.family.curve(candidate.u, _chunks(observed))


def _judge(observed: Observed, one: Candidate, shift: Reals, sampled: Reals) -> Judged:
    """Return a family with its errors; ``sampled`` (m, m) is what sampled points add to them.

    It is as likely as its likeliest setting near the least-squares one; a parameter more must be
    worth its price of the Bayesian information criterion.
    """
    root = np.sqrt(observed.runs)
    drawn, classes = _drawn(observed, one), one.family.classes
    spread = (drawn / classes + sampled) / np.outer(root, root) + drawn / DRAWS
    residuals = observed.accuracy - _curve(observed, one)
    errors = errors_of(residuals, observed.runs, spread, one.u.size)
    precision: Reals = np.linalg.inv(errors.covariance).astype(np.float64)
    likely = polish(observed, one.family, one.u, width=0.1, precision=precision)
    residuals = observed.accuracy - _curve(observed, likely)
    at_best = errors_of(residuals, observed.runs, spread, one.u.size)
    least = min(errors.unlikeliness, at_best.unlikeliness)
    price = one.u.size * float(np.log(observed.accuracy.size))
    return Judged(one, dataclasses.replace(errors, unlikeliness=least + price), shift)
