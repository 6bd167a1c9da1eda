"""The estimate: the mean field's best setting, moved to where the simulator fits."""

import dataclasses

import numpy as np
import numpy.typing as npt

from featsim.calibration.discrepancy import Shift, constant
from featsim.calibration.finite import fit_finite
from featsim.calibration.law import DRAWS, MANY_DRAWS, Family
from featsim.calibration.misfit import SMALLEST_DEVIATION, Errors, errors_of
from featsim.calibration.model import Model
from featsim.calibration.observed import Observed
from featsim.calibration.search import Candidate, search
from featsim.inits import resolve

Reals = npt.NDArray[np.float64]

MENDED = 0.01
"""Root mean square beyond the least up to which a family of the mean field is simulated."""


@dataclasses.dataclass(frozen=True, eq=False)
class Judged:
    """A family at its least-squares setting, with the errors that its residuals tell of."""

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
    """The best first."""

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
    """Return the least-squares estimate of the best family.

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
    judged.sort(key=lambda one: _criterion(observed, one.candidate))
    return Estimate(tuple(judged), _fitted(observed, judged[0].candidate, model))


def _criterion(observed: Observed, one: Candidate) -> float:
    """Return the Bayesian information criterion of least squares."""
    m = observed.accuracy.size
    least = m * SMALLEST_DEVIATION**2
    return m * float(np.log(one.squares + least)) + one.u.size * float(np.log(m))


def _fitted(observed: Observed, one: Candidate, model: Model) -> Reals:
    if model.points_per_chunk is None:
        return one.family.curve(one.u, observed.chunks)
    at = observed.experiments - 1
    outcome = model.outcome(one.family, one.u, int(at[-1]) + 1, resolve("random"))
    fitted: Reals = outcome.accuracy[0, at]
    return fitted


def judge(observed: Observed, one: Candidate, shift: Shift, sampled: Reals) -> Judged:
    """Return a family with its errors; ``sampled`` (m, m) is what sampled points add to a run's."""
    root = np.sqrt(observed.runs)
    drawn, classes = _drawn(observed, one), one.family.classes
    spread = (drawn / classes + sampled) / np.outer(root, root) + drawn / DRAWS + shift.covariance
    curve = one.family.curve(one.u, observed.chunks) + shift.at(one.u[None])[0]
    errors = errors_of(observed.accuracy - curve, observed.runs, spread, one.u.size)
    return Judged(one, errors, shift, spread)


def _drawn(observed: Observed, one: Candidate) -> Reals:
    """Return the covariance (m, m) of the curve of a class over draws of its frequencies."""
    rows = one.family.curves(one.u, observed.chunks, draws=MANY_DRAWS)[0]
    if len(rows) == 1:
        return np.zeros((rows.shape[1], rows.shape[1]))
    return np.atleast_2d(np.cov(rows, rowvar=False))
