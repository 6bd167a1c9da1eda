"""The experiments of every seed, initialization and class, as a labelled result."""

import json
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from featsim import _checks, _tables
from featsim._checked_source import CheckedSource
from featsim._experiments import Learner
from featsim._memory import check_memory, simulation_bytes, source_bytes, stream_bytes
from featsim._result import Result
from featsim._tallies import Arrays, Tallies
from featsim._workers import check_workers
from featsim.config import Config, check_config
from featsim.inits import PAPER_INITS, Init, resolve
from featsim.sampling import ConfigSource
from featsim.source import Source
from featsim.stream import FeatureStream, StreamSource, check_stream

if TYPE_CHECKING:
    import xarray as xr

Inits = str | Init | Iterable[str | Init]


def simulate(
    config: Config,
    *,
    inits: Inits = PAPER_INITS,
    seeds: int | Sequence[int] = 10,
    workers: int | None = None,
    progress: bool | None = None,
    gradient_rank: bool = False,
) -> "xr.Dataset":
    """Simulate the experiments of a configuration (Algorithms 2 to 5) for several seeds.

    Parameters
    ----------
    config
        The setting; its defaults are those of Figure 3.
    inits
        Policies of forgetting: names (``random``, also as ``cold``; ``warm``; ``ideal``;
        ``doubling``; ``forget_features``), what the command line spells (``every:10``,
        ``keep:0.3,0.3``, …) or Init values.
    seeds
        A number of seeds, counted from 0, or the seeds themselves.
    workers
        Threads; as many as there are processors if it is not given. Results do not depend on it.
    progress
        Whether to show a progress bar; if not given, in a terminal or notebook when work is long.
    gradient_rank
        Whether to compute ``gradient_rank``, which takes longer than all the rest.

    Returns
    -------
    xarray.Dataset
        Dims ``seed``, ``init``, ``experiment`` (1 … J), ``class``, ``feature``; the variables are
        described in ``featsim.variables.VARIABLES``. ``exact_accuracy`` is the accuracy for the
        true frequencies, and ``test_accuracy``, if there are test points, that on the test points.

    Raises
    ------
    ValueError, TypeError
        If an argument is out of range or of the wrong type.
    MemoryError
        If the setting cannot fit the memory that is available.
    """
    return run_simulation(
        config,
        inits=inits,
        seeds=seeds,
        workers=workers,
        progress=progress,
        gradient_rank=gradient_rank,
    ).label()


def run_simulation(
    config: Config,
    *,
    inits: Inits,
    seeds: int | Sequence[int],
    workers: int | None,
    progress: bool | None,
    gradient_rank: bool = False,
) -> Result:
    """Do the work of ``simulate``, up to the labels."""
    check_config(config)
    chosen = resolve(inits)
    seed_list = _checks.check_seeds(seeds)
    threads = check_workers(workers)
    check_memory(simulation_bytes(config, inits=chosen, seeds=len(seed_list), workers=threads))
    learner = Learner(config.gamma, config.tau, config.window)
    variables = _run(
        ConfigSource(config), learner, chosen, seed_list, threads, progress, gradient_rank
    )
    return Result(variables, chosen, tuple(seed_list), config.to_json())


def simulate_source(
    source: Source,
    *,
    gamma: float,
    tau: int,
    window: int | None = None,
    inits: Inits = PAPER_INITS,
    seeds: int | Sequence[int] = 10,
    workers: int | None = None,
    progress: bool | None = None,
    gradient_rank: bool = False,
) -> "xr.Dataset":
    """Simulate the experiments on data of a law of the user's own.

    Parameters
    ----------
    source
        Where the points come from.
    gamma
        Strength of the noise, γ: a finite number above 0.
    tau
        Learned features that a point needs to be well classified, τ: at least 1.
    window
        Chunks that an experiment trains on, its last w: at least 1; all if not given.
    inits, seeds, workers, progress, gradient_rank
        As for ``simulate``.

    Returns
    -------
    xarray.Dataset
        As that of ``simulate``; accuracies where the source gives what they need.

    Raises
    ------
    ValueError, TypeError
        If an argument, or something that the source draws, is out of range or of the wrong type.
    MemoryError
        If the result cannot fit the memory that is available.
    """
    if not isinstance(source, Source):
        raise TypeError(f"source must be a Source, not {source!r}")
    learner = check_learner(gamma, tau, window)
    chosen, seed_list = resolve(inits), _checks.check_seeds(seeds)
    threads = check_workers(workers)
    checked = CheckedSource(source)
    check_memory(
        source_bytes(checked, tau=learner.tau, inits=chosen, seeds=len(seed_list), workers=threads)
    )
    variables = _run(checked, learner, chosen, seed_list, threads, progress, gradient_rank)
    return Result(variables, chosen, tuple(seed_list), _settings(learner)).label()


