"""Table 9: epochs, time, operations and memory of two experiments, by method."""

from paper_repro.run import Run
from paper_repro.scales import Scale, base, grid, seeds

METHODS = ("cold", "warm", "shrink_perturb", "dash")


def runs(scale: Scale) -> list[Run]:
    """Return two experiments of cold, warm, shrink and perturb, and DASH, with their cost."""
    size = {"smoke": 256, "cpu": 1600, "paper": None}[scale]
    plain = base(scale, chunks=2, train_size=size, probes=("cost",))
    return grid(plain, seed=seeds(scale), method=METHODS)
