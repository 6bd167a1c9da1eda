"""Parseval regularization (Chung et al., NeurIPS 2024, arXiv 2412.07224)."""

import torch
from torch import Tensor, nn

from paper_repro.learner import Learner

_SCALE = 2.0


def penalty(learner: Learner) -> Tensor:
    """Return the summed ‖W Wᵀ − s I‖²_F of all weights but the last layer's, times its weight.

    A row of W is all that leads to one output, a convolution's kernels included. Where there are
    more rows than columns, which cannot all be orthogonal, it is of WᵀW. The scale s is 2, that of
    Kaiming's initialization for rectifiers.
    """
    layers = [m for m in learner.model.modules() if isinstance(m, nn.Linear | nn.Conv2d)]
    return learner.run.parseval * torch.stack([_distance(m.weight) for m in layers[:-1]]).sum()


def _distance(weight: Tensor) -> Tensor:
    matrix = weight.flatten(1)
    if matrix.shape[0] > matrix.shape[1]:
        matrix = matrix.T
    return (matrix @ matrix.T - _SCALE * torch.eye(len(matrix)).to(matrix)).square().sum()
