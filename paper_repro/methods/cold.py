"""Cold start: a new network and a new optimizer."""

from collections.abc import Iterable

from paper_repro.learner import Batches, Learner


def act(learner: Learner, chunks: Iterable[Batches], seed: int) -> None:
    """Start with a new network and a new optimizer."""
    learner.model = learner.new_model(seed)
    learner.optimizer = learner.new_optimizer(learner.model)
