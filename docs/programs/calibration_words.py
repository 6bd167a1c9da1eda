"""The sentences of docs/calibration.md that say which rows of its tables differ."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from docs.programs.calibration_data import Case
from featsim.calibration.result import Fit


@dataclass(frozen=True)
class Cold:
    """A fit to a cold start: of what, by which model, and what it found."""

    title: str
    model: str
    law: str
    gamma: float
    """γ, in points of a chunk."""


@dataclass(frozen=True)
class End:
    """A curve's last accuracy, %, beside all that a fit to its first half does not rule out."""

    title: str
    low: float
    high: float
    measured: float


def colds(fits: Sequence[tuple[Case, str, Fit]]) -> list[Cold]:
    """Return of each fit what is told in words."""
    return [
        Cold(case.title, model, fit.frequency_law, fit.gamma_per_point * case.points_per_chunk)
        for case, model, fit in fits
    ]


def ends(halves: Sequence[tuple[Case, Fit, Fit]]) -> list[End]:
    """Return the last accuracy of each curve beside what the first half does not rule out."""
    found = []
    for case, half, whole in halves:
        last = np.array([float(whole.observed.experiments[-1])])
        values = [one.family.curve(one.u, last)[0] for one in half.region.settings]
        low, high = 100 * min(values), 100 * max(values)
        found.append(End(case.title, low, high, 100 * float(whole.observed.accuracy[-1])))
    return found


def laws_words(fits: Sequence[Cold]) -> str:
    """Return which law is the nearest to each cold start, and where γ is above one point."""
    uniform = {one.title: None for one in fits if one.law != "zipf"}
    large = [f"{one.title}, {one.model} ({one.gamma:.2g})" for one in fits if one.gamma > 1.0]
    return (
        f"The nearest law is Zipf's{_but_of(list(uniform))}. "
        f"$\\gamma$ is one point of a chunk or less{_but_of(large)}."
    )


def ends_words(curves: Sequence[End]) -> str:
    """Return of which curves the end is above, within or below what was not ruled out."""
    groups = {
        "above all that was not ruled out": [x.title for x in curves if x.measured > x.high],
        "within what was not ruled out": [x.title for x in curves if x.low <= x.measured <= x.high],
        "below all that was not ruled out": [x.title for x in curves if x.measured < x.low],
    }
    told = [f"{where} for {'; '.join(some)}" for where, some in groups.items() if some]
    return f"What was measured at the end is {', and '.join(told)}."


def _but_of(titles: Sequence[str]) -> str:
    return f", but for {'; '.join(titles)}" if titles else " throughout"
