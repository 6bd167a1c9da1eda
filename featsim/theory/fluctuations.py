"""How far a finite number of points strays from the mean field: an estimate to first order.

Near the threshold of a class the frequency t = γ/(N Q) decides, with N points of the class and Q
the share of them below τ. Given N Q, the count of a feature v ∉ L is binomial, so that v is learned
with a probability of about q_v = Φ((p_v − t)/σ_v), σ_v² = p_v (1 − p_v)/(N Q). Three terms make the
variance of the number M of learned features:

- the counts of the features themselves, Σ q_v (1 − q_v);
- the number of points below τ, binomial too, which moves all counts at once: t has the variance
  t² (1 − Q)/(N Q), and f features lie in a unit of frequency around t;
- the feedback: a feature more lowers Q by t π, π = P(|V(x) ∩ L| = τ − 1), so that t rises and
  fewer others are learned. It divides a deviation by 1 + f t · t π/Q; a feature that decides for
  itself is not among its own f, and its own learning not in its own Q.

The deviation of ACC is that of Q, t π times that of M, from independent classes.
"""

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt
import xarray as xr
from scipy.special import ndtr

from featsim.config import Config
from featsim.inits import PAPER_INITS, Init, resolve
from featsim.theory.expectations import Policy
from featsim.theory.limit import mean_field, table_of_frequencies
from featsim.theory.order import LearningOrder, Reals, learning_order, left_below, prefixes

TINY = 1e-300  # in place of 0 in a denominator whose numerator is 0 as well


def fluctuations(
    config: Config,
    frequencies: npt.ArrayLike | None = None,
    *,
    inits: str | Init | Iterable[str | Init] = PAPER_INITS,
) -> xr.Dataset:
    """Estimate the standard deviations around ``mean_field``, for given frequencies.

    Parameters
    ----------
    config
        The setting, without drift, frequencies that change, and the rest that goes beyond the
        closed form of the mean field.
    frequencies, inits
        As for ``mean_field``.

    Returns
    -------
    xarray.Dataset
        ``learned_features`` and ``exact_accuracy`` with the dims of ``mean_field``: the standard
        deviation over streams drawn with the same frequencies. A policy has that of the chunks
        which all that it knows could be learned from, W_f(j): warm that of its first experiment in
        all. What it learns later, by chance alone, is not part of the estimate.

    Raises
    ------
    ValueError, TypeError
        As for ``mean_field``, and if the configuration goes beyond the closed form.
    """
    chosen = resolve(inits)
    p, _ = table_of_frequencies("fluctuations", config, frequencies)
    limit = mean_field(config, frequencies, inits=chosen)
    order = learning_order(p, config.tau)
    C = config.classes
    axis = p.ndim - 2
    rows: dict[str, list[Reals]] = {"learned_features": [], "exact_accuracy": []}
    for init in chosen:
        points = config.points_per_chunk / C * Policy.of(init, config).learned_from
        deviation, slope = _class_deviations(config, p, order, points)
        spread = {
            "learned_features": np.sqrt((deviation**2).sum(axis=-1)),
            "exact_accuracy": (C - 1) / C**2 * np.sqrt(((slope * deviation) ** 2).sum(axis=-1)),
        }
        for name, array in spread.items():
            rows[name].append(np.moveaxis(array, 0, axis))
    result = limit[list(rows)].astype(np.float64)
    for name, arrays in rows.items():
        stacked = np.stack(arrays, axis=axis)
        result[name] = (limit[name].dims, stacked, {"long_name": f"standard deviation, {name}"})
    return result


def _class_deviations(
    config: Config, p: Reals, order: LearningOrder, by_experiment: Reals
) -> tuple[Reals, Reals]:
    """Return the deviation of M and t π of every class for so many points, (J, …, C) each."""
    sizes = prefixes(order, by_experiment, config.gamma)
    points = by_experiment.reshape(-1, *[1] * (p.ndim - 1))
    below, before = left_below(order, sizes), left_below(order, np.maximum(sizes - 1, 0))
    counted = np.maximum(points * below, TINY)
    threshold = config.gamma / counted
    exact = -np.diff(order.below, axis=-1) / np.maximum(-np.sort(-p, axis=-1), TINY)
    last = np.minimum(np.moveaxis(sizes, 0, -1), config.features - 1)
    exactly = np.moveaxis(np.take_along_axis(exact, last, axis=-1), -1, 0)
    slope = threshold * exactly
    # A feature does not lower the count by which it is itself learned.
    own = np.where(order.rank < sizes[..., None], (points * before)[..., None], counted[..., None])
    sigma = np.sqrt(np.maximum(p * (1.0 - p) / np.maximum(own, TINY), TINY))
    z = (p - config.gamma / np.maximum(own, TINY)) / sigma
    learned = ndtr(z)
    around = threshold[..., None] * np.exp(-(z**2) / 2) / (np.sqrt(2 * np.pi) * sigma)
    total = around.sum(axis=-1)
    share = slope / np.maximum(below, TINY)
    feedback = 1.0 + (total[..., None] - around) * share[..., None]
    variance = (learned * (1.0 - learned) / feedback**2).sum(axis=-1)
    common = total / (1.0 + total * share)
    return np.sqrt(variance + common**2 * (1.0 - below) / counted), slope
