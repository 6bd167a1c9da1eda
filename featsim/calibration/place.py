"""A method as a point of the square: the shares of features and of noise that it keeps.

Accuracy tells the share b of the noise: with a share kept, experiment j learns as a cold start on
1 + (1 − b)(j − 1) chunks does (docs/theory.md, Policies). It does not depend on the share a of the
features, which training time alone shows.
"""

import dataclasses

import numpy as np
import numpy.typing as npt

from featsim.calibration.estimate import Estimate
from featsim.calibration.misfit import Errors, covariance_of, errors_of, root_mean_square
from featsim.calibration.model import Model
from featsim.calibration.observed import Observed
from featsim.calibration.profile import Region
from featsim.calibration.search import Candidate
from featsim.inits import Init

Reals = npt.NDArray[np.float64]
Interval = tuple[float, float]

LEVEL = 3.841458820694124
"""The 95 % point of χ² with one degree of freedom."""
SHARES = np.linspace(0.0, 1.0, 401)
SIMULATED_SHARES, TIMED_SHARES = 11, 9
SMALLEST_TOLERANCE, TIMES_THE_FIT = 0.01, 2.0
SMALLEST_SCATTER = 0.02
"""Of log training time, which is interpolated between shares of features."""
LARGEST_RATIO = np.log(1.5)
"""Root mean square of log training time up to which it is explained, if cold's is no larger."""


@dataclasses.dataclass(frozen=True, eq=False)
class Placement:
    """Where a method lies on the square, if it lies there."""

    noise_kept: float
    """b, the share of the noise that the method keeps, at best."""

    noise_interval: Interval
    """95 % interval of b, for errors of both curves and what the fit leaves open."""

    features_kept: float | None
    """a, the share of features; None without training time, as accuracy does not depend on it."""

    features_interval: Interval | None
    """95 % interval of a, at the best b."""

    root_mean_square: float
    """Of the accuracy's residuals, at the best b."""

    mean_residual: float
    """Measured less predicted, the mean: above 0 for a method that is better than its place."""

    tolerance: float
    """Root mean square up to which the curve is explained: 0.01, or twice that of the fit."""

    time_ratio: float | None
    """Root mean square of log training time over the model's; None without training time."""

    explained: bool
    """Whether some pair explains the curve: accuracy, and training time if given."""

    experiments: npt.NDArray[np.int64]
    predicted: Reals
    """(m,): accuracy at the best b in these experiments."""

    def __str__(self) -> str:
        """Return one sentence or two."""
        off = 100 * self.root_mean_square
        side = "above" if self.mean_residual > 0 else "below"
        if self.root_mean_square > self.tolerance:
            return (
                f"No pair (a, b) explains the curve: at the nearest, b = {self.noise_kept:.2f}, "
                f"it is off by {off:.1f} percentage points, on average "
                f"{100 * abs(self.mean_residual):.1f} {side} the model."
            )
        low, high = self.noise_interval
        text = f"It keeps b = {self.noise_kept:.2f} ({low:.2f} … {high:.2f}) of the noise"
        if self.features_kept is None or self.features_interval is None:
            return (
                f"{text}; the share a of the features is open, as accuracy does not depend on it: "
                "a line of the square."
            )
        low, high = self.features_interval
        text += f" and a = {self.features_kept:.2f} ({low:.2f} … {high:.2f}) of the features"
        if self.explained:
            return f"{text}."
        assert self.time_ratio is not None
        return (
            f"{text}, but no pair (a, b) explains its training time, which is off by a factor of "
            f"{np.exp(self.time_ratio):.1f}."
        )


def place(
    curve: Observed,
    found: Estimate,
    region: Region,
    model: Model,
    fit_rms: float,
    factor: tuple[float, float] | None,
) -> Placement:
    """Return the place of a method's curve.

    ``factor`` is the training time of a point with a gradient, in points of a chunk, and the
    root mean square of cold's log time over it; None without training time.
    """
    table = _by_share(curve, found.best, model)
    squares = (curve.accuracy - table) ** 2 @ curve.runs
    at = int(squares.argmin())
    b, residuals = float(SHARES[at]), curve.accuracy - table[at]
    rms = root_mean_square(residuals)
    low, high = _interval(curve, table, squares, at, found.errors)
    others = [_nearest(curve, one) for one in region.settings]
    center = _nearest(curve, found.best)
    interval = (
        max(0.0, low + min(0.0, min(others) - center)),
        min(1.0, high + max(0.0, max(others) - center)),
    )
    tolerance = max(SMALLEST_TOLERANCE, TIMES_THE_FIT * fit_rms)
    a, a_interval, ratio = None, None, None
    if factor is not None and curve.steps is not None:
        a, a_interval, ratio = _features(curve, found.best, model, b, factor)
    return Placement(
        noise_kept=b,
        noise_interval=interval,
        features_kept=a,
        features_interval=a_interval,
        root_mean_square=rms,
        mean_residual=float(residuals.mean()),
        tolerance=tolerance,
        time_ratio=ratio,
        explained=rms <= tolerance
        and (ratio is None or factor is None or ratio <= max(LARGEST_RATIO, factor[1])),
        experiments=curve.experiments,
        predicted=table[at],
    )


