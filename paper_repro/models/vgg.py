"""VGG-16 with batch normalization: torchvision's, and a narrow one without its large head."""

from collections.abc import Sequence

from torch import nn

from paper_repro.errors import Mendable
from paper_repro.vision import models

_PLAN = (64, 64, "M", 128, 128, "M", *(256,) * 3, "M", *(512,) * 3, "M", *(512,) * 3, "M")
_THIRD_POOL = "23"


def vgg16(shape: Sequence[int], classes: int) -> nn.Module:
    """Return torchvision's VGG-16, 4096-4096 head with dropout and all, initialized as there.

    As in the authors' code, images below 32×32, Fashion-MNIST's 28×28, have the third pool padded
    by one pixel.
    """
    if min(shape[1:]) < 28:
        raise Mendable(
            f"images must be at least 28×28 for vgg16; they are {shape[1]}×{shape[2]}: "
            "vgg16_narrow takes them from 8×8"
        )
    network: nn.Module = models.vgg16_bn(num_classes=classes)
    features = network.get_submodule("features")
    if shape[0] != 3:
        first = nn.Conv2d(shape[0], 64, 3, padding=1)
        _initialize(first)
        features.register_module("0", first)
    if min(shape[1:]) < 32:
        features.register_module(_THIRD_POOL, nn.MaxPool2d(2, 2, padding=1))
    return network


def vgg16_narrow(shape: Sequence[int], classes: int, width: int) -> nn.Module:
    """Return VGG-16's convolutions in proportion to `width`, a mean and one linear layer.

    A small image is pooled until one pixel is left.
    """
    side = min(shape[1:])
    plan: list[int | str] = []
    for item in _PLAN:
        if isinstance(item, int):
            plan.append(item * width // 64)
        elif side > 1:
            side //= 2
            plan.append(item)
    features = models.vgg.make_layers(plan, batch_norm=True)
    features[0] = nn.Conv2d(shape[0], width, 3, padding=1)
    for module in features.modules():
        if isinstance(module, nn.Conv2d):
            _initialize(module)
    head = nn.Linear(512 * width // 64, classes)
    return nn.Sequential(features, nn.AdaptiveAvgPool2d(1), nn.Flatten(), head)


def _initialize(layer: nn.Conv2d) -> None:
    """Initialize a convolution as torchvision does."""
    nn.init.kaiming_normal_(layer.weight, mode="fan_out", nonlinearity="relu")
    if layer.bias is not None:
        nn.init.zeros_(layer.bias)
