"""Reset of the last layer."""

from collections.abc import Iterable

import torch

from paper_repro.learner import Batches, Learner
from paper_repro.models import last_layer


def act(learner: Learner, chunks: Iterable[Batches], seed: int) -> None:
    """Bring the last layer back to a fresh initialization."""
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        last_layer(learner.model).reset_parameters()
