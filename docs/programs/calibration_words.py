"""The sentences of docs/calibration.md that say which rows of its tables differ."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from docs.programs.calibration_data import Case
from featsim.calibration.result import Fit
from paper_repro.tables.text import listed


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
    uniform = [f"{_short(one.title)} in the {one.model}" for one in fits if one.law != "zipf"]
    large = [
        f"{_short(one.title)} in the {one.model} ({one.gamma:.2g})"
        for one in fits
        if float(f"{one.gamma:.2g}") > 1.0
    ]
    return (
        f"The nearest law is Zipf's{_but_of(uniform)}. "
        f"$\\gamma$ is one point of a chunk or less{_but_of(large)}."
    )


def ends_words(curves: Sequence[End]) -> str:
    """Return of which curves the end is above, within or below what was not ruled out."""
    groups: dict[str, list[str]] = {}
    for one in curves:
        low, high, measured = (round(x, 1) for x in (one.low, one.high, one.measured))
        where = "above all that" if measured > high else "within what"
        where = "below all that" if measured < low else where
        groups.setdefault(where, []).append(_short(one.title))
    told = [f"{where} was not ruled out for {listed(some)}" for where, some in groups.items()]
    return f"What was measured at the end is {', and '.join(told)}."


def _but_of(names: Sequence[str]) -> str:
    return f", but for {listed(names)}" if names else " throughout"


def _short(title: str) -> str:
    """Return the regime's name that a title ends in, or the data set that it begins with."""
    found = re.search(r"\(([\w-]+)\)$", title)
    return found[1] if found else title.partition(",")[0]
