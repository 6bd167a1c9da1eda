"""Table 8: the state-of-the-art setting, with weight decay, a falling rate, crops and flips.

As in the authors' code: ResNet-18 without max-pool and with PyTorch's default initialization, one
epoch of linear warm-up, at most 260 epochs an experiment and the stop at 99.9 %.
"""

from collections.abc import Sequence

from paper_repro.records import Records
from paper_repro.run import Dataset, Run
from paper_repro.scales import Scale, base, grid, seeds, sized
from paper_repro.tables.summary import summary

METHODS = ("cold", "warm", "shrink_perturb", "dash")
EPOCHS = 260
LEARNING_RATE = 0.1
WEIGHT_DECAY = 5e-4
_DATASETS: dict[Scale, tuple[Dataset, ...]] = {
    "smoke": ("digits",),
    "cpu": ("cifar10",),
    "paper": ("cifar10", "cifar100", "tiny_imagenet"),
}
_SIZES: dict[str, dict[str, int]] = {
    "smoke": {"epochs": 10},
    "cpu": {"epochs": 70, "chunks": 2, "train_size": 1000},
    "paper": {"epochs": EPOCHS},
}


def runs(scale: Scale) -> list[Run]:
    """Return cold, warm, shrink and perturb, and DASH on each data set."""
    return [
        run
        for name in _DATASETS[scale]
        for run in grid(
            base(
                scale,
                dataset=name,
                model=sized(scale, "resnet18_sota"),
                lr=LEARNING_RATE,
                decay=True,
                weight_decay=WEIGHT_DECAY,
                augment=True,
                **_SIZES[scale],
            ),
            seed=seeds(scale, name),
            method=METHODS,
        )
    ]


def table(records: Sequence[Records]) -> str:
    """Return the last experiment and the mean over experiments, ± std over seeds."""
    return summary(records, lambda run: run.dataset)
