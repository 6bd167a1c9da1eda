"""The runs behind the claims of section 3 and 5: cold, warm and DASH on growing data."""

from paper_repro.run import Run
from paper_repro.scales import Scale, base, grid, seeds

METHODS = ("cold", "warm", "dash")


def runs(scale: Scale) -> list[Run]:
    """Return cold, warm and DASH with all seeds of the scale, on ResNet-18."""
    return grid(base(scale), seed=seeds(scale), method=METHODS)


def full_width_runs(scale: Scale) -> list[Run]:
    """Return the same at full width on less data, one seed; at cpu scale only."""
    if scale != "cpu":
        return []
    return grid(base(scale, width=64, chunks=2, train_size=800), method=METHODS)


def fashion_runs(scale: Scale) -> list[Run]:
    """Return the same on Fashion-MNIST; at cpu scale only."""
    if scale != "cpu":
        return []
    run = base(scale, dataset="fashion_mnist", chunks=4, train_size=2000)
    return grid(run, seed=seeds(scale), method=METHODS)
