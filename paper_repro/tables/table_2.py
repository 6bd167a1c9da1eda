"""Table 2: L2 INIT and reset beside cold, warm and DASH.

L2 INIT has the form of the authors' code, the square of the summed norms, and three weights.
"""

from collections.abc import Sequence

from paper_repro.records import Records
from paper_repro.run import Run
from paper_repro.scales import Scale, base, grid, seeds
from paper_repro.tables.summary import summary

METHODS = ("cold", "warm", "reset", "dash")
L2_WEIGHTS = (1e-2, 1e-3, 1e-5)


def runs(scale: Scale) -> list[Run]:
    """Return the methods on the scale's data set, L2 INIT at each of its weights."""
    plain = base(scale)
    penalized = base(scale, method="l2_init", l2_of_summed_norms=True)
    trials = seeds(scale)
    return grid(plain, seed=trials, method=METHODS) + grid(penalized, l2=L2_WEIGHTS, seed=trials)


def table(records: Sequence[Records]) -> str:
    """Return the last experiment and the mean over experiments, ± std over seeds."""
    return summary(records, lambda run: f"l = {run.l2:g}" if run.method == "l2_init" else "")
