"""FIRE (arXiv 2602.08040): orthogonalize linear weights and convolution kernels."""

from collections.abc import Iterable

from featsim import bridge
from paper_repro.learner import Batches, Learner


def act(learner: Learner, chunks: Iterable[Batches], seed: int) -> None:
    """Orthogonalize by Newton–Schulz iterations; the momentum survives."""
    bridge.fire_(learner.model)
