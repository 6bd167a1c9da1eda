"""What the stores of a sweep share: one process has a store at a time."""

import abc
from pathlib import Path
from typing import Self

import filelock


class Held(abc.ABC):
    """A store that is held from the start of a ``with`` block to its end."""

    output: Path

    @abc.abstractmethod
    def _make(self) -> Path:
        """Make the store if it is not there; return the folder that its lock is in."""

    @abc.abstractmethod
    def _check(self) -> None:
        """Refuse what is there and not of this sweep."""

    @abc.abstractmethod
    def _take(self) -> None:
        """Look at what is there, when it is held."""

    def __enter__(self) -> Self:
        self.lock = lock(self.output, self._make())
        try:
            self._check()  # nobody else can write from now on
            self._take()
        except BaseException:
            self.lock.release()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.lock.release()


def lock(output: Path, folder: Path) -> filelock.BaseFileLock:
    """Return the lock of a store, which this process has from now on."""
    held = filelock.FileLock(folder / "lock")
    try:
        held.acquire(timeout=0)
    except filelock.Timeout:
        raise BlockingIOError(
            f"output must not be in use, but another process writes {str(output)!r}"
        ) from None
    return held
