"""Tasks on threads: the kernels release the GIL, so that threads use all processors."""

import concurrent.futures
import os
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from featsim import _checks


def processors() -> int:
    """Return the number of processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def run_tasks(
    task: Callable[..., None],
    arguments: Sequence[tuple[Any, ...]],
    *,
    workers: int | None,
    progress: bool | None,
) -> None:
    """Call ``task`` with each of the arguments; stop at the first error."""
    threads = processors() if workers is None else _checks.integer("workers", workers, 1)
    threads = min(threads, len(arguments))
    if threads == 1:
        for argument in _watched(arguments, len(arguments), progress):
            task(*argument)
        return
    with concurrent.futures.ThreadPoolExecutor(threads) as pool:
        futures = [pool.submit(task, *argument) for argument in arguments]
        try:
            done = concurrent.futures.as_completed(futures)
            for future in _watched(done, len(futures), progress):
                future.result()
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def _watched(items: Iterable[Any], total: int, progress: bool | None) -> Iterable[Any]:
    """Return the items, behind a progress bar if one is wanted, after the first second."""
    if progress is False:
        return items
    from tqdm.auto import tqdm

    watched: Iterable[Any] = tqdm(
        items, total=total, delay=1.0, disable=None if progress is None else False, leave=False
    )
    return watched
