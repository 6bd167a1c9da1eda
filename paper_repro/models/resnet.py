"""ResNet-18: torchvision's with a 3×3 stem of stride 1, at any width.

`resnet18` keeps the max-pool, as the authors' code does. The one of Table 8, `resnet18_sota`, has
none, and PyTorch's default initialization in place of torchvision's.
"""

from collections.abc import Sequence

from torch import nn

from paper_repro.vision import models


def resnet18(shape: Sequence[int], classes: int, width: int) -> nn.Module:
    """Return the network for images of `shape`; the first stage has `width` channels."""
    return _ResNet18(shape, classes, width)


def resnet18_sota(shape: Sequence[int], classes: int, width: int) -> nn.Module:
    """Return the network without max-pool, every layer with PyTorch's default initialization."""
    network = _ResNet18(shape, classes, width)
    network.maxpool = nn.Identity()
    for module in network.modules():
        if isinstance(module, nn.Conv2d):
            module.reset_parameters()
    return network


class _ResNet18(models.ResNet):  # type: ignore[misc]
    def __init__(self, shape: Sequence[int], classes: int, width: int) -> None:
        self._width = width
        super().__init__(models.resnet.BasicBlock, [2, 2, 2, 2], num_classes=classes)
        self.conv1 = nn.Conv2d(shape[0], width, 3, padding=1, bias=False)
        nn.init.kaiming_normal_(self.conv1.weight, mode="fan_out", nonlinearity="relu")
        self.bn1 = nn.BatchNorm2d(width)
        self.fc = nn.Linear(8 * width, classes)

    def _make_layer(
        self, block: type, planes: int, blocks: int, stride: int = 1, dilate: bool = False
    ) -> nn.Module:
        if planes == 64:  # the first stage reads the stem, which has `width` channels
            self.inplanes = self._width
        layer: nn.Module = super()._make_layer(
            block, planes * self._width // 64, blocks, stride, dilate
        )
        return layer
