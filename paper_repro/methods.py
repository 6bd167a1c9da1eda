"""What each method does when a chunk has arrived, and what it adds to the loss.

A new method is one function here, its name in `METHODS` and in `run.Method`.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

import torch
from torch import Tensor, nn
from torch.optim import Optimizer

from featsim import bridge
from paper_repro.models import last_layer
from paper_repro.run import Run

Batches = Iterable[tuple[Tensor, Tensor]]


@dataclass
class Learner:
    """A network with its optimizer, and what a method may use to change them."""

    run: Run
    model: nn.Module
    optimizer: Optimizer
    new_model: Callable[[int], nn.Module]
    """A network freshly initialized from a seed."""
    new_optimizer: Callable[[nn.Module], Optimizer]
    """An optimizer without momentum for a network."""
    initial: dict[str, Tensor] = field(default_factory=dict)
    """Parameters as they were initialized, kept for L2 INIT only."""


def cold(learner: Learner, chunks: Iterable[Batches], seed: int) -> None:
    """Start with a new network and a new optimizer."""
    learner.model = learner.new_model(seed)
    learner.optimizer = learner.new_optimizer(learner.model)


def warm(learner: Learner, chunks: Iterable[Batches], seed: int) -> None:
    """Go on from the last weights and momentum."""


def warm_rem(learner: Learner, chunks: Iterable[Batches], seed: int) -> None:
    """Go on from the last weights, without momentum."""
    learner.optimizer = learner.new_optimizer(learner.model)


def shrink_perturb(learner: Learner, chunks: Iterable[Batches], seed: int) -> None:
    """θ ← λ θ + N(0, σ²) on linear and convolution layers (Ash and Adams, NeurIPS 2020)."""
    generator = torch.Generator().manual_seed(seed)
    run = learner.run
    bridge.shrink_perturb_(learner.model, shrink=run.lam, sigma=run.sigma, generator=generator)


def shrink(learner: Learner, chunks: Iterable[Batches], seed: int) -> None:
    """θ ← λ θ on linear and convolution layers."""
    bridge.shrink_perturb_(learner.model, shrink=learner.run.lam, sigma=0)


def dash(learner: Learner, chunks: Iterable[Batches], seed: int) -> None:
    """Shrink by direction (Algorithm 1); the momentum survives, as in the authors' code."""
    gradients = bridge.chunk_gradients(learner.model, chunks)
    bridge.dash_(learner.model, gradients, alpha=learner.run.alpha, lam=learner.run.lam)


def reset(learner: Learner, chunks: Iterable[Batches], seed: int) -> None:
    """Bring the last layer back to a fresh initialization."""
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        last_layer(learner.model).reset_parameters()


def l2_to_initial(learner: Learner) -> Tensor:
    """Return the squared distance to the initial weights, times its weight (L2 INIT).

    The default is the sum of squares, as in the paper; the authors' code has the square of the
    summed norms of the parameters' distances.
    """
    distances = [p - learner.initial[name] for name, p in learner.model.named_parameters()]
    if learner.run.l2_of_summed_norms:
        return (
            learner.run.l2
            * torch.stack([torch.linalg.vector_norm(d) for d in distances]).sum() ** 2
        )
    return learner.run.l2 * torch.stack([d.square().sum() for d in distances]).sum()


Act = Callable[[Learner, Iterable[Batches], int], None]
METHODS: dict[str, Act] = {
    "cold": cold,
    "warm": warm,
    "warm_rem": warm_rem,
    "shrink_perturb": shrink_perturb,
    "shrink": shrink,
    "dash": dash,
    "l2_init": warm,
    "reset": reset,
}
PENALTIES: dict[str, Callable[[Learner], Tensor]] = {"l2_init": l2_to_initial}
