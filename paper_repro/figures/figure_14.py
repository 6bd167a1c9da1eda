"""Figure 14: cos(−∇L, filter) above 0.1 by training-set size, with the test accuracy.

L is the loss on the test data, once training is over. A box spans the quartiles, the whiskers
everything above 0.1; boxes and accuracy are means over seeds.
"""

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure

from paper_repro.figures.drawing import new_figure
from paper_repro.records import Records
from paper_repro.run import Run
from paper_repro.scales import Scale, base, grid, seeds, sized
from paper_repro.style import COLORS

MOST_LABELS = 10
"""Most boxes that are labelled; where there are more, only some are, the last among them."""


def runs(scale: Scale) -> list[Run]:
    """Return the three-layer CNN, cold, on a growing training set."""
    changes: dict[str, int] = {
        "smoke": {"width": 8},
        "cpu": {"width": 16, "chunks": 4, "train_size": 1200, "epochs": 200},
        "paper": {"chunks": 10},
    }[scale]
    model = sized(scale, "cnn")
    plain = base(scale, model=model, method="cold", probes=("test_cosines",), **changes)
    return grid(plain, seed=seeds(scale))


def draw(records: Sequence[Records]) -> Figure:
    """Draw a box for each size of the training set, the accuracy on an axis of its own."""
    figure, (axes,) = new_figure(1)
    rows = range(len(records[0].experiments))
    sizes = [row["train_size"] for row in records[0].experiments]
    apart = -(-len(sizes) // MOST_LABELS)
    labels = ["" if (len(sizes) - 1 - i) % apart else f"{sizes[i]:,}" for i in rows]
    boxes = []
    for i in rows:
        found = [r.experiments[i]["test_cosines"]["box"] for r in records]
        low, q1, median, q3, high = np.mean([box for box in found if box] or [[np.nan] * 5], axis=0)
        boxes.append(
            {"whislo": low, "q1": q1, "med": median, "q3": q3, "whishi": high, "label": labels[i]}
        )
    axes.bxp(boxes, showfliers=False, medianprops={"color": COLORS["warm"]})
    axes.set(xlabel="training samples", ylabel="cos(−∇L, filter) above 0.1", ylim=(0, None))
    other = axes.twinx()
    accuracy = [100 * np.mean([r.experiments[i]["test_accuracy"] for r in records]) for i in rows]
    other.plot([i + 1 for i in rows], accuracy, "o--", color=COLORS["cold"], label="test accuracy")
    other.spines["right"].set_visible(True)
    other.set_ylabel("test accuracy (%)")
    other.legend(loc="lower right")
    return figure
