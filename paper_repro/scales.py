"""The three scales of every figure and table, and grids of runs.

- ``smoke``: a minute on two cores, on scikit-learn's digits; shows that the code runs.
- ``cpu``: up to an hour or two on two cores, on real images with a narrow network. The learning
  rate is 0.01, not the paper's 0.001, to converge in fewer steps: another regime than the paper's.
- ``paper``: the paper's own setting, for a GPU.
"""

import dataclasses
import itertools
from collections.abc import Iterable
from typing import Any, Literal

from paper_repro.errors import Mendable
from paper_repro.run import NARROW, Dataset, Model, Run

Scale = Literal["smoke", "cpu", "paper"]

_PAPER = Run(dataset="cifar10")
_BASES: dict[Scale, Run] = {
    "smoke": dataclasses.replace(
        _PAPER, dataset="digits", model="resnet18_narrow", width=8, chunks=3, train_size=288,
        batch=32, epochs=40, lr=0.02,
    ),
    "cpu": dataclasses.replace(
        _PAPER, model="resnet18_narrow", width=16, chunks=5, train_size=4000, epochs=60, lr=0.01
    ),
    "paper": _PAPER,
}  # fmt: skip
_SEEDS: dict[Scale, int] = {"smoke": 1, "cpu": 3, "paper": 5}
DATASETS: tuple[Dataset, ...] = ("cifar10", "cifar100", "svhn", "tiny_imagenet")
"""The data sets of Tables 1 and 3 to 6."""


def base(scale: Scale, **changes: Any) -> Run:
    """Return the scale's plain run, on CIFAR-10 with ResNet-18 (digits at smoke scale).

    Another data set has its own λ, unless that is given too.
    """
    if "dataset" in changes:
        changes = {"lam": paper_lam(changes["dataset"]), **changes}
    return dataclasses.replace(_BASES[scale], **changes)


def paper_lam(dataset: Dataset) -> float:
    """Return the paper's λ."""
    return 0.05 if dataset == "tiny_imagenet" else 0.3


def sized(scale: Scale, model: Model) -> Model:
    """Return the model as released at paper scale, and its narrow size else."""
    return model if scale == "paper" else NARROW[model]


def seeds(scale: Scale, dataset: Dataset = "cifar10") -> range:
    """Return the seeds of a scale: the paper's five, three of Tiny-ImageNet, fewer elsewhere."""
    return range(3 if (scale, dataset) == ("paper", "tiny_imagenet") else _SEEDS[scale])


def only_paper(scale: Scale, name: str) -> None:
    """Raise Mendable unless the scale is the paper's."""
    if scale != "paper":
        raise Mendable(f"scale must be 'paper' for {name}, which needs ImageNet; it is {scale!r}")


def grid(run: Run, **choices: Iterable[Any]) -> list[Run]:
    """Return the run with every combination of these settings, the first varying slowest."""
    values = itertools.product(*choices.values())
    return [dataclasses.replace(run, **dict(zip(choices, row, strict=True))) for row in values]
