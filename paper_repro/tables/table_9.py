"""Table 9: epochs, time and operations of two experiments, by method.

Operations are counted by torch's counter over training, the method included and the test not; the
time is that of the same runs without the counter, and holds the test. Memory is not measured: it
would need a process of its own for each method.
"""

from collections.abc import Sequence

from paper_repro.records import Records
from paper_repro.run import Run
from paper_repro.scales import Scale, base, grid, seeds
from paper_repro.style import LABELS
from paper_repro.tables.text import markdown, plus_minus

METHODS = ("cold", "warm", "shrink_perturb", "dash")
_HEADER = ["method", "epochs", "seconds", "TFLOPs"]


def runs(scale: Scale) -> list[Run]:
    """Return two experiments of each method, with the counter and without it."""
    size = {"smoke": 256, "cpu": 800, "paper": None}[scale]
    plain = base(scale, chunks=2, train_size=size)
    trials = range(2) if scale == "cpu" else seeds(scale)
    return grid(plain, probes=(("cost",), ()), seed=trials, method=METHODS)


def table(records: Sequence[Records]) -> str:
    """Return the sums over both experiments, mean ± standard deviation over seeds."""
    rows = []
    for method in METHODS:
        chosen = [r for r in records if r.run.method == method]
        cut = any(r.any_cut for r in chosen)
        counted = [r.experiments for r in chosen if r.run.probes]
        timed = [r.experiments for r in chosen if not r.run.probes]
        rows.append(
            [
                LABELS[method],
                plus_minus(
                    [sum(row["epochs"] for row in one) for one in timed],
                    cut=cut,
                ),
                plus_minus([sum(row["seconds"] for row in one) for one in timed], cut=cut),
                plus_minus([sum(row["tflops"] for row in one) for one in counted], 2, cut=cut),
            ]
        )
    return markdown(_HEADER, rows)
