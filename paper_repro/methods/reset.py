"""Reset of the last layer."""

from collections.abc import Iterable

import torch

from paper_repro.learner import Batches, Learner
from paper_repro.models import reset_head


def act(learner: Learner, chunks: Iterable[Batches], seed: int) -> None:
    """Bring the last layer, of VGG-16 all three of its head, back to a fresh initialization."""
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        reset_head(learner.model)
