"""The three-layer perceptron with batch normalization, as wide as asked."""

from collections.abc import Sequence

from torch import nn


def mlp(shape: Sequence[int], classes: int, hidden: int) -> nn.Module:
    """Return linear layers of `hidden`, `hidden` and `classes` outputs.

    The authors' code has 1,024, and images that are not normalized.
    """
    sizes = [shape[0] * shape[1] * shape[2], hidden]
    layers: list[nn.Module] = [nn.Flatten()]
    for fan_in in sizes:
        layers += [nn.Linear(fan_in, hidden), nn.BatchNorm1d(hidden), nn.ReLU()]
    return nn.Sequential(*layers, nn.Linear(hidden, classes))
