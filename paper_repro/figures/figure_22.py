"""Figure 22: new samples every epoch, then as many epochs on all; shrinks at equal distances."""

from collections.abc import Sequence

from matplotlib.figure import Figure

from paper_repro.figures.by_epoch import draw_by_epoch
from paper_repro.figures.drawing import new_figure
from paper_repro.records import Records
from paper_repro.run import Run
from paper_repro.scales import Scale, base, grid, seeds

METHODS = ("cold", "warm", "shrink_perturb", "dash")
_EPOCHS = {"smoke": 12, "cpu": 40, "paper": 500}


def runs(scale: Scale) -> list[Run]:
    """Return 500 epochs with new samples and 500 more, a shrink every 50; fewer below paper."""
    epochs = _EPOCHS[scale]
    plain = base(
        scale, arrival="continuous", chunks=epochs, epochs=epochs, every=max(2, epochs // 10),
        probes=("test_accuracy_by_epoch",),
    )  # fmt: skip
    return grid(plain, seed=seeds(scale), method=METHODS)


def draw(records: Sequence[Records]) -> Figure:
    """Draw the test accuracy by epoch as data arrive and, right of the dashed line, on all."""
    figure, (axes,) = new_figure(1)
    draw_by_epoch(axes, records, halves_at=records[0].run.chunks)
    return figure
