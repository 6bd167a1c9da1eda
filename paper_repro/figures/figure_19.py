"""Figure 19: ImageNet-1k, 150 epochs on one half, then 150 on all; at paper scale only.

``python -m paper_repro figure 19 --scale paper --data DIR``, DIR holding ImageNet's class folders.
"""

from collections.abc import Sequence

from matplotlib.figure import Figure

from paper_repro.figures.by_epoch import draw_by_epoch
from paper_repro.figures.drawing import new_figure
from paper_repro.records import Records
from paper_repro.run import Run
from paper_repro.scales import Scale, base, grid, only_paper

METHODS = ("cold", "warm", "shrink_perturb", "dash")
_EPOCHS = 150


def runs(scale: Scale) -> list[Run]:
    """Return cold, warm, shrink and perturb, and DASH; one seed."""
    only_paper(scale, "figure 19")
    plain = base(
        scale, dataset="imagenet", chunks=2, stop=None, epochs=_EPOCHS,
        probes=("test_accuracy_by_epoch",),
    )  # fmt: skip
    return grid(plain, method=METHODS)


def draw(records: Sequence[Records]) -> Figure:
    """Draw the test accuracy by epoch on the half and, right of the dashed line, on all."""
    figure, (axes,) = new_figure(1)
    draw_by_epoch(axes, records, halves_at=_EPOCHS)
    return figure
