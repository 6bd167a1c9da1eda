"""Where random and warm differ in accuracy, by the mean-field rule.

In a class the i-th most frequent feature is learned by random in experiment J if
γ ≤ J n_c a_i, and by warm if γ ≤ n_c a_i, with a_i = p_(i) Q_(i−1). It raises the accuracy if i ≥ τ
and p_(i) > 0. So the accuracies differ exactly for γ in the union of the intervals
(n_c a_i, J n_c a_i] over all classes and i ≥ τ: from n_c min a_i, below which warm has learned all
from the first chunk, to J n_c max p_(τ), above which random does not classify a single point.
"""

import dataclasses
import math

import numpy as np
import numpy.typing as npt

from featsim.config import Config
from featsim.theory.limit import one_table
from featsim.theory.order import LearningOrder, Reals, learning_order


@dataclasses.dataclass(frozen=True)
class Critical:
    """Where the accuracy of random exceeds that of warm in the last experiment of a setting."""

    gamma_intervals: tuple[tuple[float, float], ...]
    """All γ of a gap, at the setting's τ: intervals that exclude their low end; closed form."""

    gamma_open: float
    """Low end of the first interval; NaN if there is none."""

    gamma_close: float
    """High end of the last interval; NaN if there is none."""

    gamma_widest: float
    """The largest γ at which the gap is widest; NaN if there is no gap."""

    widest_gap: float
    """The widest gap over all γ."""

    tau_open: int | None
    """The smallest τ of a gap, at the setting's γ; None if there is none."""

    tau_close: int | None
    """The largest τ of a gap, at the setting's γ."""

    first_experiment: int | None
    """The first experiment with a gap at the setting's γ and τ, however many experiments it has."""


def critical(config: Config, frequencies: npt.ArrayLike | None = None) -> Critical:
    """Return where the gap between random and warm opens and closes, for given frequencies.

    Parameters
    ----------
    config
        The setting, as for ``fluctuations``; the gap is that of its last experiment.
    frequencies
        (C, K); if they are not given, as for ``mean_field``.

    Returns
    -------
    Critical
        Critical values of γ in closed form; those of τ by trying it from both ends, the upper of
        which is closed: no class has τ features with J n_c p ≥ γ above it.

    Raises
    ------
    ValueError
        If frequencies are no such table, or the configuration goes beyond the closed form.
    """
    p = one_table("critical", config, frequencies)
    order = learning_order(p, config.tau)
    low = np.sort(_gaining(config, order))
    intervals = _union(low, config.experiments)
    ends = np.unique(np.concatenate([low, config.experiments * low]))
    gaps = accuracy_gap(config, p, ends)
    widest = int(np.flatnonzero(gaps == gaps.max())[-1]) if intervals else -1
    taus = _taus(config, p)
    return Critical(
        gamma_intervals=intervals,
        gamma_open=intervals[0][0] if intervals else math.nan,
        gamma_close=intervals[-1][1] if intervals else math.nan,
        gamma_widest=float(ends[widest]) if intervals else math.nan,
        widest_gap=float(gaps[widest]) if intervals else 0.0,
        tau_open=taus[0],
        tau_close=taus[1],
        first_experiment=_first_experiment(config, order),
    )


def accuracy_gap(config: Config, frequencies: npt.ArrayLike | None, gammas: npt.ArrayLike) -> Reals:
    """Return ACC(L_cold) − ACC(L_warm) of the last experiment for each γ, in the mean field."""
    p = one_table("accuracy_gap", config, frequencies)
    order = learning_order(p, config.tau)
    points = config.points_per_chunk / config.classes
    asked = np.asarray(gammas, np.float64)
    gap = np.zeros(asked.shape)
    for share, below in zip(order.share, order.below, strict=True):
        warm, random = (
            below[share.size - np.searchsorted(factor * points * share[::-1], asked)]
            for factor in (1, config.experiments)
        )
        gap += warm - random
    return gap * (config.classes - 1) / config.classes**2


def _union(low: Reals, factor: int) -> tuple[tuple[float, float], ...]:
    """Return the union of the intervals (x, factor · x] for ascending x."""
    merged: list[tuple[float, float]] = []
    for x in low.tolist() if factor > 1 else []:
        if merged and x <= merged[-1][1]:
            merged[-1] = (merged[-1][0], factor * x)
        else:
            merged.append((x, factor * x))
    return tuple(merged)


def _taus(config: Config, p: Reals) -> tuple[int | None, int | None]:
    """Return the smallest and the largest τ in 1 … K − 1 with a gap at the configuration's γ."""
    J = config.experiments
    points = J * config.points_per_chunk / config.classes
    largest = int(np.count_nonzero(points * p >= config.gamma, axis=-1).max())
    candidates = range(1, min(largest, config.features - 1) + 1)

    def has_gap(tau: int) -> bool:
        low = _gaining(config.replace(tau=tau), learning_order(p, tau))
        return bool(((low < config.gamma) & (config.gamma <= J * low)).any())

    return next(filter(has_gap, candidates), None), next(filter(has_gap, candidates[::-1]), None)


def _first_experiment(config: Config, order: LearningOrder) -> int | None:
    """Return the first J at which random learns a feature that gains accuracy and warm has not."""
    low = _gaining(config, order)
    missing = low[low < config.gamma]
    return math.ceil(config.gamma / missing.max()) if missing.size else None


def _gaining(config: Config, order: LearningOrder) -> Reals:
    """Return n_c a_i of all features that raise the accuracy: i ≥ τ, and a_i > 0."""
    counts = (config.points_per_chunk / config.classes) * order.share[:, config.tau - 1 :]
    return counts[counts > 0]
