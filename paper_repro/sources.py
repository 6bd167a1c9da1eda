"""Where each data set is found on disk, how it is downloaded, and what to do if neither works."""

import gzip
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from paper_repro.cache import kept
from paper_repro.errors import Mendable
from paper_repro.images import FileImages, MemoryImages
from paper_repro.vision import datasets

_HINTS = {
    "cifar10": "cifar-10-batches-py, or class folders in train and test",
    "cifar100": "cifar-100-python, or class folders in train and test",
    "svhn": "train_32x32.mat and test_32x32.mat",
    "fashion_mnist": "train-images-idx3-ubyte and the three files beside it, gzipped or not",
    "tiny_imagenet": "the folders train and val of tiny-imagenet-200",
    "imagenet": "class folders in train and val",
    "imagefolder": "class folders in train and test",
}
_FOLDER_CLASSES = {"cifar10": 10, "cifar100": 100, "tiny_imagenet": 200, "imagenet": 1000}
_FOLDER_SIZES = {"tiny_imagenet": 64, "imagenet": 224, "imagefolder": 64}
_SYSTEM_FOLDERS = {"fashion_mnist": Path("/usr/share/datasets/fashion-mnist")}  # Debian's package

Source = tuple[MemoryImages | FileImages, MemoryImages | FileImages, int]


class DataError(Mendable):
    """A data set is not there; the message says what to put where."""


def open_source(
    name: str, folder: Path, image_size: int | None, cache: Path | None = None
) -> Source:
    """Return training images, test images and the number of classes of the data set `name`.

    Those of image files that are held in memory are decoded once, into the folder `cache`.
    """
    if name == "digits":
        return _digits()
    reader = _READERS.get(name)
    places = (folder / name, folder)
    for place in places:
        if (name in _FOLDER_CLASSES or reader is None) and _has_classes(name, place):
            return _class_folders(name, place, image_size, cache)
    hint = f"put {_HINTS[name]} into {folder} or {folder / name}, and name it with --data"
    if reader is None:
        raise DataError(f"{name} was not found: {hint}")
    for place in (*places, _SYSTEM_FOLDERS.get(name, folder)):
        try:
            return reader(place, False)
        except (RuntimeError, FileNotFoundError):
            continue
    try:
        return reader(folder / name, True)
    except (OSError, RuntimeError) as error:
        raise DataError(f"{name} was not found and could not be downloaded: {hint}") from error


def _digits() -> Source:
    """Return scikit-learn's 1,797 digits of 8×8, 397 of them for the test."""
    from sklearn.datasets import load_digits
    from sklearn.model_selection import train_test_split

    digits = load_digits()
    images = torch.from_numpy(digits.images.astype(np.uint8))[:, None]
    targets = torch.from_numpy(digits.target)
    train, test = train_test_split(
        np.arange(len(targets)), test_size=397, random_state=0, stratify=digits.target
    )
    first, second = (MemoryImages(images[part], targets[part]) for part in (train, test))
    return first, second, 10


def _test_name(name: str, folder: Path) -> str | None:
    """Return the part to test on; the test images of some data sets have no labels."""
    parts = ("val", "test") if name in ("tiny_imagenet", "imagenet") else ("test", "val")
    return next((part for part in parts if (folder / part).is_dir()), None)


def _has_classes(name: str, folder: Path) -> bool:
    return (folder / "train").is_dir() and _test_name(name, folder) is not None


