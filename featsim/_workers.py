"""Tasks on threads: the kernels release the GIL, so that threads use all processors."""

import concurrent.futures
import os
import sys
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future
from typing import Any

from featsim import _checks


def processors() -> int:
    """Return the number of processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def check_workers(workers: int | None) -> int:
    """Return the number of threads to use: one for each processor if ``workers`` is None."""
    return processors() if workers is None else _checks.integer("workers", workers, 1)


def run_tasks(
    task: Callable[..., None],
    arguments: Sequence[tuple[Any, ...]],
    *,
    workers: int,
    progress: bool | None,
) -> None:
    """Call ``task`` with each of the arguments on threads; stop at the first error.

    The calling thread only waits, so that an interrupt is raised at once while kernels run; those
    that have begun still end before the process does.
    """
    pool = concurrent.futures.ThreadPoolExecutor(min(workers, len(arguments)))
    try:
        futures = [pool.submit(task, *argument) for argument in arguments]
        for future in _watched(futures, progress):
            future.result()
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def _watched(futures: list[Future[None]], progress: bool | None) -> Iterable[Future[None]]:
    """Return the futures as they end, behind a progress bar if one is wanted.

    If nothing is said of it, it is in a terminal and in a notebook. It appears when the work has
    lasted a second. Without one they are returned when all have ended or one has failed, so that
    the calling thread does not wake for each.
    """
    if progress is None:
        progress = sys.stderr.isatty() or "ipykernel" in sys.modules
    if not progress:
        concurrent.futures.wait(futures, return_when=concurrent.futures.FIRST_EXCEPTION)
        return sorted(futures, key=lambda future: not future.done())
    from tqdm.auto import tqdm

    finished = concurrent.futures.as_completed(futures)
    bar: Iterable[Future[None]] = tqdm(finished, total=len(futures), delay=1.0, leave=False)
    return bar
