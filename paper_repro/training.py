"""One experiment: epochs until the running train accuracy reaches the stop, and the test."""

import math
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from paper_repro.arrival import Experiment, seed_of
from paper_repro.data import DataSet, loader
from paper_repro.learner import Learner
from paper_repro.machine import Machine
from paper_repro.methods import Method, find
from paper_repro.optimizers import set_learning_rate, step
from paper_repro.records import EpochProbed, EpochRow, RunError
from paper_repro.run import Run

_TEST_BATCH = 128  # larger batches are slower on a CPU
_EPOCHS_OF_FIGURE_13 = 6


@dataclass(frozen=True)
class Stage:
    """What all experiments of a run share."""

    run: Run
    data: DataSet
    machine: Machine

    def batches(
        self,
        indices: Tensor,
        *,
        train: bool = True,
        order: int | None = None,
        size: int | None = None,
    ) -> Iterable[tuple[Tensor, Tensor, Tensor]]:
        """Return (inputs, targets, indices) on the device, in the order of a seed if given.

        A batch has `size` samples; none: the run's batch.
        """
        place = self.machine.place
        batches = loader(
            self.data,
            indices,
            self.run.batch if size is None else size,
            train=train,
            shuffle=None if order is None else torch.Generator().manual_seed(order),
            augment=self.run.augment and order is not None,
            workers=self.machine.workers,
            pin=place.type == "cuda",
        )
        for inputs, targets, rows in batches:
            moved = inputs.to(place, non_blocking=True, memory_format=torch.channels_last)
            yield moved, targets.to(place, non_blocking=True), rows.to(place, non_blocking=True)

    def pairs(self, indices: Tensor, *, train: bool = True) -> Iterator[tuple[Tensor, Tensor]]:
        """Return (inputs, targets) in the order of `indices`, not augmented."""
        return ((inputs, targets) for inputs, targets, _ in self.batches(indices, train=train))

    def autocast(self) -> torch.autocast:
        """Return the context that the network runs in."""
        kind = self.machine.place.type
        return torch.autocast(kind, dtype=torch.bfloat16, enabled=self.run.bf16)


def train(stage: Stage, learner: Learner, experiment: Experiment) -> Iterator[EpochRow]:
    """Train on an experiment's data; yield each epoch's row.

    It ends with the first epoch whose running train accuracy is at least `experiment.stop`, or
    with the epoch limit. The learning rate starts anew in each experiment.
    """
    run, place = stage.run, stage.machine.place
    indices = experiment.train
    old = torch.zeros(len(stage.data.train.targets), dtype=torch.bool)
    old[experiment.old] = True
    old = old.to(place)
    method = find(run.method)
    generator = torch.Generator().manual_seed(seed_of(run, "after_step", experiment.number))
    an_epoch = max(1, len(indices) // run.batch + (len(indices) % run.batch > 1))
    steps = 0
    for epoch in range(1, experiment.epochs + 1):
        measured = _before_epoch(stage, learner.model, experiment, epoch)
        start = time.perf_counter()
        torch.manual_seed(seed_of(run, "augment", experiment.number, epoch))
        learner.model.train()
        tally = torch.zeros(3, dtype=torch.float64, device=place)  # loss, right, right and old
        order = seed_of(run, "order", experiment.number, epoch)
        for i, (inputs, targets, rows) in enumerate(stage.batches(indices, order=order)):
            set_learning_rate(run, learner.optimizer, epoch, i / an_epoch)
            tally += _train_batch(stage, learner, method, inputs, targets, old[rows])
            if method.after_step is not None:
                method.after_step(learner, inputs, generator)
            steps += 1
        loss, right, right_old = tally.tolist()
        if not math.isfinite(loss):
            number = experiment.number
            raise RunError(
                f"experiment {number} diverged in epoch {epoch}: lower the learning rate"
            )
        reached = right / len(indices)
        seconds = round(time.perf_counter() - start, 3)
        if "test_accuracy_by_epoch" in run.probes:
            measured["test_accuracy"] = accuracy(stage, learner.model, experiment.test)
        yield {
            "kind": "epoch",
            "experiment": experiment.number,
            "epoch": epoch,
            "loss": loss / len(indices),
            "train_accuracy": reached,
            "old_accuracy": right_old / len(experiment.old) if len(experiment.old) else None,
            "steps": steps,
            "seconds": seconds,
            **measured,
        }
        if experiment.stop is not None and reached >= experiment.stop:
            return


def _before_epoch(
    stage: Stage, model: nn.Module, experiment: Experiment, epoch: int
) -> EpochProbed:
    """Return what is measured at the start of an epoch: the accuracy on old data (Figure 13)."""
    wanted = "old_accuracy_by_epoch" in stage.run.probes and epoch <= _EPOCHS_OF_FIGURE_13
    if not wanted or not len(experiment.old):
        return {}
    return {"start_old_accuracy": accuracy(stage, model, experiment.old, train=True)}


def _train_batch(
    stage: Stage, learner: Learner, method: Method, inputs: Tensor, targets: Tensor, old: Tensor
) -> Tensor:
    """Take one step; return the summed loss, the right answers, and those on old samples."""
    seen: list[tuple[Tensor, Tensor]] = []

    def loss() -> Tensor:
        with stage.autocast():
            output = learner.model(inputs)
            value = cross_entropy(output, targets)
        seen.append((output.detach(), value.detach()))
        return value if method.penalty is None else value + method.penalty(learner)

    step(stage.run, learner.optimizer, loss)
    output, value = seen[0]  # the first pass, at the weights before the step
    right = output.argmax(1) == targets
    return torch.stack([value.double() * len(targets), right.sum(), (right & old).sum()])


def accuracy(stage: Stage, model: nn.Module, indices: Tensor, *, train: bool = False) -> float:
    """Return the share of right answers over these samples as a whole, in eval mode."""
    model.eval()
    right = torch.zeros((), dtype=torch.long, device=stage.machine.place)
    with torch.inference_mode(), stage.autocast():
        for inputs, targets, _ in stage.batches(indices, train=train, size=_TEST_BATCH):
            right += (model(inputs).argmax(1) == targets).sum()
    return right.item() / len(indices)
