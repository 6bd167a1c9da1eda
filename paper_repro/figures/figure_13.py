"""Figure 13: accuracy on the previous data in the first epochs after each method, λ = 0.05."""

from paper_repro.run import Run
from paper_repro.scales import Scale, base, grid, seeds

METHODS = ("warm", "dash", "shrink_perturb", "shrink")


def runs(scale: Scale) -> list[Run]:
    """Return warm, DASH, shrink and perturb, and shrink; two chunks, but at paper scale."""
    two = {"chunks": 2, "train_size": 1600} if scale == "cpu" else {}
    return grid(base(scale, lam=0.05, **two), seed=seeds(scale), method=METHODS)
