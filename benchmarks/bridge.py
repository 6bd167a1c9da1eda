"""Time the shrink of `dash_` beside the gradient pass that it follows, and FIRE, on ResNet-18.

Run ``python -m benchmarks.bridge``: it prints the seconds of one pass over the gradients of an
epoch, of the shrink alone, of `fire_`, and the shrink's share of the pass.
"""

from collections.abc import Callable
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
    """Repeats of the shrink and of FIRE; the fastest counts."""


def main(settings: Settings) -> float:
    """Print the times; return the shrink's share of the gradient pass."""
    torch.manual_seed(0)
    model = models.resnet18(num_classes=10)
    size = settings.images // settings.chunks
    inputs, target = torch.randn(size, 3, 32, 32), torch.arange(size) % 10
    chunk = list(zip(*(torch.split(x, settings.batch) for x in (inputs, target)), strict=True))
    start = perf_counter()
    gradients = list(bridge.chunk_gradients(model, [chunk] * settings.chunks))
    gradient_pass = perf_counter() - start
    shrink = _fastest(lambda: bridge.dash_(model, gradients), settings.repeats)
    fire = _fastest(lambda: bridge.fire_(model), settings.repeats)
    share = shrink / gradient_pass
    print(f"gradient pass over {settings.images} images {gradient_pass:.3f} s")
    print(f"shrink, {settings.chunks} chunks               {shrink:.3f} s")
    print(f"share                            {share:.1%}")
    print(f"FIRE                             {fire:.3f} s")
    return share


def _fastest(change: Callable[[], object], repeats: int) -> float:
    times = []
    for _ in range(repeats):
        start = perf_counter()
        change()
        times.append(perf_counter() - start)
    return min(times)


if __name__ == "__main__":
    main(tyro.cli(Settings))
