"""Figure 14: cos(−∇L, filter) above 0.1 by training-set size, with the test accuracy."""

from paper_repro.run import Run
from paper_repro.scales import Scale, base, grid, seeds


def runs(scale: Scale) -> list[Run]:
    """Return the three-layer CNN, cold, on a growing training set."""
    changes = {
        "smoke": {"width": 8},
        "cpu": {"width": 32, "chunks": 4, "train_size": 2000, "epochs": 200},
        "paper": {"chunks": 10},
    }[scale]
    plain = base(scale, model="cnn", method="cold", probes=("filter_cosines",), **changes)
    return grid(plain, seed=seeds(scale))
