"""Decoded images kept on disk, so that no process decodes a data set again."""

import hashlib
import json
import os
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from featsim._files import replacing
from paper_repro.errors import Mendable


def kept(folder: Path, files: Sequence[str], size: int, decode: Callable[[], Tensor]) -> Tensor:
    """Return the images that `decode` gives of these files, from `folder` if they lie there.

    What they were made of names the file: path, length and time of change of each image file, and
    the size in pixels. A file that cannot be read is made again; one is written whole or not.

    Parameters
    ----------
    folder : pathlib.Path
        Folder of the cache, made if need be.
    files : sequence of str
        The image files, in order.
    size : int
        Side in pixels that they are brought to.
    decode : callable
        Gives their pixels, uint8 (n, channels, size, size).

    Raises
    ------
    errors.Mendable
        If the folder cannot be written.
    """
    stats = [os.stat(file) for file in files]
    made_of = [
        [os.path.abspath(file), stat.st_size, stat.st_mtime_ns]
        for file, stat in zip(files, stats, strict=True)
    ]
    digest = hashlib.sha256(json.dumps([size, made_of]).encode()).hexdigest()[:16]
    path = folder / f"images-{digest}.npy"
    try:
        return torch.from_numpy(np.load(path))
    except (OSError, ValueError, EOFError):
        images = decode()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with replacing(path) as new, new.open("wb") as file:
            np.save(file, images.numpy())
    except OSError as error:
        reason = error.strerror or error
        raise Mendable(f"cache must be a folder that can be written; {folder}: {reason}") from error
    return images
