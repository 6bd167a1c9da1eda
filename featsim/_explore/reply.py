"""What the page is told: parts of it as JSON, and pictures as bytes, in one message."""

import dataclasses
import json
import struct
from typing import Any


@dataclasses.dataclass(frozen=True)
class Reply:
    """Changes of the page; what is not named stays as it is."""

    parts: dict[str, Any]
    """By name, as JSON has them."""

    blobs: dict[str, bytes] = dataclasses.field(default_factory=dict)
    """PNG pictures by the place where they are shown, or the content of a file."""

    def pack(self) -> bytes:
        """Return the length of the JSON text, the text, and the blobs one after the other."""
        sizes = [[name, len(content)] for name, content in self.blobs.items()]
        text = json.dumps({**self.parts, "blobs": sizes}).encode()
        return b"".join((struct.pack(">I", len(text)), text, *self.blobs.values()))


def unpack(message: bytes) -> Reply:
    """Return what ``pack`` packed."""
    (length,) = struct.unpack_from(">I", message)
    parts = json.loads(message[4 : 4 + length])
    blobs, start = {}, 4 + length
    for name, size in parts.pop("blobs"):
        blobs[name] = message[start : start + size]
        start += size
    return Reply(parts, blobs)
