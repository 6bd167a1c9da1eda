"""Files that are whole or not there."""

import contextlib
import os
import uuid
from collections.abc import Iterator
from pathlib import Path


@contextlib.contextmanager
def replacing(target: Path) -> Iterator[Path]:
    """Give a temporary name in the folder of ``target``, and rename it if all went well.

    A link stays, and the file that it points to is replaced. What was written has reached the disk
    when ``target`` names it.

    Raises
    ------
    ValueError
        If ``target`` is there and is no regular file.
    OSError
        If the file cannot be written; in a sentence if its folder does not exist or is locked.
    """
    _check_regular("the file", target)
    if fault := _fault_of_folder(target):
        raise OSError(f"the file {fault}")
    file = Path(os.path.realpath(target))
    temporary = file.with_name(f".{uuid.uuid4().hex}.new")
    try:
        yield temporary
        with open(temporary, "rb+") as written:
            os.fsync(written.fileno())
        temporary.replace(file)
    finally:
        temporary.unlink(missing_ok=True)


def check_writable(name: str, target: Path) -> None:
    """Raise a ValueError that names the parameter if a file could not be written there."""
    _check_regular(name, target)
    if fault := _fault_of_folder(target):
        raise ValueError(f"{name} {fault}")


def _fault_of_folder(target: Path) -> str:
    """Return why no file can be written there, after the name of what must be; empty if it can."""
    folder = Path(os.path.realpath(target)).parent
    if not folder.is_dir():
        return f"must be in a folder that exists, not in {str(target.parent)!r}"
    if not os.access(folder, os.W_OK | os.X_OK):
        return f"must be in a folder that can be written, not in {str(target.parent)!r}"
    return ""


def _check_regular(name: str, target: Path) -> None:
    """Raise a ValueError if something is there that writing would destroy."""
    if target.is_dir():
        raise ValueError(f"{name} must be a file, not the folder {str(target)!r}")
    if target.exists() and not target.is_file():
        raise ValueError(f"{name} must be a regular file, not the device {str(target)!r}")
    if os.path.islink(os.path.realpath(target)):
        raise ValueError(f"{name} must be a file, not the link to itself {str(target)!r}")


def same_file(a: Path, b: Path) -> bool:
    """Tell whether two paths name one file, which need not be there."""
    return os.path.realpath(a) == os.path.realpath(b) or (
        a.exists() and b.exists() and os.path.samefile(a, b)
    )
