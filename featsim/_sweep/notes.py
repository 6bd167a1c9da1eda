"""The notes of a store: a line for each block that is in it, which reaches the disk as it is noted.

A line has the number of a block and a digest of its values. What is torn or repeated by a machine
that lost its power is harmless: the values must give the digest.
"""

import hashlib
import os
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from featsim._files import replacing
from featsim._sweep.store import DIGITS
from featsim._tallies import Arrays


class Notes:
    """The file of notes."""

    def __init__(self, file: Path) -> None:
        self.file = file

    def read(self) -> dict[int, str]:
        """Return the digests by the numbers of the blocks; what cannot be read is left out."""
        if not self.file.exists():
            return {}
        lines = map(str.split, self.file.read_text(errors="replace").splitlines())
        return {int(line[0]): line[1] for line in lines if len(line) == 2 and line[0].isdecimal()}

    def add(self, number: int, digest: str) -> None:
        """Note a block; when this returns, the note is on the disk."""
        with self.file.open("a") as notes:
            notes.write(f"{number} {digest}\n")
            notes.flush()
            os.fsync(notes.fileno())

    def replace(self, digests: Mapping[int, str]) -> None:
        """Put notes in place of all that there are."""
        with replacing(self.file) as new:
            new.write_text("".join(f"{number} {digest}\n" for number, digest in digests.items()))


def digest_of(sweep: str, number: int, arrays: Arrays) -> str:
    """Return what tells the values of a block of a sweep from all others."""
    content = hashlib.sha256(f"{sweep} {number}".encode())
    for name in sorted(arrays):
        content.update(name.encode())
        content.update(np.ascontiguousarray(arrays[name]).data)
    return content.hexdigest()[:DIGITS]
