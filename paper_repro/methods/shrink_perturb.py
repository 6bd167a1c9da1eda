"""Shrink and perturb (Ash and Adams, NeurIPS 2020)."""

from collections.abc import Iterable

import torch

from featsim import bridge
from paper_repro.learner import Batches, Learner


def act(learner: Learner, chunks: Iterable[Batches], seed: int) -> None:
    """θ ← λ θ + N(0, σ²) on linear and convolution layers; the momentum survives."""
    generator = torch.Generator().manual_seed(seed)
    run = learner.run
    bridge.shrink_perturb_(learner.model, shrink=run.lam, sigma=run.sigma, generator=generator)