def _mean_field(curve: Observed, one: Candidate) -> Reals:
    """Return the accuracy (share, m) for each share of the noise kept."""
    before = curve.experiments - 1.0
    return np.array([one.family.curve(one.u, 1.0 + (1.0 - b) * before) for b in SHARES])


def _nearest(curve: Observed, one: Candidate) -> float:
    squares = (curve.accuracy - _mean_field(curve, one)) ** 2 @ curve.runs
    return float(SHARES[squares.argmin()])


def _by_share(curve: Observed, one: Candidate, model: Model) -> Reals:
    """Return the model's accuracy (share, m), simulated at some shares if the model is."""
    if model.points_per_chunk is None:
        return _mean_field(curve, one)
    some = np.linspace(0.0, 1.0, SIMULATED_SHARES)
    inits = tuple(Init(f"{b}", 1.0, float(b)) for b in some)
    outcome = model.outcome(one.family, one.u, int(curve.experiments[-1]), inits)
    simulated = outcome.accuracy[:, curve.experiments - 1]
    between = [np.interp(SHARES, some, column) for column in simulated.T]
    return np.stack(between, axis=1)


def _interval(curve: Observed, table: Reals, squares: Reals, at: int, cold: Errors) -> Interval:
    """Return the shares whose squares are within what errors explain of the least."""
    residuals = curve.accuracy - table[at]
    none = np.zeros((residuals.size, residuals.size))
    own = errors_of(residuals, curve.runs, none, 1)
    errors = own if own.deviation > cold.deviation else cold
    covariance = covariance_of(errors.deviation, errors.correlation, curve.runs, none)
    near = slice(max(0, at - 20), at + 21)
    shares = SHARES[near]
    slope = (table[near][-1] - table[near][0]) / (shares[-1] - shares[0])
    weighted = slope * curve.runs
    normal = float(slope @ weighted)
    if normal <= 0.0:
        return 0.0, 1.0
    allowed = LEVEL * float(weighted @ covariance @ weighted) / normal
    inside = SHARES[squares <= squares[at] + allowed]
    return float(inside.min()), float(inside.max())


def time_factor(observed: Observed) -> tuple[float, float]:
    """Return the time of a chunk whose points all have a gradient, and cold's scatter about it.

    A cold start has a gradient at all of its j chunks in experiment j.
    """
    assert observed.steps is not None
    logs = np.log(observed.steps) - np.log(observed.experiments)
    return float(np.exp(logs.mean())), root_mean_square(logs - logs.mean())


def _features(
    curve: Observed, one: Candidate, model: Model, b: float, factor: tuple[float, float]
) -> tuple[float, Interval, float]:
    """Return a, its interval and how far training time is off at best, on the log scale."""
    assert curve.steps is not None
    some = np.linspace(0.0, 1.0, TIMED_SHARES)
    inits = tuple(Init(f"{a}", float(a), b) for a in some)
    active = model.outcome(one.family, one.u, int(curve.experiments[-1]), inits).active
    expected = np.log(np.maximum(active[:, curve.experiments - 1], 1e-9) * factor[0])
    table = np.stack([np.interp(SHARES, some, column) for column in expected.T], axis=1)
    residuals = np.log(curve.steps) - table
    squares = (residuals**2).mean(axis=1)
    at = int(squares.argmin())
    scatter = max(SMALLEST_SCATTER, factor[1], float(np.sqrt(squares[at]))) ** 2
    neighbours = residuals[at][1:] @ residuals[at][:-1] / max(residuals[at] @ residuals[at], 1e-300)
    correlation = float(np.clip(neighbours, 0.0, 0.9))
    count = residuals.shape[1] * (1.0 - correlation) / (1.0 + correlation)
    inside = SHARES[squares <= squares[at] + LEVEL * scatter / count]
    return (
        float(SHARES[at]),
        (float(inside.min()), float(inside.max())),
        float(np.sqrt(squares[at])),
    )
