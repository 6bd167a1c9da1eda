"""Figure 23: classes arrive one by one, data kept; the test is over the classes seen."""

from collections.abc import Sequence

from matplotlib.figure import Figure

from paper_repro.figures.curves import BOTH, by_method, panels
from paper_repro.records import Records
from paper_repro.run import Run
from paper_repro.scales import Scale, base, grid, seeds

METHODS = ("cold", "warm", "shrink_perturb", "dash")


def runs(scale: Scale) -> list[Run]:
    """Return cold, warm, shrink and perturb, and DASH."""
    plain = base(scale, arrival="classes", probes=())
    if scale == "cpu":
        plain = base(scale, arrival="classes", probes=(), train_size=2000)
    return grid(plain, seed=seeds(scale), method=METHODS)


def draw(records: Sequence[Records]) -> Figure:
    """Draw two panels, a line a method: mean and standard deviation over seeds."""
    return panels(by_method(records), BOTH, "classes seen")
