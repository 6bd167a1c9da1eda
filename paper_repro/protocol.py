"""The protocol: a run's experiments in order, with records, checkpoints and resume."""

import importlib.metadata
import platform
import statistics
import time
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path

import torch

import featsim
from paper_repro import checkpoints, records
from paper_repro.arrival import Experiment, experiments, seed_of
from paper_repro.cost import measured
from paper_repro.data import load
from paper_repro.label_noise import with_label_noise
from paper_repro.learner import Learner
from paper_repro.machine import Machine
from paper_repro.methods import find
from paper_repro.models import make_model
from paper_repro.optimizers import make_optimizer
from paper_repro.probes import AFTER, BEFORE
from paper_repro.records import ExperimentRow, Header, Probed, Records, RunError, load_records
from paper_repro.run import Run
from paper_repro.training import Stage, accuracy, train

Report = Callable[[str], None]


def execute(
    run: Run, root: Path, machine: Machine | None = None, *, report: Report = print
) -> Records:
    """Run what is missing of a run and return its records.

    Goes on after the last finished experiment that has a readable checkpoint and ends with the
    numbers of an uninterrupted run: every experiment draws from seeds of its own.

    Parameters
    ----------
    run : Run
        The settings.
    root : pathlib.Path
        Folder that holds a folder for each run.
    machine : Machine, optional
        Device, data folder and reading processes.
    report : callable
        Told one sentence for each experiment, and for what was lost.

    Raises
    ------
    records.RunError
        If the training diverges or the disk refuses a record; what is finished is kept.
    sources.DataError
        If the data set is not there.
    """
    done = load_records(run, root)
    if done.complete:
        return done
    machine = Machine() if machine is None else machine
    _ = machine.place  # a device that is not there is told before anything is read or written
    if machine.threads is not None:
        torch.set_num_threads(machine.threads)
    data = with_label_noise(run, load(run, machine.data, machine.cache))
    stage = Stage(run, data, machine)
    plan = experiments(run, stage.data)
    folder = root / run.name
    try:
        folder.mkdir(parents=True, exist_ok=True)
        learner, finished = _resume(stage, folder, done, len(plan), report)
        for experiment in plan[finished:]:
            row = _experiment(stage, learner, experiment, folder)
            records.append(folder, row)
            checkpoints.save_checkpoint(folder, experiment.number, _state(learner))
            report(_sentence(run, row, len(plan)))
        checkpoints.remove_checkpoints(folder, below=len(plan) + 1)
    except OSError as error:
        raise RunError(
            f"{folder}: {error.strerror or error}; the experiment in progress is lost, the same "
            "command goes on from the one before"
        ) from error
    return load_records(run, root)


def _resume(
    stage: Stage, folder: Path, done: Records, total: int, report: Report
) -> tuple[Learner, int]:
    """Return the learner after the last experiment to keep, and that experiment's number."""
    run = stage.run
    learner = _learner(stage)
    finished, state, notes = checkpoints.newest_checkpoint(folder, len(done.experiments))
    if state is not None:
        learner.model.load_state_dict(state["model"])
        learner.optimizer.load_state_dict(state["optimizer"])
        learner.memory = {k: v.to(stage.machine.place) for k, v in state["memory"].items()}
    if lost := len(done.experiments) - finished:
        notes.append(f"{run.name}: {lost} finished experiment(s) without a checkpoint run again")
    for note in notes:
        report(note)
    if finished:
        report(f"{run.name}: going on after experiment {finished}")
    done.experiments = done.experiments[:finished]
    header: Header = done.header or {
        "kind": "run",
        "run": run.to_dict(),
        "experiments": total,
        "versions": _versions(),
        "device": _device(stage.machine.place),
    }
    done.header = header
    records.rewrite(folder, done.lines())
    return learner, finished


def _learner(stage: Stage) -> Learner:
    def new_model(seed: int) -> torch.nn.Module:
        model = make_model(run, stage.data.shape, stage.data.classes, seed)
        return model.to(stage.machine.place)

    run = stage.run
    seed = seed_of(run, "init", 1)
    model = new_model(seed)
    return Learner(
        run, model, make_optimizer(run, model), new_model, lambda m: make_optimizer(run, m), seed
    )


def _experiment(
    stage: Stage, learner: Learner, experiment: Experiment, folder: Path
) -> ExperimentRow:
    """Let the method act, train and test; append the epochs' rows, return the experiment's."""
    run, number = stage.run, experiment.number
    start = time.perf_counter()
    extra: Probed = {}
    counting = measured() if "cost" in run.probes else nullcontext(Probed())
    with counting as cost:
        act = find(run.method).act
        if experiment.acts and act is not None:
            chunks = (stage.pairs(chunk) for chunk in experiment.chunks)
            act(learner, chunks, seed_of(run, "init", number))
        for probe in run.probes:
            if probe in BEFORE:
                extra |= BEFORE[probe](stage, learner.model, experiment)
        speeds = []
        for row in train(stage, learner, experiment):
            records.append(folder, row)
            speeds.append(len(experiment.train) / max(row["seconds"], 0.001))
    for probe in run.probes:
        if probe in AFTER:
            extra |= AFTER[probe](stage, learner.model, experiment)
    test_accuracy = accuracy(stage, learner.model, experiment.test)
    return {
        "kind": "experiment",
        "experiment": number,
        "train_size": len(experiment.train),
        "epochs": row["epoch"],
        "steps": row["steps"],
        "converged": experiment.stop is not None and row["train_accuracy"] >= experiment.stop,
        "train_accuracy": row["train_accuracy"],
        "test_accuracy": test_accuracy,
        **extra,
        **cost,
        "images_per_second": round(statistics.median(speeds)),
        "seconds": round(time.perf_counter() - start, 3),
    }


def _state(learner: Learner) -> checkpoints.State:
    return {
        "model": learner.model.state_dict(),
        "optimizer": learner.optimizer.state_dict(),
        "memory": learner.memory,
    }


def _sentence(run: Run, row: ExperimentRow, total: int) -> str:
    end = "" if row["converged"] or run.stop is None else ", not converged"
    return (
        f"{run.name}: experiment {row['experiment']} of {total}: "
        f"test accuracy {row['test_accuracy']:.2%}, {row['steps']} steps, "
        f"{row['epochs']} epochs{end}, {row['seconds']:.1f} s"
    )


def _versions() -> dict[str, str]:
    packages = {
        name: importlib.metadata.version(name) for name in ("torch", "torchvision", "numpy")
    }
    return {"python": platform.python_version(), "featsim": featsim.__version__, **packages}


def _device(place: torch.device) -> str:
    if place.type == "cuda":
        return torch.cuda.get_device_name(place)
    return f"CPU, {torch.get_num_threads()} threads"
