"""Hidden units: how much each is used, and how one is begun anew.

A unit is an output of a linear layer or a channel of a convolution that one further layer reads,
after normalization, rectifier and pooling: in the sequential networks every pair of layers that
follow each other, in ResNet-18 the two convolutions of each block. What is added up across blocks
has no single reader and is left alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from paper_repro.learner import Learner
from paper_repro.vision import models

Layer = nn.Linear | nn.Conv2d


@dataclass(frozen=True)
class Hidden:
    """A layer of hidden units, by the names of the modules around it."""

    into: str
    """The layer whose outputs they are."""
    norm: str | None
    """The normalization between the two, if there is one."""
    out: str
    """The layer that reads them."""


def hidden_layers(model: nn.Module) -> list[Hidden]:
    """Return the layers of hidden units, from the images to the classes."""
    blocks = [n for n, m in model.named_modules() if isinstance(m, models.resnet.BasicBlock)]
    if blocks:
        return [Hidden(f"{n}.conv1", f"{n}.bn1", f"{n}.conv2") for n in blocks]
    found: list[Hidden] = []
    into, norm = None, None
    for name, module in model.named_modules():
        if isinstance(module, Layer):
            if into is not None:
                found.append(Hidden(into, norm, name))
            into, norm = name, None
        elif len(list(module.children())) == 0 and getattr(module, "weight", None) is not None:
            norm = name
    return found


def use(model: nn.Module, layers: Sequence[Hidden], inputs: Tensor) -> list[Tensor]:
    """Return each unit's mean |activation| over a batch and all positions, as its reader sees it.

    In eval mode, so that the statistics of batch normalization are used and not changed.
    """
    seen: dict[str, Tensor] = {}
    handles = []
    for layer in layers:
        units = model.get_submodule(layer.into).get_parameter("weight").shape[0]

        def note(
            module: nn.Module, args: tuple[Tensor], name: str = layer.out, units: int = units
        ) -> None:
            seen[name] = args[0].reshape(len(args[0]), units, -1).abs().mean((0, 2))

        handles.append(model.get_submodule(layer.out).register_forward_pre_hook(note))
    training = model.training
    model.eval()
    try:
        with torch.no_grad():
            model(inputs)
    finally:
        model.train(training)
        for handle in handles:
            handle.remove()
    return [seen[layer.out] for layer in layers]


def outgoing(model: nn.Module, layer: Hidden) -> Tensor:
    """Return each unit's summed |weight| in the layer that reads it."""
    weight = model.get_submodule(layer.out).get_parameter("weight").detach()
    return _by_unit(weight, model, layer).abs().transpose(0, 1).flatten(1).sum(1)


def renew(learner: Learner, layer: Hidden, units: Tensor, fresh: nn.Module) -> None:
    """Begin units anew: weights into them as in `fresh`, those out of them zero, no momentum.

    Parameters
    ----------
    learner : Learner
        The network and its optimizer, changed in place.
    layer : Hidden
        The units' layer.
    units : torch.Tensor
        Their numbers, or a mask over all of the layer.
    fresh : torch.nn.Module
        A network freshly initialized.
    """
    model = learner.model
    with torch.no_grad():
        for name in (layer.into, layer.norm):
            if name is None:
                continue
            given, target = fresh.get_submodule(name), model.get_submodule(name)
            state = given.state_dict()
            for key, value in target.state_dict().items():
                if value.ndim:  # not the count of batches of a normalization
                    value[units] = state[key][units]
            for parameter in target.parameters():
                _momentum(learner, parameter)[units] = 0
        reader = model.get_submodule(layer.out).get_parameter("weight")
        for values in (reader, _momentum(learner, reader)):
            _by_unit(values, model, layer)[:, units] = 0


def _by_unit(values: Tensor, model: nn.Module, layer: Hidden) -> Tensor:
    """Return a view of a reader's weights, or what is shaped so, whose second axis is the units."""
    if values.ndim > 2:
        return values
    units = model.get_submodule(layer.into).get_parameter("weight").shape[0]
    return values.view(len(values), units, -1)  # a convolution's channels may be many positions


def _momentum(learner: Learner, parameter: nn.Parameter) -> Tensor:
    """Return the momentum of a parameter; a stand-in that is dropped if it has none."""
    optimizer = getattr(learner.optimizer, "base_optimizer", learner.optimizer)  # SAM's is inside
    buffer = optimizer.state.get(parameter, {}).get("momentum_buffer")
    return torch.zeros_like(parameter) if buffer is None else buffer
