"""Data discarding, which Figures 20 and 21 show for DASH and for shrink and perturb.

One chunk at a time is trained on; the method acts every 10, 15 or 20 chunks until chunk 40.
"""

from collections.abc import Sequence

from matplotlib.figure import Figure

from paper_repro.figures.curves import BOTH, Line, panels
from paper_repro.records import Records
from paper_repro.run import Run
from paper_repro.scales import Scale, base, grid, seeds
from paper_repro.style import COLORS, LABELS

_DASHES = ("-", "--", ":")


def discarding_runs(scale: Scale, method: str) -> list[Run]:
    """Return warm, and the method at three distances; 10 chunks below paper scale."""
    plain = base(scale, arrival="discard", until=40, probes=())
    intervals: tuple[int, ...] = (10, 15, 20)
    if scale != "paper":
        plain = base(scale, arrival="discard", until=8, probes=(), chunks=10)
        intervals = (2, 3, 4)
    warm = grid(plain, seed=seeds(scale), method=("warm",))
    return warm + grid(plain, every=intervals, seed=seeds(scale), method=(method,))


def draw_discarding(records: Sequence[Records]) -> Figure:
    """Draw two panels, a line for warm and for each distance between two shrinks."""
    keys = dict.fromkeys((r.run.method, r.run.every) for r in records)
    intervals = sorted({every for method, every in keys if method != "warm"})
    lines = []
    for method, every in keys:
        chosen = [r for r in records if (r.run.method, r.run.every) == (method, every)]
        if method == "warm":
            lines.append(Line(LABELS[method], chosen, COLORS[method]))
        else:
            label = f"{LABELS[method]} every {every} chunks"
            dashes = _DASHES[intervals.index(every)]
            lines.append(Line(label, chosen, COLORS[method], dashes))
    return panels(lines, BOTH, "chunk")
