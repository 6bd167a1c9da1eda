"""Plain shrink, all weights by one factor."""

from collections.abc import Iterable

from featsim import bridge
from paper_repro.learner import Batches, Learner


def act(learner: Learner, chunks: Iterable[Batches], seed: int) -> None:
    """θ ← λ θ on linear and convolution layers; the momentum survives."""
    bridge.shrink_perturb_(learner.model, shrink=learner.run.lam, sigma=0)
