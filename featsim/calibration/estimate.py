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

ROUNDS = 4
ACCEPTED = 10.0
"""Difference of the Bayesian information criterion up to which a family is not ruled out: beyond
it the evidence is called very strong (Kass and Raftery, JASA 90, 1995)."""


@dataclasses.dataclass(frozen=True, eq=False)
class Estimate:
    """The best setting of all families, and the families that do about as well."""

    best: Candidate
    errors: Errors
    shift: Reals
    """(m,): accuracy of the simulator above the mean field; 0 without simulation."""

    fitted: Reals
    """(m,): accuracy of the model at the observed experiments."""

    accepted: tuple[tuple[Candidate, Errors], ...]
    """Families that are not ruled out, the best first."""


def estimate(observed: Observed, every: list[Family], model: Model) -> Estimate:
    """Return the least-squares estimate, by the law of errors that is most likely for each family.

    With a simulator, the mean field plus a shift stands for it: the shift is what the simulator
    says above the mean field at the best setting so far, on common random numbers, so that few
    simulations suffice. Of all rounds the one is kept whose simulated curve is nearest.
    """
    none = np.zeros(observed.accuracy.size)
    ranked = _ranked(observed, search(observed, every), np.diag(none))
    if model.points_per_chunk is None:
        return _made(ranked, none, _curve(observed, ranked[0][0]))
    rounds = []
    for _ in range(ROUNDS):
        best = ranked[0][0]
        simulated, sampled = _simulated(observed, best, model)
        shift = simulated - _curve(observed, best)
        moved = dataclasses.replace(observed, accuracy=observed.accuracy - shift)
        rounds.append((sum_of_squares(observed, simulated), len(rounds), best, shift, sampled))
        candidates = [polish(moved, one.family, one.u, width=0.05) for one, _ in ranked]
        ranked = _ranked(moved, candidates, sampled)
    _, _, best, shift, sampled = min(rounds)
    moved = dataclasses.replace(observed, accuracy=observed.accuracy - shift)
    best = dataclasses.replace(best, squares=sum_of_squares(moved, _curve(moved, best)))
    others = [one for one, _ in ranked if one.family != best.family]
    first, rest = _ranked(moved, [best], sampled), _ranked(moved, others, sampled)
    return _made([*first, *rest], shift, _curve(observed, best) + shift)


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


def _ranked(
    observed: Observed, candidates: list[Candidate], sampled: Reals
) -> list[tuple[Candidate, Errors]]:
    """Return least-squares candidates with their errors, the likeliest family first.

    A family is as likely as its likeliest setting near the least-squares one; a parameter more
    must be worth its price of the Bayesian information criterion.
    """
    root = np.sqrt(observed.runs)
    judged = []
    for one in candidates:
        drawn, classes = _drawn(observed, one), one.family.classes
        spread = (drawn / classes + sampled) / np.outer(root, root) + drawn / DRAWS
        errors = errors_of(
            observed.accuracy - _curve(observed, one), observed.runs, spread, one.u.size
        )
        precision = np.linalg.inv(errors.covariance)
        likely = polish(observed, one.family, one.u, width=0.1, precision=precision)
        at_best = errors_of(
            observed.accuracy - _curve(observed, likely), observed.runs, spread, one.u.size
        )
        least = min(errors.unlikeliness, at_best.unlikeliness)
        price = one.u.size * np.log(observed.accuracy.size)
        judged.append((one, dataclasses.replace(errors, unlikeliness=least + price)))
    return sorted(judged, key=lambda pair: pair[1].unlikeliness)


def _made(ranked: list[tuple[Candidate, Errors]], shift: Reals, fitted: Reals) -> Estimate:
    best, errors = ranked[0]
    accepted = tuple(
        pair for pair in ranked if pair[1].unlikeliness <= errors.unlikeliness + ACCEPTED
    )
    return Estimate(best, errors, shift, fitted, accepted)
