"""The experiments of every seed, initialization and class, as a labelled result."""

import json
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from featsim import _checks
from featsim._experiments import count_well_classified, missing_probability, run_class
from featsim._memory import check_memory, simulation_bytes, stream_bytes
from featsim._points import pack
from featsim._result import Result, Tallies
from featsim._workers import check_workers, run_tasks
from featsim.config import Config
from featsim.inits import PAPER_INITS, Init, resolve
from featsim.sampling import check_seeds, draw_class
from featsim.stream import FeatureStream

if TYPE_CHECKING:
    import xarray as xr


def simulate(
    config: Config,
    *,
    inits: str | Init | Iterable[str | Init] = PAPER_INITS,
    seeds: int | Sequence[int] = 10,
    workers: int | None = None,
    progress: bool | None = None,
) -> "xr.Dataset":
    """Simulate the experiments of a configuration (Algorithms 2 to 5) for several seeds.

    Parameters
    ----------
    config
        The setting; its defaults are those of Figure 3.
    inits
        Names of initializations (``random``, also as ``cold``; ``warm``; ``ideal``) or Init values.
    seeds
        A number of seeds, counted from 0, or the seeds themselves.
    workers
        Threads; as many as there are processors if it is not given. Results do not depend on it.
    progress
        Whether to show a progress bar; if not given, in a terminal or notebook when work is long.

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
        config, inits=inits, seeds=seeds, workers=workers, progress=progress
    ).label()


def run_simulation(
    config: Config,
    *,
    inits: str | Init | Iterable[str | Init],
    seeds: int | Sequence[int],
    workers: int | None,
    progress: bool | None,
) -> Result:
    """Do the work of ``simulate``, up to the labels."""
    if not isinstance(config, Config):
        raise TypeError(f"config must be a Config, not {config!r}")
    chosen = resolve(inits)
    seed_list = check_seeds(seeds)
    threads = check_workers(workers)
    check_memory(simulation_bytes(config, inits=len(chosen), seeds=len(seed_list), workers=threads))
    C, K, J = config.classes, config.features, config.experiments
    out = Tallies((len(seed_list),), len(chosen), J, C, K)

    def task(s: int, c: int) -> None:
        frequencies, points, test = draw_class(config, seed_list[s], c)
        result = run_class(points, config.gamma, config.tau, chosen)
        out.frequencies[s, c] = frequencies
        out.learned[s, :, :, c] = result.learned
        out.learn_count[s, :, :, c] = result.learn_count
        out.nonzero_gradient[s, :, :, c] = result.nonzero_gradient_points
        out.memorized[s, :, :, c] = result.memorized_points
        out.well_classified[s, :, :, c] = count_well_classified(test, result.learned, config.tau)
        out.missing[s, :, :, c] = missing_probability(frequencies, result.learned, config.tau)

    tasks = [(s, c) for s in range(len(seed_list)) for c in range(C)]
    run_tasks(task, tasks, workers=threads, progress=progress)
    return Result(
        out.variables(test_points=config.test_points, exact=True),
        chosen,
        tuple(seed_list),
        config.to_json(),
    )


def simulate_stream(
    stream: FeatureStream,
    *,
    gamma: float,
    tau: int,
    inits: str | Init | Iterable[str | Init] = PAPER_INITS,
    test: FeatureStream | None = None,
    workers: int | None = None,
) -> "xr.Dataset":
    """Simulate the experiments on points of the user's own (Algorithms 2 to 5).

    Parameters
    ----------
    stream
        The points; experiment j trains on the chunks 0 … j − 1.
    gamma
        Strength of the noise, γ: a finite number above 0.
    tau
        Learned features that a point needs to be well classified, τ: at least 1.
    inits, workers
        As for ``simulate``.
    test
        Test points, of the same features and classes; their chunks do not matter.

    Returns
    -------
    xarray.Dataset
        As that of ``simulate``, without the dim ``seed``, ``exact_accuracy`` and ``frequencies``.
        ``test_accuracy`` is there if there are test points.

    Raises
    ------
    ValueError, TypeError
        If an argument is out of range or of the wrong type.
    MemoryError
        If the result cannot fit the memory that is available: a large number in ``chunks`` makes
        as many experiments.
    """
    if not isinstance(stream, FeatureStream):
        raise TypeError(f"stream must be a FeatureStream, not {stream!r}")
    if not isinstance(test, FeatureStream | None):
        raise TypeError(f"test must be a FeatureStream or None, not {test!r}")
    gamma = _checks.real("gamma", gamma, 0.0, np.inf, open_low=True)
    tau = _checks.integer("tau", tau, 1)
    chosen = resolve(inits)
    threads = check_workers(workers)
    C, K = stream.num_classes, stream.num_features
    if test is not None and (test.num_features != K or test.num_classes > C):
        raise ValueError(
            f"test must have the {K} features and at most the {C} classes of the stream, "
            f"not {test.num_features} features and {test.num_classes} classes"
        )
    check_memory(stream_bytes(stream, tau=tau, inits=len(chosen), workers=threads))
    out = Tallies((), len(chosen), stream.num_chunks, C, K)

    def task(c: int) -> None:
        result = run_class(pack(stream, c), gamma, tau, chosen)
        out.learned[:, :, c] = result.learned
        out.learn_count[:, :, c] = result.learn_count
        out.nonzero_gradient[:, :, c] = result.nonzero_gradient_points
        out.memorized[:, :, c] = result.memorized_points
        if test is not None:
            points = pack(test, c, by_chunk=False)
            out.well_classified[:, :, c] = count_well_classified(points, result.learned, tau)

    run_tasks(task, [(c,) for c in range(C)], workers=threads, progress=False)
    return Result(
        out.variables(test_points=0 if test is None else len(test), exact=False),
        chosen,
        None,
        json.dumps({"gamma": gamma, "tau": tau}),
    ).label()
