"""Figure 8: Figure 2 on ImageNet-1k with ResNet-18; at paper scale only.

``python -m paper_repro figure 8 --scale paper --data DIR``, DIR holding ImageNet's class folders.
"""

from collections.abc import Sequence

from matplotlib.figure import Figure

from paper_repro.figures.drawing import new_figure
from paper_repro.figures.figure_02 import draw_network
from paper_repro.records import Records
from paper_repro.run import Run
from paper_repro.scales import Scale, base, grid, only_paper


def runs(scale: Scale) -> list[Run]:
    """Return ResNet-18, warm after e epochs on one half, and cold for the line; one seed."""
    only_paper(scale, "figure 8")
    plain = base(scale, dataset="imagenet", chunks=2, stop=None, epochs=150, probes=())
    warm = grid(plain, first_epochs=(10, 50, 100, 150))
    return warm + grid(plain, method=("cold",), first_epochs=(1,))


def draw(records: Sequence[Records]) -> Figure:
    """Draw test accuracy against the epochs of pretraining."""
    figure, (axes,) = new_figure(1)
    draw_network(axes, records)
    axes.set(ylabel="test accuracy (%)")
    axes.legend()
    return figure
