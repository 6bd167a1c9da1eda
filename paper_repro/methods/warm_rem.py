"""Warm start without momentum."""

from collections.abc import Iterable

from paper_repro.learner import Batches, Learner


def act(learner: Learner, chunks: Iterable[Batches], seed: int) -> None:
    """Go on from the last weights with a new optimizer."""
    learner.optimizer = learner.new_optimizer(learner.model)
