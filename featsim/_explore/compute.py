"""The simulation behind the page: whole where it is short, seed by seed where it is long."""

import time
from collections.abc import Callable
from threading import Event

import numpy as np

from featsim._explore.state import State
from featsim._memory import check_memory, simulation_bytes
from featsim._result import Result
from featsim._sweep.cost import seconds
from featsim._workers import processors
from featsim.inits import resolve
from featsim.simulation import run_simulation

LONG_SECONDS = 3.0
"""What takes longer is asked for first."""

SHORT_SECONDS = 0.1
"""What is expected to take less is simulated at once, without a look at how long a seed takes."""


class TakesLong(Exception):  # noqa: N818
    """A simulation that should be asked for first; its argument is the time in seconds."""


def cost(state: State) -> float:
    """Return about how many seconds the simulation takes.

    Raises
    ------
    MemoryError
        If it does not fit the memory that is available.
    """
    config, inits = state.config, resolve(state.init)
    workers = processors()
    check_memory(simulation_bytes(config, inits=inits, seeds=state.seeds, workers=workers))
    tasks = state.seeds * config.classes
    return seconds(config, len(inits)) * state.seeds / min(workers, tasks)


def simulate(
    state: State, expected: float, progress: Callable[[int], None], newer: Event, *, asked: bool
) -> Result | None:
    """Return the result of a state, what ``featsim.simulate`` labels; None if it was left.

    Parameters
    ----------
    state
        What to simulate.
    expected
        Its cost in seconds.
    progress
        Told how many seeds are done, where it takes a while.
    newer
        Set where a newer state waits; then this one is left.
    asked
        Whether the reader has agreed to a long time.

    Raises
    ------
    TakesLong
        If it would take long, by the cost or by the time of the first seed, and is not agreed to.
    """
    if not asked and expected > LONG_SECONDS:
        raise TakesLong(expected)
    if expected < SHORT_SECONDS:
        return _run(state, list(state.all_seeds))
    parts: list[Result] = []
    began = time.perf_counter()
    for seed in state.all_seeds:
        if newer.is_set():
            return None
        progress(len(parts))
        parts.append(_run(state, [seed]))
        whole = (time.perf_counter() - began) * state.seeds
        if len(parts) == 1 and not asked and whole > LONG_SECONDS:
            raise TakesLong(whole)
    first = parts[0]
    variables = {
        name: np.concatenate([part.variables[name] for part in parts]) for name in first.variables
    }
    return Result(variables, first.inits, tuple(state.all_seeds), first.settings)


def _run(state: State, seeds: list[int]) -> Result:
    return run_simulation(state.config, inits=state.init, seeds=seeds, workers=None, progress=False)
