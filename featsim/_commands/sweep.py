"""The command ``python -m featsim.sweep``: an estimate, a progress bar, and a file in the end."""

import contextlib
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import Executor
from typing import Any

import tyro
from tqdm.std import tqdm

from featsim._commands.ending import run_command
from featsim._commands.flags import Arguments, swept
from featsim._sweep.estimate import check_size, processor_seconds, result_bytes
from featsim._sweep.function import sweep
from featsim._sweep.plan import Plan, make_plan
from featsim._sweep.store import Store
from featsim._workers import check_workers
from featsim.config import Config
from featsim.inits import resolve
from featsim.sampling import check_seeds

DESCRIPTION = "Simulate every combination of values, and store the result as it grows."


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; return 0, or 2 after one sentence about what was wrong."""

    def body() -> None:
        given: Any = tyro.cli(
            Arguments, args=argv, prog="python -m featsim.sweep", description=DESCRIPTION
        )
        _run(given)

    return run_command("featsim.sweep", body)


def _run(given: Any) -> None:
    config = Config() if given.config is None else Config.from_json(given.config.read_text())
    values = swept(given)
    config = config.replace(**{name: several[0] for name, several in values.items()})
    axes = {name: several for name, several in values.items() if len(several) > 1}
    inits = resolve(given.init)
    seeds = check_seeds(range(given.seed, given.seed + given.seeds))
    plan = make_plan(config, axes, inits, seeds, given.keep, given.reduce)
    store = Store(given.output, plan)
    with _executor(given.scheduler, given.workers) as (executor, threads):
        check_size(plan, threads if executor is None else 0, filed=True)
        if not given.quiet:
            print(_estimate(plan, store, threads), file=sys.stderr, flush=True)
        start = time.perf_counter()
        dataset = sweep(
            config,
            inits=inits,
            seeds=seeds,
            executor=executor,
            keep=given.keep,
            reduce=given.reduce,
            workers=given.workers,
            output=given.output,
            progress=False if given.quiet else None,
            **axes,
        )
    if not given.quiet:
        sizes = ", ".join(f"{name} {size}" for name, size in dataset.sizes.items())
        took = tqdm.format_interval(time.perf_counter() - start)
        print(f"{given.output}: {sizes}; {took}")


@contextlib.contextmanager
def _executor(scheduler: str | None, workers: int | None) -> Iterator[tuple[Executor | None, int]]:
    """Yield where to compute, None for threads of this process, and the number of threads."""
    if scheduler is None:
        yield None, check_workers(workers)
        return
    if workers is not None:
        raise ValueError(f"workers must not be given with a scheduler, not {workers}")
    try:
        from distributed import Client
    except ImportError:
        raise ImportError("scheduler needs Dask: pip install 'featsim[distributed]'") from None
    with Client(scheduler, timeout="10s", set_as_default=False) as client:
        yield client.get_executor(), sum(client.nthreads().values())


def _estimate(plan: Plan, store: Store, threads: int) -> str:
    """Return the size of the sweep, and how long it takes and what memory before it starts."""
    dims = {**{name: len(values) for name, values in plan.axes.items()}, "seed": len(plan.seeds)}
    sizes = " × ".join(f"{size} {name}" for name, size in dims.items())
    lines = [f"{sizes} = {plan.simulations:,} simulations of {len(plan.inits)} inits"]
    pieces = list(plan.pieces())
    stored = store.keys()
    missing = sum(piece.simulations for piece in pieces if piece.key not in stored)
    if store.output.exists():
        return f"{lines[0]}; all are stored"
    if stored:
        lines.append(f"{len(stored)} of {len(pieces)} pieces are stored")
    duration = processor_seconds(plan) * missing / plan.simulations / max(threads, 1)
    memory = tqdm.format_sizeof(result_bytes(plan), "B", 1024)
    lines.append(f"about {tqdm.format_interval(duration)} on {threads} threads, {memory} of memory")
    return "\n".join(lines)
