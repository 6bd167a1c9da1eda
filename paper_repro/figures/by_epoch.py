"""Accuracy by epoch over all experiments of a run, one after the other (Figures 19 and 22)."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes

from paper_repro.records import Records
from paper_repro.style import COLORS, LABELS


def draw_by_epoch(axes: Axes, records: Sequence[Records], halves_at: int) -> None:
    """Draw the test accuracy after each epoch, a line a method: mean and deviation over seeds.

    A dashed line stands where the second half begins.
    """
    for method in dict.fromkeys(r.run.method for r in records):
        chosen = [r for r in records if r.run.method == method]
        table = np.array([[100 * row["test_accuracy"] for row in r.epochs] for r in chosen])
        epochs, mean = np.arange(1, table.shape[1] + 1), table.mean(0)
        axes.plot(epochs, mean, color=COLORS[method], label=LABELS[method])
        if len(table) > 1:
            spread = table.std(0, ddof=1)
            axes.fill_between(
                epochs, mean - spread, mean + spread, color=COLORS[method], alpha=0.2, linewidth=0
            )
    axes.axvline(halves_at + 0.5, color="gray", linestyle="--", linewidth=0.8)
    axes.set(xlabel="epoch", ylabel="test accuracy (%)")
    axes.legend()
