"""Plain L2: a penalty on the size of the weights."""

import torch
from torch import Tensor

from paper_repro.learner import Learner


def penalty(learner: Learner) -> Tensor:
    """Return the sum of squares of all parameters, times its weight."""
    squares = [p.square().sum() for p in learner.model.parameters()]
    return learner.run.l2 * torch.stack(squares).sum()
