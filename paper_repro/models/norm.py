"""Layer normalization in the place of batch normalization (Figure 15)."""

from torch import Tensor, nn
from torch.nn.functional import layer_norm

_EPS = 1e-6


class ChannelNorm(nn.LayerNorm):
    """ConvNeXt's layer normalization: over the channels at each pixel, ε = 1e-6."""

    def __init__(self, channels: int) -> None:
        super().__init__(channels, eps=_EPS)

    def forward(self, input: Tensor) -> Tensor:
        """Normalize images (n, channels, height, width), or vectors (n, channels)."""
        last = input.movedim(1, -1)
        shape = list(self.normalized_shape)
        return layer_norm(last, shape, self.weight, self.bias, self.eps).movedim(-1, 1)


def replace_batch_norm(model: nn.Module) -> None:
    """Put layer normalization where batch normalization is."""
    for name, child in model.named_children():
        if isinstance(child, nn.BatchNorm1d | nn.BatchNorm2d):
            setattr(model, name, ChannelNorm(child.num_features))
        else:
            replace_batch_norm(child)
