"""Label noise: a share of the training labels is drawn anew, once and for all of a run."""

import copy
import dataclasses

import torch

from paper_repro.arrival import seed_of
from paper_repro.data import DataSet
from paper_repro.run import Run


def with_label_noise(run: Run, data: DataSet) -> DataSet:
    """Return the data with `run.label_noise` of the training labels drawn uniformly from all.

    Which labels are drawn depends on the run's seed alone, so that methods of a seed learn the
    same ones. Images and test labels stay.
    """
    if run.label_noise == 0:
        return data
    generator = torch.Generator().manual_seed(seed_of(run, "label noise"))
    targets = data.train.targets
    drawn = torch.rand(len(targets), generator=generator) < run.label_noise
    labels = torch.randint(data.classes, targets.shape, generator=generator)
    train = copy.copy(data.train)
    train.targets = torch.where(drawn, labels, targets)
    return dataclasses.replace(data, train=train)
