"""Images and labels of a data set, and their batches."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Protocol

import torch
from torch import Tensor
from torch.utils.data import DataLoader, Dataset, Sampler

from paper_repro import sources
from paper_repro.augmentation import augmentation
from paper_repro.errors import Mendable
from paper_repro.images import FileImages, MemoryImages
from paper_repro.run import Run

_STATISTICS_SAMPLE = 10_000


class Images(Protocol):
    """Images, in memory or in files, read many at a time."""

    targets: Tensor

    def read(self, indices: Sequence[int] | Tensor) -> Tensor:
        """Return the images of these indices as (n, channels, height, width), not normalized."""


@dataclass(frozen=True)
class DataSet:
    """A data set: training and test images, and what normalizes both."""

    name: str
    train: Images
    test: Images
    classes: int
    mean: Tensor
    """Mean of each channel over the training set."""
    std: Tensor
    """Standard deviation of each channel over the training set."""

    @property
    def shape(self) -> tuple[int, int, int]:
        """(channels, height, width) of an image."""
        channels, height, width = self.train.read([0]).shape[1:]
        return channels, height, width


def load(run: Run, folder: Path, cache: Path | None = None) -> DataSet:
    """Return the run's data set from `folder`, else by torchvision's download into it.

    Images of files that are held in memory are decoded once, into the folder
    `cache` if there is one.

    The statistics are those of the whole training set, or of 10,000 of its images drawn at random
    where it is larger and lies in files.

    Raises
    ------
    sources.DataError
        In one sentence: what was looked for where, and what to put there.
    """
    cache = None if cache is None else cache.resolve()
    data = _load(run.dataset, folder.resolve(), run.image_size, run.pool, cache)
    if run.normalized:
        return data
    return replace(data, mean=torch.zeros_like(data.mean), std=torch.full_like(data.std, 255))


@lru_cache(maxsize=1)
def _load(
    name: str, folder: Path, image_size: int | None, pool: int, cache: Path | None
) -> DataSet:
    train, test, classes = sources.open_source(name, folder, image_size, cache)
    if isinstance(train, MemoryImages) and isinstance(test, MemoryImages):
        train, test = train.averaged(pool), test.averaged(pool)
    elif pool != 1:
        raise Mendable(f"pool must be 1 for {name}, which has an image_size; it is {pool}")
    count = len(train.targets)
    sample: Sequence[int] = range(count)
    if isinstance(train, FileImages) and count > _STATISTICS_SAMPLE:
        order = torch.randperm(count, generator=torch.Generator().manual_seed(0))
        sample = order[:_STATISTICS_SAMPLE].tolist()
    pixels = squares = torch.zeros(1)
    for start in range(0, len(sample), 1000):
        images = train.read(sample[start : start + 1000]).double()
        pixels = pixels + images.mean((2, 3)).sum(0) / len(sample)
        squares = squares + images.square().mean((2, 3)).sum(0) / len(sample)
    std = (squares - pixels.square()).clamp(min=1e-12).sqrt()
    return DataSet(name, train, test, classes, pixels.float(), std.float())


class _Batches(Dataset[tuple[Tensor, Tensor, Tensor]]):
    """Whole batches, normalized, with the indices of their samples."""

    def __init__(self, data: DataSet, images: Images, augment: bool) -> None:
        self.data, self.images = data, images
        self.augment = augmentation(data.name, data.shape[1:]) if augment else None

    def __getitem__(self, indices: Sequence[int] | Tensor) -> tuple[Tensor, Tensor, Tensor]:
        inputs = self.images.read(indices)
        if self.augment is not None:
            inputs = torch.stack([self.augment(image) for image in inputs])
        mean, std = (x.view(-1, 1, 1) for x in (self.data.mean, self.data.std))
        inputs = (inputs.float() - mean) / std
        rows = torch.as_tensor(indices)
        return inputs, self.images.targets[rows], rows


class _Order(Sampler[list[int]]):
    """The indices of each batch, in a new random order for each pass if there is a generator.

    A single sample that would be left for a last batch joins the one before: batch normalization
    has no statistics of one sample.
    """

    def __init__(self, indices: Tensor, batch: int, shuffle: torch.Generator | None) -> None:
        self.indices, self.shuffle = indices, shuffle
        full, rest = divmod(len(indices), batch)
        self.sizes = [batch] * full + [rest] * (rest > 0)
        if rest == 1 and full and batch > 1:
            self.sizes[-2:] = [batch + 1]

    def __iter__(self) -> Iterator[list[int]]:
        return (rows.tolist() for rows in self.rows())

    def rows(self) -> tuple[Tensor, ...]:
        """Return the indices of each batch of one pass."""
        order = self.indices
        if self.shuffle is not None:
            order = order[torch.randperm(len(order), generator=self.shuffle)]
        return torch.split(order, self.sizes)

    def __len__(self) -> int:
        return len(self.sizes)


def loader(
    data: DataSet,
    indices: Tensor,
    batch: int,
    *,
    train: bool = True,
    shuffle: torch.Generator | None = None,
    augment: bool = False,
    workers: int = 0,
    pin: bool = False,
) -> Iterable[tuple[Tensor, Tensor, Tensor]]:
    """Return the batches (inputs, targets, indices) of these samples, the last one smaller.

    Images in memory that are not augmented are indexed, a pass for the result; others are read by
    torch's loader.

    Parameters
    ----------
    data : DataSet
        The data set.
    indices : torch.Tensor
        Samples of the training set, or with `train` false of the test set.
    batch : int
        Samples in a batch.
    train : bool
        Which set the indices are of.
    shuffle : torch.Generator, optional
        Source of a new order for each pass; none: the order of `indices`.
    augment : bool
        Random crop and flip.
    workers : int
        Processes that read; 0 reads in this one.
    pin : bool
        Put batches in page-locked memory, for a GPU.
    """
    images = data.train if train else data.test
    batches, order = _Batches(data, images, augment), _Order(indices, batch, shuffle)
    if isinstance(images, MemoryImages) and not augment:
        return (batches[rows] for rows in order.rows())
    return DataLoader(
        batches,
        batch_size=None,
        sampler=order,
        num_workers=workers,
        pin_memory=pin,
    )