def _class_folders(name: str, folder: Path, image_size: int | None, cache: Path | None) -> Source:
    """Return the images of class folders in train and test (or val)."""
    try:
        train = datasets.ImageFolder(str(folder / "train"))
        test = _labelled(folder / str(_test_name(name, folder)), train.class_to_idx)
    except FileNotFoundError as error:
        raise DataError(f"{name}: {error}") from error
    expected = _FOLDER_CLASSES.get(name, len(train.classes))
    if len(train.classes) != expected:
        raise DataError(
            f"{folder / 'train'} must have {expected} class folders for {name}; "
            f"it has {len(train.classes)}"
        )
    if image_size is None and name not in _FOLDER_SIZES:
        picture, _ = train[0]
        image_size = min(picture.size)
    size = image_size or _FOLDER_SIZES[name]
    first, second = (FileImages(files, size) for files in (train.samples, test))
    if name in ("cifar10", "cifar100"):  # small: held in memory
        held = [_in_memory(part, size, cache) for part in (first, second)]
        return held[0], held[1], len(train.classes)
    return first, second, len(train.classes)


def _labelled(folder: Path, class_to_idx: dict[str, int]) -> list[tuple[str, int]]:
    """Return the files of a test folder; Tiny-ImageNet's has its labels in a file."""
    notes = folder / "val_annotations.txt"
    if notes.is_file():
        rows = [line.split("\t")[:2] for line in notes.read_text().splitlines()]
        return [(str(folder / "images" / file), class_to_idx[label]) for file, label in rows]
    test = datasets.ImageFolder(str(folder))
    if unknown := set(test.classes) - set(class_to_idx):
        raise DataError(f"{folder} must have the classes of train; it has also {sorted(unknown)}")
    return [(file, class_to_idx[test.classes[target]]) for file, target in test.samples]


def _in_memory(images: FileImages, size: int, cache: Path | None) -> MemoryImages:
    def decode() -> Tensor:
        return images.read(range(len(images.files)))

    pixels = decode() if cache is None else kept(cache, images.files, size, decode)
    return MemoryImages(pixels, images.targets)


def _cifar(kind: type) -> Callable[[Path, bool], Source]:
    def read(folder: Path, download: bool) -> Source:
        parts = [kind(str(folder), train=train, download=download) for train in (True, False)]
        images = [torch.from_numpy(part.data).permute(0, 3, 1, 2) for part in parts]
        pairs = zip(images, parts, strict=True)
        held = [MemoryImages(x, torch.tensor(part.targets)) for x, part in pairs]
        return held[0], held[1], len(parts[0].classes)

    return read


def _svhn(folder: Path, download: bool) -> Source:
    parts = [datasets.SVHN(str(folder), split, download=download) for split in ("train", "test")]
    held = [MemoryImages(torch.from_numpy(p.data), torch.from_numpy(p.labels)) for p in parts]
    return held[0], held[1], 10


def _fashion_mnist(folder: Path, download: bool) -> Source:
    raw = folder / "FashionMNIST" / "raw"
    if download:
        datasets.FashionMNIST(str(folder), download=True)
    for place in (folder, raw):
        try:
            held = [_idx_pair(place, prefix) for prefix in ("train", "t10k")]
        except FileNotFoundError:
            continue
        return held[0], held[1], 10
    raise FileNotFoundError(folder)


def _idx_pair(folder: Path, prefix: str) -> MemoryImages:
    images = _idx(folder / f"{prefix}-images-idx3-ubyte", header=16)
    labels = _idx(folder / f"{prefix}-labels-idx1-ubyte", header=8)
    return MemoryImages(torch.from_numpy(images.reshape(-1, 1, 28, 28)), torch.from_numpy(labels))


def _idx(path: Path, header: int) -> np.ndarray:
    """Return the bytes after the header of an IDX file, gzipped or not."""
    if path.is_file():
        content = path.read_bytes()
    else:
        content = gzip.decompress(path.with_name(f"{path.name}.gz").read_bytes())
    return np.frombuffer(content, np.uint8, offset=header).copy()


_READERS: dict[str, Callable[[Path, bool], Source]] = {
    "cifar10": _cifar(datasets.CIFAR10),
    "cifar100": _cifar(datasets.CIFAR100),
    "svhn": _svhn,
    "fashion_mnist": _fashion_mnist,
}
