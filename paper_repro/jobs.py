"""Many runs, one after the other or several at the same time."""

import dataclasses
import multiprocessing
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from paper_repro.machine import Machine
from paper_repro.records import Records, RunError, load_records
from paper_repro.run import Run


def run_all(runs: Sequence[Run], root: Path, machine: Machine) -> list[Records]:
    """Run what is missing and return all records in order.

    With `machine.jobs` above one, that many runs are computed at a time, each in a process of its
    own with one thread unless `machine.threads` says otherwise. A run that cannot go on does not
    keep the others from running; the first such error is raised at the end.
    """
    missing = [run for run in dict.fromkeys(runs) if not load_records(run, root).complete]
    if missing:
        print(f"{len(missing)} of {len(runs)} runs are missing or unfinished", flush=True)
    failed = (
        _at_once(missing, root, machine) if machine.jobs > 1 else _in_turn(missing, root, machine)
    )
    if failed:
        raise failed[0]
    return [load_records(run, root) for run in runs]


def _in_turn(runs: Sequence[Run], root: Path, machine: Machine) -> list[RunError]:
    return [error for run in runs if (error := _execute(run, root, machine)) is not None]


def _at_once(runs: Sequence[Run], root: Path, machine: Machine) -> list[RunError]:
    alone = dataclasses.replace(machine, jobs=1, threads=machine.threads or 1)
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(machine.jobs, mp_context=context) as pool:
        waiting = [pool.submit(_execute, run, root, alone) for run in runs]
        try:
            return [error for future in waiting if (error := future.result()) is not None]
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise


def _execute(run: Run, root: Path, machine: Machine) -> RunError | None:
    """Return the error that ended the run, if one did; its records stay on disk."""
    from paper_repro.protocol import execute

    try:
        execute(run, root, machine)
    except RunError as error:
        print(f"{run.name}: {error}", flush=True)
        return error
    return None
