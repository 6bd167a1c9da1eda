"""Figure 17: heat maps over (α, λ) of DASH."""

from paper_repro.run import Run
from paper_repro.scales import Scale, base, grid, seeds


def runs(scale: Scale) -> list[Run]:
    """Return DASH over the grid of α and λ."""
    alphas, lams = (0.1, 0.3, 1.0), (0.05, 0.3, 0.6)
    if scale == "paper":
        alphas, lams = (0.1, 0.3, 0.5, 0.7, 0.9, 1.0), (0.05, 0.1, 0.2, 0.3, 0.4, 0.5)
    elif scale == "smoke":
        alphas, lams = (0.3, 1.0), (0.05, 0.3)
    sizes = {"chunks": 3, "train_size": 1500} if scale == "cpu" else {}
    plain = base(scale, method="dash", probes=(), **sizes)
    trials = range(2) if scale == "cpu" else seeds(scale)
    return grid(plain, seed=trials, alpha=alphas, lam=lams)
