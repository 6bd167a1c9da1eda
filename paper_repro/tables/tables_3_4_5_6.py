"""Tables 3 to 6: Table 1 for three networks, a table a data set.

That each table is a data set, in this order, is our reading.
"""

from collections.abc import Sequence

from paper_repro.records import Records
from paper_repro.run import Dataset, Model, Run
from paper_repro.scales import Scale, base, grid, seeds, sized
from paper_repro.tables.summary import summary
from paper_repro.tables.table_1 import METHODS

DATASETS: dict[int, Dataset] = {3: "tiny_imagenet", 4: "cifar10", 5: "cifar100", 6: "svhn"}
_MODELS: tuple[Model, ...] = ("resnet18", "vgg16", "mlp")


def title(number: int) -> str:
    """Return the title of a table."""
    return (
        f"Table {number}: test accuracy and steps of all methods on {DATASETS[number]}, three "
        "networks with SGD and SAM."
    )


def runs(scale: Scale, number: int) -> list[Run]:
    """Return all methods with each network and optimizer; at smoke scale on the digits."""
    dataset = "digits" if scale == "smoke" else DATASETS[number]
    return grid(
        base(scale, dataset=dataset),
        model=[sized(scale, model) for model in _MODELS],
        optimizer=("sgd", "sam"),
        seed=seeds(scale, DATASETS[number]),
        method=METHODS,
    )


def table(records: Sequence[Records]) -> str:
    """Return the last experiment and the mean over experiments, ± std over seeds."""
    return summary(records, lambda run: f"{run.model}, {run.optimizer.upper()}")
