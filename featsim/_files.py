"""Files that are whole or not there."""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path


@contextlib.contextmanager
def replacing(target: Path) -> Iterator[Path]:
    """Give a temporary name beside ``target``, and rename it to ``target`` if all went well."""
    temporary = target.with_name(f".{target.stem}-{os.getpid()}{target.suffix}")
    try:
        yield temporary
        temporary.replace(target)
    finally:
        temporary.unlink(missing_ok=True)


def check_writable(name: str, target: Path) -> None:
    """Raise a ValueError that names the parameter if a file could not be written there."""
    folder = target.parent
    if not folder.is_dir():
        raise ValueError(f"{name} must be in a folder that exists, not in {str(folder)!r}")
    if target.is_dir():
        raise ValueError(f"{name} must be a file, not the folder {str(target)!r}")
    if not os.access(folder, os.W_OK | os.X_OK):
        raise ValueError(f"{name} must be in a folder that can be written, not in {str(folder)!r}")
