"""Continual backpropagation: little used units are begun anew, a few at a time.

Dohare et al., Nature 632 (2024), Algorithm 1: a unit's utility is a running mean, with decay 0.99,
of its |activation| times its summed |weight| in the layer that reads it. In each step each layer
owes `replace_rate` of its units that are older than `maturity` steps; whenever it owes a whole one,
the one of least utility among those is renewed, its utility and age set to 0.
"""

import torch
from torch import Generator, Tensor

from paper_repro.learner import Learner
from paper_repro.units import hidden_layers, outgoing, renew, use

_DECAY = 0.99


def after_step(learner: Learner, inputs: Tensor, generator: Generator) -> None:
    """Update utilities by the step's batch, and renew what is owed."""
    run, memory, model = learner.run, learner.memory, learner.model
    layers = hidden_layers(model)
    for layer, used in zip(layers, use(model, layers, inputs), strict=True):
        name = f"continual_backprop.{layer.into}"
        worth = used * outgoing(model, layer)
        state = memory.get(name)  # utility and age by unit; what is owed, the same for all
        if state is None:
            state = torch.zeros(3, len(used), device=used.device)
        utility, age, owed = state
        utility = _DECAY * utility + (1 - _DECAY) * worth
        age = age + 1
        ripe = age > run.maturity
        owed = owed + run.replace_rate * ripe.sum()
        number = int(owed[0])
        if number:
            worst = utility.masked_fill(~ripe, torch.inf).argsort()[:number]
            fresh = learner.new_model(int(torch.randint(2**31, (), generator=generator)))
            renew(learner, layer, worst, fresh)
            utility[worst], age[worst], owed = 0, 0, owed - number
        memory[name] = torch.stack([utility, age, owed])
