"""L2 INIT: a penalty on the distance to the initial weights."""

import torch
from torch import Tensor

from paper_repro.learner import Learner


def penalty(learner: Learner) -> Tensor:
    """Return the squared distance to the initial weights, times its weight.

    The default is the sum of squares over all parameters, as in the paper; the authors' code has
    the square of the summed norms of the weights' distances, normalization's included and no bias.
    """
    distances = {n: p - learner.initial[n] for n, p in learner.model.named_parameters()}
    if learner.run.l2_of_summed_norms:
        weights = [d for name, d in distances.items() if name.endswith("weight")]
        return (
            learner.run.l2 * torch.stack([torch.linalg.vector_norm(d) for d in weights]).sum() ** 2
        )
    return learner.run.l2 * torch.stack([d.square().sum() for d in distances.values()]).sum()
