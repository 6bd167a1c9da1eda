"""Sweeps: the simulations of every combination of values, on threads or on an executor."""

import concurrent.futures
import contextlib
import itertools
import os
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import xarray as xr

from featsim import _checks
from featsim._sweep.blocks import number_of_blocks
from featsim._sweep.estimate import check_size
from featsim._sweep.piece import run_piece
from featsim._sweep.plan import Plan, make_plan
from featsim._sweep.result import Assembly
from featsim._sweep.store import Store
from featsim._sweep.task import run_task
from featsim._sweep.zarr_store import ZarrStore, is_zarr
from featsim._workers import check_workers, thread_pool, watched
from featsim.config import Config, check_config
from featsim.inits import PAPER_INITS, Init, resolve

AHEAD = 1_000
"""Most pieces that are with those who compute, or wait there."""


def sweep(
    config: Config,
    *,
    settings: Mapping[str, Iterable[Any]] | None = None,
    inits: str | Init | Iterable[str | Init] = PAPER_INITS,
    seeds: int | Sequence[int] = 10,
    executor: concurrent.futures.Executor | None = None,
    keep: str | Iterable[str] = (),
    reduce: str | None = None,
    workers: int | None = None,
    output: str | Path | None = None,
    progress: bool | None = None,
    **axes: Iterable[Any],
) -> xr.Dataset:
    """Simulate every combination of the values of some fields of a configuration.

    Each setting gives, bit for bit, what ``simulate`` gives for it. Points are drawn once for
    settings that differ only in γ, τ, the window and what is forgotten: these do not change the
    data.

    Parameters
    ----------
    config
        The fields that are not swept.
    settings
        A table of settings that are no grid: a mapping of equally long columns, or a pandas
        DataFrame, whose columns are what axes can be. It is one dim, ``setting``, before the axes,
        and its columns are coordinates on it. Every row is combined with every value of the axes.
    inits, seeds
        As for ``simulate``.
    executor
        Where to compute: any executor of ``concurrent.futures``, also that of a Dask cluster,
        ``Client(…).get_executor()``. If not given, threads of this process.
    keep
        Variables to keep, or to compute, beside those by experiment: ``gradient_rank``; and, by
        class and feature, ``learned``, ``learn_step``, ``learn_count``, ``frequencies`` and
        ``strengths``, which need the same classes and features in all settings.
    reduce
        ``"mean_std"`` to keep only mean and standard deviation over the seeds, the latter with
        n − 1 as in all tables and pictures. They are computed where the work is done.
    workers
        Threads; as many as there are processors if it is not given. Not with an executor.
    output
        A NetCDF file for the result. Finished pieces are stored beside it, in ``<output>.pieces``,
        until all are there: the same call continues a sweep that was stopped, and returns one that
        is finished. A name that ends in ``.zarr`` is a Zarr store, for results larger than memory:
        pieces are written into it as they end, and it is returned opened lazily. A name that ends
        in ``.csv`` is a long table, as of ``to_table``, of 10 million rows at most. It does not
        tell what sweep it is of, so that one that is there is refused.
    progress
        Whether to show a progress bar; if not given, in a terminal or notebook when work is long.
    **axes
        Values of fields of Config, except ``experiments`` and those that are tables; and of
        ``keep_learned``, ``keep_memorized`` and ``factor`` of the one Init that ``inits`` then
        holds, ``factor`` that of its Doubling. ``init`` in the result is the name of that one,
        whatever the axes make of it.

    Returns
    -------
    xarray.Dataset
        The variables of ``simulate``, without those by class and feature that are not kept. Dims:
        one for each axis, in the order given, then ``seed`` (or ``statistic``, which is ``mean``
        or ``std``), then those of the variable. Where only some settings have a variable, it is
        there for all: a ``test_accuracy`` of NaN without test points, the ``exact_accuracy`` and
        the ``frequencies`` of every chunk where these do not change, and strengths of 1. Results
        do not depend on who computes them.

    Raises
    ------
    ValueError, TypeError
        If an argument, or a combination of values, is not allowed, or the output belongs to
        another sweep. Nothing is computed then.
    MemoryError
        If the result cannot fit the memory that is available.
    """
    check_config(config)
    if not isinstance(executor, concurrent.futures.Executor | None):
        raise TypeError(f"executor must be one of concurrent.futures, not {executor!r}")
    if not isinstance(output, str | os.PathLike | None):
        raise TypeError(f"output must be the path of a file, not {output!r}")
    in_memory = output is None or not is_zarr(Path(output))
    plan = make_plan(
        config,
        axes,
        resolve(inits),
        _checks.check_seeds(seeds),
        keep,
        reduce,
        settings=settings,
        in_memory=in_memory,
    )
    if executor is not None and workers is not None:
        raise ValueError(f"workers must not be given with an executor, not {workers!r}")
    threads = check_workers(workers)
    check_size(plan, threads if executor is None else 0, output=output)
    if output is None:
        return _compute(plan, executor, threads, progress, None)
    if not in_memory:
        return _fill(ZarrStore(output, plan), executor, threads, progress)
    with Store(output, plan) as store:
        dataset = store.result()
        if dataset is None:
            dataset = _compute(plan, executor, threads, progress, store)
        store.finish(dataset)
    return dataset


