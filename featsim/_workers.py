"""Tasks on threads: the kernels release the GIL, so that threads use all processors."""

import concurrent.futures
import os
import sys
from collections.abc import Callable, Iterable, Sequence
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
        finished = concurrent.futures.as_completed(futures)
        for future in watched(finished, len(futures), progress):
            if future.exception() is not None:
                # Of those that have failed, the first in the order of the arguments.
                next(f for f in futures if f.done() and f.exception() is not None).result()
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def watched(items: Iterable[Any], total: int, progress: bool | None) -> Iterable[Any]:
    """Return the items behind a progress bar: if wanted, else in a terminal or a notebook.

    The bar appears when the work has lasted a second.
    """
    if progress is None:
        progress = sys.stderr.isatty() or _in_notebook()
    if not progress:
        return items
    from tqdm.auto import tqdm

    bar: Iterable[Any] = tqdm(items, total=total, delay=1.0, leave=False)
    return bar


def _in_notebook() -> bool:
    """Tell whether this process is the kernel of a notebook."""
    shell = sys.modules.get("IPython")
    return shell is not None and hasattr(shell.get_ipython(), "kernel")
