"""Figure 12: test accuracy of warm and cold by data set, of rising complexity."""

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure

from paper_repro import claims
from paper_repro.figures.drawing import new_figure
from paper_repro.records import Records
from paper_repro.run import Run
from paper_repro.scales import DATASETS, Scale, base, grid, seeds
from paper_repro.spread import mean_std
from paper_repro.style import COLORS, LABELS

METHODS = ("cold", "warm")
_ORDER = ("svhn", "cifar10", "cifar100", "tiny_imagenet")


def runs(scale: Scale) -> list[Run]:
    """Return cold and warm on each data set; below paper scale those of the check."""
    if scale == "paper":
        bases = [base(scale, dataset=name) for name in sorted(DATASETS, key=_ORDER.index)]
        return [r for b in bases for r in grid(b, seed=seeds(scale, b.dataset), method=METHODS)]
    groups = list(claims.settings(scale).values())
    chosen = groups[:1] if scale == "smoke" else [groups[2], groups[0]]
    return [run for group in chosen for run in group if run.method in METHODS]


def draw(records: Sequence[Records]) -> Figure:
    """Draw a pair of bars a data set: the last experiment, mean and deviation over seeds."""
    figure, (axes,) = new_figure(1)
    datasets = list(dict.fromkeys(r.run.dataset for r in records))
    for place, method in enumerate(METHODS):
        chosen = [
            [100 * r.last["test_accuracy"] for r in records if (r.run.dataset, r.run.method) == key]
            for key in ((dataset, method) for dataset in datasets)
        ]
        means, spreads = zip(*map(mean_std, chosen), strict=True)
        axes.bar(
            np.arange(len(datasets)) + 0.4 * place - 0.2, means, 0.38, color=COLORS[method],
            yerr=np.nan_to_num(spreads), label=LABELS[method],
        )  # fmt: skip
    axes.set_xticks(range(len(datasets)), datasets)
    axes.set_ylabel("test accuracy (%)")
    axes.legend()
    return figure