def _compute(
    plan: Plan,
    executor: concurrent.futures.Executor | None,
    threads: int,
    progress: bool | None,
    store: Store | None,
) -> xr.Dataset:
    result = Assembly(plan)
    stored = set() if store is None else store.keys()
    missing = []
    for piece in plan.pieces():
        if store is not None and piece.key in stored:
            result.take(store.piece(piece.key))
        else:
            missing.append(piece)
    with _submitting(run_piece, executor, min(threads, len(missing))) as submit:
        for piece, arrays in watched(_completed(missing, submit), len(missing), progress):
            if store is not None:
                store.add(piece.key, arrays)
            result.take(arrays)
    return result.dataset()


def _fill(
    store: ZarrStore,
    executor: concurrent.futures.Executor | None,
    threads: int,
    progress: bool | None,
) -> xr.Dataset:
    """Write what a store lacks, which those who compute it do where they can."""
    with store:
        missing = number_of_blocks(store.plan) - len(store.done)
        with _submitting(run_task, executor, min(threads, missing)) as submit:
            for task, done in watched(_completed(store.missing(), submit), missing, progress):
                store.add(task, done)
        return store.result()


@contextlib.contextmanager
def _submitting(
    run: Callable[..., Any], executor: concurrent.futures.Executor | None, threads: int
) -> Iterator[Callable[[Any], "concurrent.futures.Future[Any]"]]:
    """Compute on the user's executor, which goes on, or on threads.

    Threads stop within one simulation when the sweep ends early.
    """
    if executor is not None:
        yield lambda part: executor.submit(run, part)
        return
    end = threading.Event()
    pool = thread_pool(max(threads, 1))
    try:
        yield lambda part: pool.submit(run, part, end.is_set)
    finally:
        end.set()
        pool.shutdown(wait=False, cancel_futures=True)


def _completed(
    pieces: Iterable[Any], submit: Callable[[Any], "concurrent.futures.Future[Any]"]
) -> Iterator[tuple[Any, Any]]:
    """Yield the pieces as they end; cancel the others at the first error.

    Of very many, later ones are made as earlier ones end, so that memory does not hold them all.
    """
    left = iter(pieces)
    futures = {submit(piece): piece for piece in itertools.islice(left, AHEAD)}
    first = concurrent.futures.FIRST_COMPLETED
    try:
        while futures:
            done = concurrent.futures.wait(futures, return_when=first).done
            while done:
                future = done.pop()
                piece, arrays = futures.pop(future), future.result()
                del future  # a cluster gives up the result
                futures.update((submit(piece), piece) for piece in itertools.islice(left, 1))
                yield piece, arrays
    finally:
        for future in futures:
            future.cancel()
