"""Table 1: test accuracy and steps of all methods, ResNet-18 with SGD and SAM, four data sets."""

from collections.abc import Sequence

from paper_repro.records import Records
from paper_repro.run import Run
from paper_repro.scales import DATASETS, Scale, base, grid, seeds
from paper_repro.tables.summary import summary

METHODS = ("cold", "warm", "warm_rem", "shrink_perturb", "dash")


def runs(scale: Scale) -> list[Run]:
    """Return all methods on each data set; CIFAR-10 comes first, Tiny-ImageNet has three seeds.

    Below paper scale there is one data set, with SGD.
    """
    if scale != "paper":
        return grid(base(scale), seed=seeds(scale), method=METHODS)
    return [
        run
        for name in DATASETS
        for run in grid(
            base(scale, dataset=name),
            optimizer=("sgd", "sam"),
            seed=seeds(scale, name),
            method=METHODS,
        )
    ]


def table(records: Sequence[Records]) -> str:
    """Return the last experiment and the mean over experiments, ± std over seeds."""
    return summary(records, lambda run: f"{run.dataset}, {run.optimizer.upper()}")