def simulate_stream(
    stream: FeatureStream,
    *,
    gamma: float | npt.ArrayLike,
    tau: int,
    inits: Inits = PAPER_INITS,
    test: FeatureStream | None = None,
    workers: int | None = None,
    window: int | None = None,
    strengths: npt.ArrayLike | None = None,
    seed: int = 0,
    gradient_rank: bool = False,
) -> "xr.Dataset":
    """Simulate the experiments on points of the user's own (Algorithms 2 to 5).

    Parameters
    ----------
    stream
        The points; experiment j trains on the chunks 0 … j − 1.
    gamma
        Strength of the noise, γ: a finite number above 0, or one for each point of the stream.
    tau
        Learned features that a point needs to be well classified, τ: at least 1.
    inits, workers, gradient_rank
        As for ``simulate``.
    test
        Test points, of the same features and classes; their chunks do not matter.
    window
        Chunks that an experiment trains on, its last w: at least 1; all if not given.
    strengths
        (C, K) integers of at least 1: how often a feature counts (Remark 2.1).
    seed
        What policies that keep a share draw from: the same seed, class, experiment and point, or
        feature, give the same decision. A point counts by its place among those of its class in
        the order of arrival.

    Returns
    -------
    xarray.Dataset
        As that of ``simulate``, without the dim ``seed`` and what needs true frequencies.
        ``test_accuracy`` is there if there are test points.

    Raises
    ------
    ValueError, TypeError
        If an argument is out of range or of the wrong type.
    MemoryError
        If the result cannot fit the memory that is available: a large number in ``chunks`` makes
        as many experiments.
    """
    check_stream(stream)
    if not isinstance(test, FeatureStream | None):
        raise TypeError(f"test must be a FeatureStream or None, not {test!r}")
    one = not isinstance(gamma, list | tuple) and np.ndim(gamma) == 0
    noise = None if one else _noise(gamma, len(stream))
    learner = check_learner(1.0 if noise is not None else gamma, tau, window)
    chosen = resolve(inits)
    seed = _checks.check_seed("seed", seed)
    threads = check_workers(workers)
    C, K = stream.num_classes, stream.num_features
    if test is not None and (test.num_features != K or test.num_classes > C):
        raise ValueError(
            f"test must have the {K} features and at most the {C} classes of the stream, "
            f"not {test.num_features} features and {test.num_classes} classes"
        )
    if strengths is not None:
        strengths = _tables.strength_table(strengths, C, K)
    check_memory(
        stream_bytes(
            stream, tau=learner.tau, inits=chosen, workers=threads, noise=noise is not None
        )
    )
    source = StreamSource(stream, test, strengths, noise)
    variables = _run(source, learner, chosen, [seed], threads, False, gradient_rank)
    one_seed = {name: values[0] for name, values in variables.items()}
    return Result(one_seed, chosen, None, _settings(learner, noise)).label()


def check_learner(gamma: Any, tau: Any, window: Any) -> Learner:
    """Return how a model learns, or raise a ValueError or TypeError that says what is allowed."""
    return Learner(
        _checks.real("gamma", gamma, 0.0, np.inf, open_low=True),
        _checks.integer("tau", tau, 1),
        None if window is None else _checks.integer("window", window, 1),
    )


def _noise(gamma: Any, points: int) -> npt.NDArray[np.float64]:
    noise = _tables.numbers("gamma", gamma, "iuf", "numbers").astype(np.float64)
    if noise.shape != (points,):
        raise ValueError(f"gamma must be a number or have the shape ({points},), not {noise.shape}")
    outside = noise[~((noise > 0.0) & (noise < np.inf))]
    if outside.size:
        raise ValueError(f"gamma must be finite numbers above 0, not {outside[0]}")
    return noise


def _settings(learner: Learner, noise: npt.NDArray[np.float64] | None = None) -> str:
    settings = {"gamma": learner.gamma if noise is None else noise.tolist(), "tau": learner.tau}
    return json.dumps(settings | ({} if learner.window is None else {"window": learner.window}))


def _run(
    source: Source,
    learner: Learner,
    inits: tuple[Init, ...],
    seeds: Sequence[int],
    threads: int,
    progress: bool | None,
    gradient_rank: bool,
) -> Arrays:
    """Return the variables, (seed, …)."""
    tallies = Tallies(source, [(learner, inits)], seeds, rank=gradient_rank)
    filled = tallies.on_threads(workers=threads, progress=progress)
    return {name: values[0] for name, values in filled.items()}
