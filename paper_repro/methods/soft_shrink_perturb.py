"""Soft shrink and perturb, at each step towards a fresh network.

Juliani and Ash (NeurIPS 2024, arXiv 2405.19153) shrink and perturb a little after every step in
place of much at once, the noise being the weights of a network freshly initialized.
"""

import torch
from torch import Generator, Tensor

from paper_repro.learner import Learner


def after_step(learner: Learner, inputs: Tensor, generator: Generator) -> None:
    """θ ← (1 − β) θ + β θ_fresh on all parameters, a new θ_fresh each step; momentum survives."""
    fresh = learner.new_model(int(torch.randint(2**31, (), generator=generator)))
    with torch.no_grad():
        for parameter, new in zip(learner.model.parameters(), fresh.parameters(), strict=True):
            parameter.lerp_(new, learner.run.beta)
