"""The random changes of training images in the state-of-the-art setting (Table 8)."""

from collections.abc import Callable

from torch import Tensor

from paper_repro.vision import transforms


def augmentation(dataset: str, side: tuple[int, int]) -> Callable[[Tensor], Tensor]:
    """Return what is drawn anew for each image of `side` (height, width), as in the authors' code.

    A crop out of 4 pixels of padding and a flip; CIFAR-100 adds a rotation of up to 15°. Images
    of Tiny-ImageNet and ImageNet are flipped, and a random part is brought to full size.
    """
    flip = transforms.RandomHorizontalFlip()
    if dataset in ("tiny_imagenet", "imagenet"):
        steps = [flip, transforms.RandomResizedCrop(side)]
    else:
        steps = [transforms.RandomCrop(side, padding=4), flip]
    if dataset == "cifar100":
        steps.append(transforms.RandomRotation(15))
    change: Callable[[Tensor], Tensor] = transforms.Compose(steps)
    return change
