"""Images of a data set, in memory or in files, read many at a time."""

from collections.abc import Sequence

import torch
from torch import Tensor
from torch.nn.functional import avg_pool2d

from paper_repro.errors import Mendable
from paper_repro.vision import datasets, transforms


class MemoryImages:
    """Images held as one tensor (n, channels, height, width), uint8 or averages of it."""

    def __init__(self, images: Tensor, targets: Tensor) -> None:
        self.images, self.targets = images.contiguous(), targets.long()

    def read(self, indices: Sequence[int] | Tensor) -> Tensor:
        """Return the images of these indices."""
        return self.images[torch.as_tensor(indices)]

    def averaged(self, pool: int) -> "MemoryImages":
        """Return the images with each pool×pool pixels averaged to one, in float32."""
        if pool == 1:
            return self
        height, width = self.images.shape[2:]
        if height % pool or width % pool:
            raise Mendable(f"pool must divide the {height}×{width} pixels; it is {pool}")
        parts = [avg_pool2d(part.float(), pool) for part in self.images.split(1000)]
        return MemoryImages(torch.cat(parts), self.targets)


class FileImages:
    """Images decoded when they are read, brought to one size and three channels."""

    def __init__(self, files: Sequence[tuple[str, int]], size: int) -> None:
        self.files = [name for name, _ in files]
        self.targets = torch.tensor([target for _, target in files])
        self.to_size = transforms.Compose(
            [transforms.Resize(size, antialias=True), transforms.CenterCrop(size)]
        )

    def read(self, indices: Sequence[int] | Tensor) -> Tensor:
        """Return the images of these indices."""
        pictures = (datasets.folder.pil_loader(self.files[i]) for i in indices)
        return torch.stack(
            [transforms.functional.pil_to_tensor(self.to_size(picture)) for picture in pictures]
        )
