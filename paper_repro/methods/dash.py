"""DASH (Algorithm 1): shrink every weight vector by its angle to the negative gradient."""

from collections.abc import Iterable

from featsim import bridge
from paper_repro.learner import Batches, Learner


def act(learner: Learner, chunks: Iterable[Batches], seed: int) -> None:
    """Shrink by direction; the momentum survives, as in the authors' code."""
    gradients = bridge.chunk_gradients(learner.model, chunks)
    bridge.dash_(learner.model, gradients, alpha=learner.run.alpha, lam=learner.run.lam)
