"""When an initialization forgets: before every experiment, at doublings, or at chosen ones."""

import dataclasses
import itertools
from collections.abc import Iterable
from typing import Literal

import numpy as np
import numpy.typing as npt

from featsim import _checks


@dataclasses.dataclass(frozen=True)
class Doubling:
    """Before an experiment whose points are ``factor`` times those when it last forgot, or more.

    The points are all that have arrived, of all classes. Experiment 1 counts as having forgotten.
    """

    factor: float = 2.0
    """A finite number above 1."""

    def __post_init__(self) -> None:
        factor = _checks.real("factor", self.factor, 1.0, np.inf, open_low=True)
        object.__setattr__(self, "factor", factor)


@dataclasses.dataclass(frozen=True)
class Every:
    """Before the experiments k, 2k, 3k, …, but not before the first."""

    k: int
    """An integer of at least 1."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "k", _checks.integer("k", self.k, 1))


@dataclasses.dataclass(frozen=True)
class At:
    """Before the experiments named; those beyond the last do nothing."""

    experiments: tuple[int, ...]
    """Increasing integers of at least 2."""

    def __post_init__(self) -> None:
        if isinstance(self.experiments, str) or not isinstance(self.experiments, Iterable):
            raise TypeError(
                f"experiments must be increasing integers of at least 2, not {self.experiments!r}"
            )
        chosen = tuple(_checks.integer("an experiment", j, 2) for j in self.experiments)
        if any(later <= earlier for earlier, later in itertools.pairwise(chosen)):
            raise ValueError(f"experiments must be increasing, not {chosen}")
        object.__setattr__(self, "experiments", chosen)


When = Literal["always"] | Doubling | Every | At


def check_when(when: When) -> When:
    """Return a schedule, or raise a TypeError or ValueError that says what is allowed."""
    if not isinstance(when, Doubling | Every | At) and not (
        isinstance(when, str) and when == "always"
    ):
        kind = ValueError if isinstance(when, str) else TypeError
        raise kind(f"when must be 'always', a Doubling, an Every or an At, not {when!r}")
    return when


def forgets(when: When, sizes: npt.ArrayLike) -> npt.NDArray[np.bool_]:
    """Return whether a schedule forgets before experiment j, for j = 1 … J at place j − 1.

    Parameters
    ----------
    when
        The schedule.
    sizes
        (J,) integers: the points of each chunk, of all classes.

    Returns
    -------
    ndarray
        (J,) bool; the first is False, because there is nothing to forget.
    """
    arrived = np.cumsum(sizes).tolist()
    experiments = np.arange(1, len(arrived) + 1)
    if isinstance(when, Doubling):
        before = np.zeros(len(arrived), np.bool_)
        last = float(arrived[0])
        for j, size in enumerate(arrived):
            if j > 0 and float(size) >= when.factor * last:
                before[j], last = True, float(size)
        return before
    if isinstance(when, Every):
        before = experiments % min(when.k, len(arrived) + 1) == 0
    elif isinstance(when, At):
        before = np.isin(experiments, when.experiments)
    else:
        before = np.ones(len(arrived), np.bool_)
    before[:1] = False
    return before
