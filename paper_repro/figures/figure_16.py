"""Figure 16: share of dead neurons after each block, warm and cold.

A channel is dead if no training image activates it.
"""

from collections.abc import Sequence

from matplotlib.figure import Figure

from paper_repro.figures.curves import by_method, draw_line
from paper_repro.figures.drawing import new_figure
from paper_repro.records import ExperimentRow, Records
from paper_repro.run import Run
from paper_repro.scales import Scale, base, grid, seeds


def runs(scale: Scale) -> list[Run]:
    """Return cold and warm with the probe of dead neurons."""
    plain = base(scale, probes=("dead_neurons",))
    return grid(plain, seed=seeds(scale), method=("cold", "warm"))


def draw(records: Sequence[Records]) -> Figure:
    """Draw a panel a block: the share by experiment."""
    blocks = len(records[0].last["dead_neurons"])
    figure, panels = new_figure(2, -(-blocks // 2))
    for block, axes in enumerate(panels[:blocks]):

        def share(row: ExperimentRow, block: int = block) -> float:
            return 100 * float(row["dead_neurons"][block])

        for line in by_method(records):
            draw_line(axes, line, share)
        axes.set(title=f"block {block + 1}", xlabel="experiment", ylabel="dead neurons (%)")
    panels[0].legend()
    return figure
