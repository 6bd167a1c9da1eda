"""Time the shrink of `dash_` beside the gradient pass that it follows, on ResNet-18.

Run ``python -m benchmarks.bridge``: it prints the seconds of one pass over the gradients of an
epoch, of the shrink alone, and their ratio.
"""

from dataclasses import dataclass
from time import perf_counter

import torch
import tyro

from featsim import bridge
from paper_repro.vision import models


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Size of the epoch; far smaller than a real one by default, so the share is an upper bound."""

    images: int = 2000
    """Images in the epoch, 3×32×32."""
    batch: int = 128
    """Images in a batch."""
    chunks: int = 2
    """Chunks that the epoch is split into; each costs one update of the running average."""
    repeats: int = 3
    """Repeats of the shrink; the fastest counts."""


def main(settings: Settings) -> float:
    """Print the times; return the shrink's share of the gradient pass."""
    torch.manual_seed(0)
    model = models.resnet18(num_classes=10)
    size = settings.images // settings.chunks
    inputs, target = torch.randn(size, 3, 32, 32), torch.arange(size) % 10
    starts = range(0, size, settings.batch)
    chunk = [(inputs[i : i + settings.batch], target[i : i + settings.batch]) for i in starts]
    start = perf_counter()
    gradients = list(bridge.chunk_gradients(model, [chunk] * settings.chunks))
    gradient_pass = perf_counter() - start
    shrink = min(_timed(model, gradients) for _ in range(settings.repeats))
    share = shrink / gradient_pass
    print(f"gradient pass over {settings.images} images {gradient_pass:.3f} s")
    print(f"shrink, {settings.chunks} chunks               {shrink:.3f} s")
    print(f"share                            {share:.1%}")
    return share


def _timed(model: torch.nn.Module, gradients: list[dict[str, torch.Tensor]]) -> float:
    start = perf_counter()
    bridge.dash_(model, gradients)
    return perf_counter() - start


if __name__ == "__main__":
    main(tyro.cli(Settings))
