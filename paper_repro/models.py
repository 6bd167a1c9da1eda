"""The four networks, for 1 or 3 channels, any class count and images from 8×8.

ResNet-18 is torchvision's with a 3×3 stem of stride 1, its max-pool kept as in the authors' code.
VGG-16 has torchvision's convolutions, a mean over positions and one linear layer. The widths of
all are in proportion to `width`, 64 being the published network.
"""

import itertools
from collections.abc import Sequence

import torch
from torch import nn

from paper_repro.errors import Mendable
from paper_repro.run import Run
from paper_repro.vision import models

_VGG16 = (64, 64, "M", 128, 128, "M", *(256,) * 3, "M", *(512,) * 3, "M", *(512,) * 3, "M")


def make_model(run: Run, shape: Sequence[int], classes: int, seed: int) -> nn.Module:
    """Return the run's network, initialized from `seed`; torch's random state is left as it was.

    Parameters
    ----------
    run : Run
        Model, width and normalization.
    shape : sequence of int
        (channels, height, width) of an image.
    classes : int
        Outputs.
    seed : int
        Seed of the initialization.
    """
    if min(shape[1:]) < 8:
        raise Mendable(f"images must be at least 8×8; they are {shape[1]}×{shape[2]}")
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        model = _BUILDERS[run.model](shape, classes, run.width)
    if run.norm == "layer":
        _replace_batch_norm(model)
    return model.to(memory_format=torch.channels_last)


def last_layer(model: nn.Module) -> nn.Linear:
    """Return the layer that gives the classes."""
    return [module for module in model.modules() if isinstance(module, nn.Linear)][-1]


class _ResNet18(models.ResNet):
    def __init__(self, shape: Sequence[int], classes: int, width: int) -> None:
        self._width = width
        super().__init__(models.resnet.BasicBlock, [2, 2, 2, 2], num_classes=classes)
        self.conv1 = nn.Conv2d(shape[0], width, 3, padding=1, bias=False)
        nn.init.kaiming_normal_(self.conv1.weight, mode="fan_out", nonlinearity="relu")
        self.bn1 = nn.BatchNorm2d(width)
        self.fc = nn.Linear(8 * width, classes)

    def _make_layer(
        self, block: type, planes: int, blocks: int, stride: int = 1, dilate: bool = False
    ) -> nn.Sequential:
        if planes == 64:  # the first stage reads the stem, which has `width` channels
            self.inplanes = self._width
        return super()._make_layer(block, planes * self._width // 64, blocks, stride, dilate)


def _vgg16(shape: Sequence[int], classes: int, width: int) -> nn.Module:
    side, plan = min(shape[1:]), []
    for item in _VGG16:
        if item != "M":
            plan.append(item * width // 64)
        elif side > 1:  # a small image is pooled until one pixel is left
            side //= 2
            plan.append(item)
    features = models.vgg.make_layers(plan, batch_norm=True)
    features[0] = nn.Conv2d(shape[0], plan[0], 3, padding=1)
    for module in features.modules():
        if isinstance(module, nn.Conv2d):
            nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")
            nn.init.zeros_(module.bias)
    head = nn.Linear(plan[-2] if plan[-1] == "M" else plan[-1], classes)
    return nn.Sequential(features, nn.AdaptiveAvgPool2d(1), nn.Flatten(), head)


def _mlp(shape: Sequence[int], classes: int, width: int) -> nn.Module:
    hidden = 4 * width
    sizes = [shape[0] * shape[1] * shape[2], hidden, hidden]
    layers: list[nn.Module] = [nn.Flatten()]
    for fan_in in sizes[:2]:
        layers += [nn.Linear(fan_in, hidden), nn.BatchNorm1d(hidden), nn.ReLU()]
    return nn.Sequential(*layers, nn.Linear(hidden, classes))


def _cnn(shape: Sequence[int], classes: int, width: int) -> nn.Module:
    channels = [shape[0], width // 2, width, 2 * width]
    layers: list[nn.Module] = []
    for fan_in, fan_out in itertools.pairwise(channels):
        layers += [nn.Conv2d(fan_in, fan_out, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2)]
    pixels = (shape[1] // 8) * (shape[2] // 8)
    return nn.Sequential(*layers, nn.Flatten(), nn.Linear(channels[-1] * pixels, classes))


_BUILDERS = {"resnet18": _ResNet18, "vgg16": _vgg16, "mlp": _mlp, "cnn": _cnn}


def _replace_batch_norm(model: nn.Module) -> None:
    """Put layer normalization, as one group over all channels, where batch normalization is."""
    for name, child in model.named_children():
        if isinstance(child, nn.BatchNorm1d | nn.BatchNorm2d):
            setattr(model, name, nn.GroupNorm(1, child.num_features))
        else:
            _replace_batch_norm(child)
