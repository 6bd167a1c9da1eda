"""Settings spread over all that is not ruled out.

Curves are steps and what is likely is many narrow pieces: a walk along one parameter sticks in the
first. So a population of settings moves by differences of its own members (ter Braak, Statistics
and Computing 16, 2006), each move being kept as long as it stays above the bound on the likelihood.
"""

import numpy as np
import numpy.typing as npt

from featsim.calibration.likelihood import Likelihood

Reals = npt.NDArray[np.float64]

MEMBERS, MOVES = 12, 18
"""Members of the population, and moves of each, for each parameter."""
HALVINGS = 10
WIDTH = 0.5
"""Of the first guesses, in log γ/n, the log of the largest frequency and the exponent."""


def spread(likelihood: Likelihood, start: Reals, bound: float) -> tuple[Reals, Reals]:
    """Return all settings (N, q) visited from ``start``, (q,), and their values (N,).

    Each has a value of at most ``bound``, or is ``start``.
    """
    rng = np.random.default_rng(0)
    q = start.size
    members, values = _first(likelihood, start, bound, rng)
    kept, kept_values = [members.copy()], [values.copy()]
    for move in range(MOVES * q):
        others = np.array([rng.choice(len(members), 2, replace=False) for _ in members])
        length = 1.0 if move % 5 == 0 else rng.uniform(0.3, 2.38 / np.sqrt(2 * q))
        trial = members + length * (members[others[:, 0]] - members[others[:, 1]])
        trial += 1e-3 * rng.normal(size=trial.shape)
        found = likelihood(trial)
        inside = found <= bound
        members[inside], values[inside] = trial[inside], found[inside]
        kept.append(trial[inside])
        kept_values.append(found[inside])
    return np.concatenate(kept), np.concatenate(kept_values)


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
