"""A network in training: what a method may use to change it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cached_property

from torch import Tensor, nn
from torch.optim import Optimizer

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
    first_seed: int
    """Seed of the network of the first experiment."""
    memory: dict[str, Tensor] = field(default_factory=dict)
    """What a method keeps from step to step; part of the checkpoint."""

    @cached_property
    def initial(self) -> dict[str, Tensor]:
        """Parameters as they were initialized for the first experiment."""
        first = self.new_model(self.first_seed)
        return {name: p.detach() for name, p in first.named_parameters()}
