"""The schedule of forgetting noise that is best at a price, and what the prices trade."""

import dataclasses

import numpy as np
import numpy.typing as npt

from featsim import _checks
from featsim.config import Config
from featsim.schedules import At, forgets
from featsim.theory.limit import mean_field, one_table
from featsim.theory.order import Reals
from featsim.theory.schedule_cost import cheapest, last_forgetting, starting_points


@dataclasses.dataclass(frozen=True)
class BestSchedule:
    """A schedule that no other beats in both training time and accuracy, in the mean field."""

    when: At
    """Before which experiments the noise is forgotten, for ``featsim.Init(name, 1, 0, when)``."""

    training_time: float
    """T, the points with non-zero gradient at the start of an experiment, summed over all J."""

    accuracy_loss: float
    """Σ_j (ACC_cold^(j) − ACC^(j)), accuracies as fractions: at least 0."""


def best_schedule(
    config: Config, price: float, frequencies: npt.ArrayLike | None = None
) -> BestSchedule:
    """Return the schedule of the least T + (1/μ) Σ_j (ACC_cold^(j) − ACC^(j)) in the mean field.

    All features are kept. It is a shortest path over (last forgetting, experiment), found in
    O(J²) steps; of schedules that cost the same, one whose last forgetting comes earliest.

    Parameters
    ----------
    config
        The setting, as for ``fluctuations``.
    price
        μ, the accuracy that a point of T is worth, as a fraction summed over experiments: a finite
        number above 0. The larger it is, the more accuracy is given up for time.
    frequencies
        (C, K); if they are not given, as for ``mean_field``.

    Raises
    ------
    ValueError, TypeError
        If the price is no such number, frequencies are no such table, or the configuration goes
        beyond the closed form.
    """
    price = _checks.real("price", price, 0.0, np.inf, open_low=True)
    return _Limit("best_schedule", config, frequencies).best(price)


def trade_off(config: Config, frequencies: npt.ArrayLike | None = None) -> tuple[BestSchedule, ...]:
    """Return the best schedules of all prices: the lower convex hull of loss against T.

    Parameters
    ----------
    config, frequencies
        As for ``best_schedule``.

    Returns
    -------
    tuple of BestSchedule
        From the least training time to no loss of accuracy; the corners of the hull, each the best
        of some price, and between two neighbours no schedule lies below their chord.

    Raises
    ------
    ValueError
        If frequencies are no such table, or the configuration goes beyond the closed form.
    """
    limit = _Limit("trade_off", config, frequencies)
    ends = limit.fastest(), limit.lossless()
    if ends[0].training_time >= ends[1].training_time:
        return (ends[1],)
    return (ends[0], *_between(limit, *ends), ends[1])


class _Limit:
    """What the mean field says of cold, and of a schedule."""

    def __init__(self, user: str, config: Config, frequencies: npt.ArrayLike | None) -> None:
        p = one_table(user, config, frequencies)
        cold = mean_field(config, p, inits="random").isel(init=0)
        chunks = cold["experiment"].to_numpy()
        self.points = float(config.points_per_chunk)
        self.below: Reals = cold["memorized_points"].to_numpy() / chunks
        self.accuracy: Reals = cold["exact_accuracy"].to_numpy()

    def best(self, price: float) -> BestSchedule:
        """Return the best schedule of a price."""
        return self._cost(cheapest(self.points, self.below, self.accuracy, price))

    def fastest(self) -> BestSchedule:
        """Return the schedule of the least training time."""
        return self._cost(cheapest(self.points, self.below, 0.0 * self.accuracy, 1.0))

    def lossless(self) -> BestSchedule:
        """Return the fastest schedule of those that lose no accuracy."""
        levels = np.unique(self.accuracy, return_inverse=True)[1]
        slowest = self.points * self.accuracy.size * (self.accuracy.size + 1)
        return self._cost(cheapest(self.points, self.below, slowest * levels, 1.0))

    def _cost(self, experiments: tuple[int, ...]) -> BestSchedule:
        when = At(experiments)
        before = forgets(when, np.ones(self.accuracy.size, np.int64))
        starts = starting_points(self.points, self.below, before)
        lost = self.accuracy - self.accuracy[last_forgetting(before) - 1]
        return BestSchedule(when, float(starts.sum()), float(lost.sum()))


def _between(limit: _Limit, left: BestSchedule, right: BestSchedule) -> list[BestSchedule]:
    """Return the corners of the hull between two, by asking for the price of their chord."""
    saved = right.training_time - left.training_time
    price = (left.accuracy_loss - right.accuracy_loss) / saved
    found = limit.best(price)
    chord = left.accuracy_loss + price * left.training_time
    if chord - (found.accuracy_loss + price * found.training_time) <= 1e-12 * chord:
        return []
    return [*_between(limit, left, found), found, *_between(limit, found, right)]
