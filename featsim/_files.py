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
    FileNotFoundError, PermissionError
        If its folder does not exist or is locked.
    OSError
        If the file cannot be written for another reason.
    """
    _check_regular("the file", target)
    if fault := _fault_of_folder(target):
        kind, words = fault
        raise kind(f"the file {words}")
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
        raise ValueError(f"{name} {fault[1]}")


def _fault_of_folder(target: Path) -> tuple[type[OSError], str] | None:
    """Return why no file can be written there, after the name of what must be; None if it can."""
    folder = Path(os.path.realpath(target)).parent
    if not folder.is_dir():
        words = f"must be in a folder that exists, not in {str(target.parent)!r}"
        return FileNotFoundError, words
    if not os.access(folder, os.W_OK | os.X_OK):
        words = f"must be in a folder that can be written, not in {str(target.parent)!r}"
        return PermissionError, words
    return None


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
