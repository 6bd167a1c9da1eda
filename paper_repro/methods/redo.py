"""ReDo: dormant units are begun anew (Sokar et al., ICML 2023, arXiv 2302.12902)."""

import torch
from torch import Generator, Tensor

from paper_repro.learner import Learner
from paper_repro.units import hidden_layers, renew, use

_COUNT = "redo.steps"


def after_step(learner: Learner, inputs: Tensor, generator: Generator) -> None:
    """Every `redo_every` steps, renew the units whose use is at most τ times their layer's mean.

    Use is the mean |activation| over the step's batch; what a unit is begun anew with is said at
    `units.renew`. Steps are counted over all experiments.
    """
    run, memory = learner.run, learner.memory
    memory[_COUNT] = memory.get(_COUNT, torch.zeros((), dtype=torch.long)) + 1
    if memory[_COUNT] % run.redo_every:
        return
    fresh = learner.new_model(int(torch.randint(2**31, (), generator=generator)))
    layers = hidden_layers(learner.model)
    found = list(zip(layers, use(learner.model, layers, inputs), strict=True))
    for layer, used in reversed(found):  # so that what a renewed unit reads of another stays zero
        renew(learner, layer, used <= run.redo_threshold * used.mean(), fresh)
