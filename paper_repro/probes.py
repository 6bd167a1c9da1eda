"""What a run measures beside accuracy and steps; each probe is one function.

A probe of `BEFORE` sees the network after the method acted and before training, one of `AFTER`
once the experiment is over. What it returns becomes part of the experiment's row.
"""

import copy
from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from featsim import bridge
from paper_repro.arrival import Experiment
from paper_repro.records import Probed
from paper_repro.training import Stage, accuracy

_SHOWN_ABOVE = 0.1


def gradient_norm(stage: Stage, model: nn.Module, experiment: Experiment) -> Probed:
    """Norm of the gradient of the mean loss over all training data, as training sees it (Figure 6).

    With the batch statistics of training, on a copy: a new network has no others, and in eval
    mode the norm of its gradient would mostly be an accident of its initialization.
    """
    twin = copy.deepcopy(model).train()
    parameters = list(twin.parameters())
    total = [torch.zeros_like(p) for p in parameters]
    for inputs, targets in stage.pairs(experiment.train):
        with stage.autocast():
            loss = cross_entropy(twin(inputs), targets)
        weight = len(targets) / len(experiment.train)
        torch._foreach_add_(total, torch.autograd.grad(loss, parameters), alpha=weight)
    squares = torch.stack([g.double().square().sum() for g in total])
    return {"gradient_norm": float(squares.sum().sqrt())}


def old_accuracy(stage: Stage, model: nn.Module, experiment: Experiment) -> Probed:
    """Accuracy on the data that were there before the newest chunk, in eval mode.

    After a shrink the statistics of batch normalization no longer fit, so this falls to a guess;
    the running accuracy on old data in the epochs' rows is with batch statistics (Figure 13).
    """
    if not len(experiment.old):
        return {"start_old_accuracy": None}
    return {"start_old_accuracy": accuracy(stage, model, experiment.old, train=True)}


def filter_cosines(stage: Stage, model: nn.Module, experiment: Experiment) -> Probed:
    """Box of cos(−∇L, filter) above 0.1, L the loss on the training data (Figure 14).

    Five quantiles (0, 25, 50, 75, 100 %), how many filters are above, and how many there are.
    """
    cosines = bridge.cosine_similarities(
        model, bridge.chunk_gradients(model, [stage.pairs(experiment.train)])
    )
    values = torch.cat([c.flatten() for name, c in cosines.items() if c.ndim == 2])
    above = values[values > _SHOWN_ABOVE]
    levels = torch.tensor([0, 0.25, 0.5, 0.75, 1]).to(above)
    box = torch.quantile(above, levels).tolist() if len(above) else None
    return {"filter_cosines": {"box": box, "above": len(above), "filters": len(values)}}


def dead_neurons(stage: Stage, model: nn.Module, experiment: Experiment) -> Probed:
    """Share of channels that no training image activates, after each block (Figure 16).

    A block is a stage of ResNet-18; elsewhere each rectifier ends one.
    """
    blocks = [module for name, module in model.named_children() if name.startswith("layer")]
    if not blocks:
        blocks = [module for module in model.modules() if isinstance(module, nn.ReLU)]
    alive: dict[int, Tensor] = {}

    def note(number: int) -> Callable[[nn.Module, object, Tensor], None]:
        def hook(module: nn.Module, inputs: object, output: Tensor) -> None:
            active = (output > 0).transpose(0, 1).flatten(1).any(1)
            alive[number] = alive[number] | active if number in alive else active

        return hook

    handles = [block.register_forward_hook(note(i)) for i, block in enumerate(blocks)]
    try:
        accuracy(stage, model, experiment.train, train=True)
    finally:
        for handle in handles:
            handle.remove()
    return {"dead_neurons": [1 - alive[i].double().mean().item() for i in range(len(blocks))]}


Measure = Callable[[Stage, nn.Module, Experiment], Probed]
BEFORE: dict[str, Measure] = {"gradient_norm": gradient_norm, "old_accuracy": old_accuracy}
AFTER: dict[str, Measure] = {"filter_cosines": filter_cosines, "dead_neurons": dead_neurons}
