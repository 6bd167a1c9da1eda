"""Table 9: epochs, time, operations and memory of two experiments, by method.

Operations are counted by torch's counter of floating-point operations over training, the method
included and the test not. The memory of the CPU is the process's at the end of the last experiment.
"""

from collections.abc import Sequence

from paper_repro.records import Records
from paper_repro.run import Run
from paper_repro.scales import Scale, base, grid, seeds
from paper_repro.style import LABELS, markdown, plus_minus

METHODS = ("cold", "warm", "shrink_perturb", "dash")
_HEADER = ["method", "epochs", "seconds", "TFLOPs", "CPU memory, GiB", "GPU memory, GiB"]


def runs(scale: Scale) -> list[Run]:
    """Return two experiments of cold, warm, shrink and perturb, and DASH, with their cost."""
    size = {"smoke": 256, "cpu": 800, "paper": None}[scale]
    plain = base(scale, chunks=2, train_size=size, probes=("cost",))
    trials = range(2) if scale == "cpu" else seeds(scale)
    return grid(plain, seed=trials, method=METHODS)


def table(records: Sequence[Records]) -> str:
    """Return the sums over both experiments, and the memory after them, mean ± std over seeds."""
    rows = []
    for method in METHODS:
        chosen = [r for r in records if r.run.method == method]
        sums = {
            what: [float(sum(row[what] for row in r.experiments)) for r in chosen]
            for what in ("epochs", "seconds", "tflops")
        }
        gpu = [r.last["gpu_gib"] for r in chosen]
        rows.append(
            [
                LABELS[method],
                plus_minus(sums["epochs"]),
                plus_minus(sums["seconds"]),
                plus_minus(sums["tflops"], 2),
                plus_minus([r.last["cpu_gib"] for r in chosen], 2),
                "-" if None in gpu else plus_minus(gpu, 2),
            ]
        )
    return markdown(_HEADER, rows)
