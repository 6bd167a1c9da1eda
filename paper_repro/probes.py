"""What a run measures beside accuracy and steps; each probe is one function.

A probe of `BEFORE` sees the network after the method acted and before training, one of `AFTER`
once the experiment is over. What it returns becomes part of the experiment's row. What is measured
by epoch is in training.py.
"""

import copy
from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from featsim import bridge
from paper_repro.arrival import Experiment, seed_of
from paper_repro.curvature import curvature
from paper_repro.records import Probed
from paper_repro.training import Stage, accuracy

_SHOWN_ABOVE = 0.1


def gradient_norms(stage: Stage, model: nn.Module, experiment: Experiment) -> Probed:
    """Both norms of the gradient on all training data, before training (Figure 6).

    `summed_gradient_norm` is that of the authors' code: the gradients of the batches' mean losses
    are summed over the epoch, and only weights of convolutions and linear layers count. It grows
    with the number of batches. `gradient_norm` is that of the gradient of the mean loss over all
    data, all parameters. Both are with the batch statistics and the dropout of training, on a copy.
    """
    twin = copy.deepcopy(model).train()
    parameters = list(twin.parameters())
    mean, total = ([torch.zeros_like(p) for p in parameters] for _ in range(2))
    with torch.random.fork_rng(devices=_devices(stage)):
        torch.manual_seed(seed_of(stage.run, "gradient_norms", experiment.number))
        for inputs, targets in stage.pairs(experiment.train):
            with stage.autocast():
                loss = cross_entropy(twin(inputs), targets)
            gradients = torch.autograd.grad(loss, parameters)
            torch._foreach_add_(mean, gradients, alpha=len(targets) / len(experiment.train))
            torch._foreach_add_(total, gradients)
    counted = {
        id(module.weight) for module in twin.modules() if isinstance(module, nn.Conv2d | nn.Linear)
    }
    weights = [g for p, g in zip(parameters, total, strict=True) if id(p) in counted]
    return {"gradient_norm": _norm(mean), "summed_gradient_norm": _norm(weights)}


def _norm(tensors: list[Tensor]) -> float:
    return float(torch.stack([t.double().square().sum() for t in tensors]).sum().sqrt())


def _devices(stage: Stage) -> list[torch.device]:
    place = stage.machine.place
    return [place] if place.type == "cuda" else []


def test_cosines(stage: Stage, model: nn.Module, experiment: Experiment) -> Probed:
    """Box of cos(−∇L, filter) above 0.1, L the loss on the test data (Figure 14).

    Five quantiles (0, 25, 50, 75, 100 %), how many filters are above, and how many there are.
    """
    cosines = bridge.cosine_similarities(
        model, bridge.chunk_gradients(model, [stage.pairs(experiment.test, train=False)])
    )
    values = torch.cat([c.flatten() for name, c in cosines.items() if c.ndim == 2])
    above = values[values > _SHOWN_ABOVE]
    levels = torch.tensor([0, 0.25, 0.5, 0.75, 1]).to(above)
    box = torch.quantile(above, levels).tolist() if len(above) else None
    return {"test_cosines": {"box": box, "above": len(above), "filters": len(values)}}


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
BEFORE: dict[str, Measure] = {"curvature": curvature, "gradient_norms": gradient_norms}
AFTER: dict[str, Measure] = {"test_cosines": test_cosines, "dead_neurons": dead_neurons}
