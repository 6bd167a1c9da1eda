"""Table 2: L2 INIT and reset beside cold, warm and DASH."""

from collections.abc import Sequence

from paper_repro.records import Records
from paper_repro.run import Run
from paper_repro.scales import Scale, base, grid, seeds
from paper_repro.tables.summary import summary

METHODS = ("cold", "warm", "l2_init", "reset", "dash")


def runs(scale: Scale) -> list[Run]:
    """Return the five methods on the scale's data set."""
    return grid(base(scale), seed=seeds(scale), method=METHODS)


def table(records: Sequence[Records]) -> str:
    """Return the last experiment and the mean over experiments, ± std over seeds."""
    return summary(records)
