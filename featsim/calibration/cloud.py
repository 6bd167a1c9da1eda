"""Settings spread over all that is not ruled out.

Curves are steps and what is likely is many narrow pieces: a walk along one parameter sticks in the
first. So a population of settings moves by differences of its own members (ter Braak, Statistics
and Computing 16, 2006), every other time from the ends that were reached; a move is kept if it is
not ruled out.
"""

import numpy as np
import numpy.typing as npt

from featsim.calibration.likelihood import Likelihood

Reals = npt.NDArray[np.float64]

MEMBERS, MOVES = 12, 18
"""Members of the population, and moves of each, for each parameter."""
SHAKE, HALVINGS = 1e-3, 10
WIDTH = 0.5
"""Of the first guesses, in log γ/n, the log of the largest frequency and the exponent."""


def spread(likelihood: Likelihood, start: Reals, bound: float) -> tuple[Reals, Reals]:
    """Return all settings (N, q) visited from ``start``, (q,), and their values (N,).

    Each has a value of at most ``bound``, or is ``start``.
    """
    rng = np.random.default_rng(0)
    q = start.size
    members, values = _first(likelihood, start, bound, rng)
    every, every_value = members.copy(), values.copy()
    for move in range(MOVES * q):
        others = np.array([rng.choice(len(members), 2, replace=False) for _ in members])
        apart = members[others[:, 0]] - members[others[:, 1]]
        if move % 2:
            trial = members + rng.uniform(0.3, 2.38 / np.sqrt(2 * q)) * apart
        else:
            trial = _outward(every, apart, rng)
        trial += SHAKE * rng.normal(size=trial.shape)
        found = likelihood(trial)
        inside = found <= bound
        members[inside], values[inside] = trial[inside], found[inside]
        every = np.concatenate([every, trial[inside]])
        every_value = np.concatenate([every_value, found[inside]])
    return every, every_value


def _outward(every: Reals, apart: Reals, rng: np.random.Generator) -> Reals:
    """Return moves from the ends of each parameter, along differences that lead outward."""
    N, q = apart.shape
    ends = np.concatenate([every.argmin(axis=0), every.argmax(axis=0)])
    place = np.arange(N) % (2 * q)
    k, side = place % q, np.where(place < q, -1.0, 1.0)
    outward = np.sign(apart[np.arange(N), k]) * side
    length = rng.uniform(0.02, 1.0, N) * np.where(outward == 0.0, 1.0, outward)
    moved: Reals = every[ends[place]] + length[:, None] * apart
    return moved


def _first(
    likelihood: Likelihood, start: Reals, bound: float, rng: np.random.Generator
) -> tuple[Reals, Reals]:
    """Return members around the start, each drawn nearer until it is inside."""
    apart = WIDTH * rng.normal(size=(MEMBERS * start.size, start.size))
    apart[0] = 0.0
    members = start + apart
    values = likelihood(members)
    for _ in range(HALVINGS):
        outside = values > bound
        outside[0] = False
        if not outside.any():
            break
        apart[outside] *= 0.5
        members[outside] = start + apart[outside]
        values[outside] = likelihood(members[outside])
    outside = values > bound
    members[outside], values[outside] = members[0], values[0]
    return members, values
