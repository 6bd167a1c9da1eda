"""Figure 19: ImageNet-1k, 150 epochs on one half, then 150 on all; at paper scale only.

``python -m paper_repro figure 19 --scale paper --data DIR``, DIR holding ImageNet's class folders.
"""

from collections.abc import Sequence

from matplotlib.figure import Figure

from paper_repro.figures.drawing import new_figure
from paper_repro.records import Records
from paper_repro.run import Run
from paper_repro.scales import Scale, base, grid, only_paper
from paper_repro.style import COLORS, LABELS

METHODS = ("cold", "warm", "shrink_perturb", "dash")


def runs(scale: Scale) -> list[Run]:
    """Return cold, warm, shrink and perturb, and DASH; one seed."""
    only_paper(scale, "figure 19")
    plain = base(scale, dataset="imagenet", chunks=2, stop=None, epochs=150, probes=())
    return grid(plain, method=METHODS)


def draw(records: Sequence[Records]) -> Figure:
    """Draw the train accuracy by epoch on all; the legend has the test accuracy at the end."""
    figure, (axes,) = new_figure(1)
    for r in records:
        epochs = [row for row in r.epochs if row["experiment"] == 2]
        label = f"{LABELS[r.run.method]} ({100 * r.last['test_accuracy']:.1f} % test)"
        axes.plot(
            [row["epoch"] for row in epochs],
            [100 * row["train_accuracy"] for row in epochs],
            color=COLORS[r.run.method],
            label=label,
        )
    axes.set(xlabel="epoch on all", ylabel="train accuracy (%)")
    axes.legend()
    return figure
