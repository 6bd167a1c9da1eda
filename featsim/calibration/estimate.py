"""The estimate: the mean field's best setting, moved to where the simulator fits."""

import dataclasses

import numpy as np
import numpy.typing as npt

from featsim.calibration.discrepancy import Shift, constant
from featsim.calibration.finite import fit_finite
from featsim.calibration.law import DRAWS, MANY_DRAWS, Family
from featsim.calibration.misfit import Errors, errors_of
from featsim.calibration.model import Model
from featsim.calibration.observed import Observed
from featsim.calibration.search import Candidate, polish, search
from featsim.inits import resolve

Reals = npt.NDArray[np.float64]

MENDED = 0.01
"""Root mean square beyond the least up to which a family of the mean field is simulated."""


@dataclasses.dataclass(frozen=True, eq=False)
class Judged:
    """A family at its least-squares setting, and how likely the observations are under it."""

    candidate: Candidate
    errors: Errors
    shift: Shift
    """Accuracy of the simulator above the mean field; 0 without simulation."""

    spread: Reals
    """(m, m): covariance of the mean curve by what the model draws, V."""


@dataclasses.dataclass(frozen=True, eq=False)
class Estimate:
    """The best setting of all families that were fitted."""

    judged: tuple[Judged, ...]
    """The likeliest first."""

    fitted: Reals
    """(m,): accuracy of the model at the observed experiments, at the best setting."""

    @property
    def best(self) -> Candidate:
        """The estimate."""
        return self.judged[0].candidate

    @property
    def errors(self) -> Errors:
        """Its errors."""
        return self.judged[0].errors


def estimate(observed: Observed, every: list[Family], model: Model) -> Estimate:
    """Return the least-squares estimate of the likeliest family.

    With a simulator, the families that the mean field fits about as well as the best are fitted to
    it in turn.
    """
    found = search(observed, every)
    points = model.points_per_chunk
    if points is None:
        none = np.zeros(observed.accuracy.size)
        judged = [judge(observed, one, constant(one.u, none), np.diag(none)) for one in found]
    else:
        most = (np.sqrt(min(one.squares for one in found) / observed.runs.sum()) + MENDED) ** 2
        judged = [
            judge(observed, *fit_finite(observed, one, model, points))
            for one in found
            if one.squares <= most * observed.runs.sum()
        ]
    judged.sort(key=lambda one: one.errors.unlikeliness)
    return Estimate(tuple(judged), _fitted(observed, judged[0].candidate, model))


def _fitted(observed: Observed, one: Candidate, model: Model) -> Reals:
    if model.points_per_chunk is None:
        return one.family.curve(one.u, chunks_of(observed))
    at = observed.experiments - 1
    outcome = model.outcome(one.family, one.u, int(at[-1]) + 1, resolve("random"))
    fitted: Reals = outcome.accuracy[0, at]
    return fitted


def chunks_of(observed: Observed) -> Reals:
    """Return the chunks of a cold start at the observed experiments."""
    return observed.experiments.astype(np.float64)


def judge(observed: Observed, one: Candidate, shift: Shift, sampled: Reals) -> Judged:
    """Return a family with its errors; ``sampled`` (m, m) is what sampled points add to a run's.

    It is as likely as its likeliest setting near the least-squares one; a parameter more must be
    worth its price of the Bayesian information criterion.
    """
    root = np.sqrt(observed.runs)
    drawn, classes = _drawn(observed, one), one.family.classes
    spread = (drawn / classes + sampled) / np.outer(root, root) + drawn / DRAWS + shift.covariance
    moved = shifted(observed, shift.at(one.u[None])[0])
    residuals = moved.accuracy - one.family.curve(one.u, chunks_of(observed))
    errors = errors_of(residuals, observed.runs, spread, one.u.size)
    precision: Reals = np.linalg.inv(errors.covariance).astype(np.float64)
    likely = polish(moved, one.family, one.u, width=0.1, precision=precision)
    residuals = moved.accuracy - one.family.curve(likely.u, chunks_of(observed))
    at_best = errors_of(residuals, observed.runs, spread, one.u.size)
    least = min(errors.unlikeliness, at_best.unlikeliness)
    price = one.u.size * float(np.log(observed.accuracy.size))
    return Judged(one, dataclasses.replace(errors, unlikeliness=least + price), shift, spread)


def shifted(observed: Observed, shift: Reals) -> Observed:
    """Return what the mean field has to fit for the simulator to fit what was observed."""
    return dataclasses.replace(observed, accuracy=observed.accuracy - shift)


def _drawn(observed: Observed, one: Candidate) -> Reals:
    """Return the covariance (m, m) of the curve of a class over draws of its frequencies."""
    rows = one.family.curves(one.u, chunks_of(observed), draws=MANY_DRAWS)[0]
    if len(rows) == 1:
        return np.zeros((rows.shape[1], rows.shape[1]))
    return np.atleast_2d(np.cov(rows, rowvar=False))
