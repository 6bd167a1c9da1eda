"""How data arrive: which samples an experiment trains and is tested on, and when a method acts."""

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from paper_repro.data import DataSet
from paper_repro.errors import Mendable
from paper_repro.run import SVHN_SIZE, Run


def seed_of(run: Run, purpose: str, *numbers: int) -> int:
    """Return a seed for one purpose of a run; the method is not part of it."""
    words = [run.seed, *purpose.encode(), 0, *numbers]
    return int(np.random.SeedSequence(words).generate_state(1, np.uint64)[0] >> 1)


@dataclass(frozen=True)
class Experiment:
    """What experiment `number` (from 1) trains on, is tested on and is limited by."""

    number: int
    chunks: list[Tensor]
    """Training samples of each chunk that is there, oldest first, the new one last."""
    test: Tensor
    """Test samples."""
    epochs: int
    """Most epochs."""
    stop: float | None
    """Train accuracy that ends it."""
    acts: bool
    """Whether the method acts before it."""

    @property
    def train(self) -> Tensor:
        """All training samples."""
        return torch.cat(self.chunks)

    @property
    def old(self) -> Tensor:
        """Training samples that were there before the new chunk."""
        return torch.cat(self.chunks[:-1]) if len(self.chunks) > 1 else torch.tensor([]).long()


def experiments(run: Run, data: DataSet) -> list[Experiment]:
    """Return all experiments of a run, in order.

    The training set is split at random into `run.chunks` equal chunks; samples that do not fill
    a chunk are left out. With `classes`, chunk j is the j-th class of a random order, and the
    test is over the classes seen.
    """
    available = len(data.train.targets)
    size = run.train_size
    if size is None and run.dataset == "svhn":
        size = min(SVHN_SIZE, available)
    train = _draw(run, "train", available, size)
    test = _draw(run, "test", len(data.test.targets), run.test_size)
    tests = [test]
    if run.arrival == "classes":
        generator = torch.Generator().manual_seed(seed_of(run, "classes"))
        order = torch.randperm(data.classes, generator=generator)
        chunks = [train[data.train.targets[train] == label] for label in order]
        if any(len(chunk) == 0 for chunk in chunks):
            raise Mendable(f"train_size must leave a sample of each class; it is {run.train_size}")
        seen = [torch.isin(data.test.targets[test], order[: j + 1]) for j in range(len(order))]
        tests = [test[mask] for mask in seen]
    else:
        each = len(train) // run.chunks
        if each == 0:
            raise Mendable(f"chunks must be at most the {len(train)} samples; it is {run.chunks}")
        chunks = [train[i * each : (i + 1) * each] for i in range(run.chunks)]
    if len(chunks[0]) == 1 and run.batch_normalized:
        raise Mendable(
            "chunks and train_size must leave a chunk at least 2 samples with batch normalization; "
            "the first has 1"
        )
    acting = _acting(run, [len(chunk) for chunk in chunks])
    return [
        Experiment(
            number=j,
            chunks=chunks[j - 1 : j] if run.arrival == "discard" else chunks[:j],
            test=tests[min(j, len(tests)) - 1],
            epochs=_epochs(run, j, len(chunks)),
            stop=None if run.arrival == "continuous" else run.stop,
            acts=j in acting,
        )
        for j in range(1, len(chunks) + 1)
    ]


def _acting(run: Run, sizes: list[int]) -> set[int]:
    """Return the experiments before which the method acts, from the sizes of the chunks."""
    acting: set[int] = set()
    at_last_act = sizes[0]
    for j in range(2, len(sizes) + 1):
        arrived = sum(sizes[:j])
        grown = run.doubling is None or arrived >= run.doubling * at_last_act
        if grown and j % run.every == 0 and (run.until is None or j <= run.until):
            acting.add(j)
            at_last_act = arrived
    return acting


def _epochs(run: Run, j: int, chunks: int) -> int:
    if run.arrival == "continuous":
        return 1 + (run.epochs if j == chunks else 0)
    return run.first_epochs if j == 1 and run.first_epochs is not None else run.epochs


def _draw(run: Run, which: str, available: int, size: int | None) -> Tensor:
    """Return a random order of the samples to use; the test set is the same for all seeds."""
    if size is not None and size > available:
        raise Mendable(f"{which}_size must be at most the {available} samples; it is {size}")
    seed = seed_of(run, "split") if which == "train" else 0
    order = torch.randperm(available, generator=torch.Generator().manual_seed(seed))
    return order if size is None else order[:size]
