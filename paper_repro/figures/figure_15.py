"""Figure 15: warm and cold with layer normalization in place of batch normalization."""

from collections.abc import Sequence

from matplotlib.figure import Figure

from paper_repro.figures.curves import BOTH, Line, panels
from paper_repro.records import Records
from paper_repro.run import Run
from paper_repro.scales import Scale, base, grid, seeds
from paper_repro.style import COLORS, LABELS

_DASHES = {"batch": "-", "layer": "--"}


def runs(scale: Scale) -> list[Run]:
    """Return cold and warm with both normalizations."""
    return grid(base(scale), norm=("batch", "layer"), seed=seeds(scale), method=("cold", "warm"))


def draw(records: Sequence[Records]) -> Figure:
    """Draw two panels, a line for each method and normalization."""
    keys = dict.fromkeys((r.run.norm, r.run.method) for r in records)
    lines = [
        Line(
            f"{LABELS[method]}, {norm} norm",
            [r for r in records if (r.run.norm, r.run.method) == (norm, method)],
            COLORS[method],
            _DASHES[norm],
        )
        for norm, method in keys
    ]
    return panels(lines, BOTH, "experiment")
