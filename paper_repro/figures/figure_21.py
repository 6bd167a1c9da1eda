"""Figure 21: data discarding with shrink and perturb every 10, 15 or 20 chunks until chunk 40."""

from collections.abc import Sequence

from matplotlib.figure import Figure

from paper_repro.figures.discarding import discarding_runs, draw_discarding
from paper_repro.records import Records
from paper_repro.run import Run
from paper_repro.scales import Scale


def runs(scale: Scale) -> list[Run]:
    """Return warm, and shrink and perturb at three distances."""
    return discarding_runs(scale, "shrink_perturb")


def draw(records: Sequence[Records]) -> Figure:
    """Draw test accuracy and steps by chunk."""
    return draw_discarding(records)
