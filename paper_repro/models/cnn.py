"""Two three-layer convolutional networks: the paper's, and a small one with pooling."""

import itertools
from collections.abc import Sequence

from torch import nn


def cnn(shape: Sequence[int], classes: int) -> nn.Module:
    """Return 3×3 convolutions of 128, 256 and 512 channels, neither padded nor pooled, and a mean.

    The kernel's size is ours; that there is neither padding nor pooling is the authors'.
    """
    layers: list[nn.Module] = []
    for fan_in, fan_out in itertools.pairwise((shape[0], 128, 256, 512)):
        layers += [nn.Conv2d(fan_in, fan_out, 3), nn.ReLU()]
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(512, classes))


def cnn_narrow(shape: Sequence[int], classes: int, width: int) -> nn.Module:
    """Return padded convolutions of half, once and twice `width` channels, each pooled 2×2."""
    channels = [shape[0], width // 2, width, 2 * width]
    layers: list[nn.Module] = []
    for fan_in, fan_out in itertools.pairwise(channels):
        layers += [nn.Conv2d(fan_in, fan_out, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2)]
    pixels = (shape[1] // 8) * (shape[2] // 8)
    return nn.Sequential(*layers, nn.Flatten(), nn.Linear(channels[-1] * pixels, classes))
