"""Tasks on threads: the kernels release the GIL, so that threads use all processors."""

import concurrent.futures
import contextlib
import os
import sys
import threading
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
    that have begun still end before the process does. It wakes at the end, or now and then to move
    a progress bar: to be told of every task would cost more than short tasks do.
    """
    left = iter(range(len(arguments)))
    done: list[int] = []
    errors: dict[int, BaseException] = {}
    threads = min(workers, len(arguments))
    pool = thread_pool(threads)

    def work() -> None:
        for i in left:
            try:
                task(*arguments[i])
            except BaseException as error:
                errors[i] = error
            if errors or stopped.is_set():
                return
            done.append(i)

    stopped = threading.Event()
    running = [pool.submit(work) for _ in range(threads)]
    bar = progress_bar(len(arguments)) if wants_bar(progress) else None
    try:
        while concurrent.futures.wait(running, None if bar is None else 0.1).not_done:
            assert bar is not None
            bar.update(len(done) - bar.n)
        if errors:
            raise errors[min(errors)]
    finally:
        stopped.set()
        pool.shutdown(wait=False)
        if bar is not None:
            bar.close()


def thread_pool(threads: int) -> concurrent.futures.ThreadPoolExecutor:
    """Return a pool of threads, of which each has a processor of its own where they take all.

    A thread that waits for the interpreter is often woken on the processor of the one that lets it
    go, and then waits there for milliseconds while another is idle.
    """
    all_taken = hasattr(os, "sched_setaffinity") and threads == processors() > 1
    places = iter(sorted(os.sched_getaffinity(0)) if all_taken else [])

    def settle() -> None:
        with contextlib.suppress(OSError, StopIteration):
            os.sched_setaffinity(0, {next(places)})

    return concurrent.futures.ThreadPoolExecutor(threads, initializer=settle)


def wants_bar(progress: bool | None) -> bool:
    """Tell whether a progress bar is wanted: as asked, else in a terminal or a notebook."""
    if progress is not None:
        return progress
    # It is None where a process starts without one.
    return (sys.stderr is not None and sys.stderr.isatty()) or _in_notebook()


def progress_bar(total: int, items: Iterable[Any] | None = None) -> Any:
    """Return a progress bar, which appears when the work has lasted a second."""
    from tqdm.auto import tqdm

    return tqdm(items, total=total, delay=1.0, leave=False)


def watched(items: Iterable[Any], total: int, progress: bool | None) -> Iterable[Any]:
    """Return the items behind a progress bar, if one is wanted."""
    bar: Iterable[Any] = progress_bar(total, items) if wants_bar(progress) else items
    return bar


def _in_notebook() -> bool:
    """Tell whether this process is the kernel of a notebook."""
    shell = sys.modules.get("IPython")
    return shell is not None and hasattr(shell.get_ipython(), "kernel")
