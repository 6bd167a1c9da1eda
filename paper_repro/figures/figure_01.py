"""Figure 1: test accuracy and steps to convergence by experiment, all methods.

At paper scale Tiny-ImageNet with ResNet-18 and three seeds; below it the check's data set.
"""

from collections.abc import Sequence

from matplotlib.figure import Figure

from paper_repro.figures.curves import BOTH, by_method, panels
from paper_repro.records import Records
from paper_repro.run import Run
from paper_repro.scales import Scale, base, grid, seeds

METHODS = ("cold", "warm", "shrink_perturb", "dash")


def runs(scale: Scale) -> list[Run]:
    """Return cold, warm, shrink and perturb, and DASH."""
    if scale == "paper":
        tiny = base(scale, dataset="tiny_imagenet")
        return grid(tiny, seed=seeds(scale, "tiny_imagenet"), method=METHODS)
    return grid(base(scale), seed=seeds(scale), method=METHODS)


def draw(records: Sequence[Records]) -> Figure:
    """Draw two panels, a line a method: mean and standard deviation over seeds."""
    return panels(by_method(records), BOTH, "experiment")
