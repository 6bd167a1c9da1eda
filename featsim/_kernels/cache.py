"""Compiled code on disk: checked as it is read, and written by one process at a time."""

import contextlib
import functools
import gc
import hashlib
import os
import pickle
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from numba.core.caching import IndexDataCacheFile
from numba.core.compiler_lock import global_compiler_lock

DIGEST_BYTES = 32


def keep(dispatcher: Any) -> None:
    """Let a dispatcher that Numba caches read only what is whole, and write when nobody else does.

    Numba replaces each file of its cache in one step, but takes the number of a new one from an
    index that it has read before. Two processes that save code for different types or processors
    can take the same number, and what one saved is then run as the other's (numba#10128, #4807).
    It also looks at the file of a kernel alone, which is not where the kernel's parts are.
    """
    implementation = dispatcher._cache._impl
    dispatcher._cache._cache_file = _CheckedFile(
        dispatcher.stats.cache_path,
        implementation.filename_base,
        (implementation.locator.get_source_stamp(), stamp_of_parts()),
    )
    dispatcher.compile = _by_one_process(dispatcher)


def is_to_be_kept(dispatcher: Any) -> bool:
    """Tell whether nothing of a kernel is on disk, and what is compiled will be."""
    file = getattr(getattr(dispatcher, "_cache", None), "_cache_file", None)
    return isinstance(file, _CheckedFile) and not file._load_index()


@functools.cache
def stamp_of_parts() -> tuple[tuple[float, int], ...]:
    """Return the time and size of every file that kernels take parts from."""
    files = [path.stat() for path in sorted(Path(__file__).parent.glob("*.py"))]
    return tuple((file.st_mtime, file.st_size) for file in files)


def _by_one_process(dispatcher: Any) -> Callable[..., Any]:
    compile_signature = dispatcher.compile

    def compile_locked(signature: Any) -> Any:
        import filelock

        path = os.path.join(dispatcher.stats.cache_path, f"{dispatcher.__name__}.lock")
        with global_compiler_lock, filelock.FileLock(path, is_singleton=True), _no_collection():
            return compile_signature(signature)

    return compile_locked


CacheFile: Any = IndexDataCacheFile


@contextlib.contextmanager
def _no_collection() -> Iterator[None]:
    """Do not look for garbage, which a compiler makes much of, for a tenth of its time."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


class _CheckedFile(CacheFile):  # type: ignore[misc]
    """Files of compiled code with a digest in front; a damaged one is as one that is not there.

    Numba unpickles them unchecked, and would fail, or run what is there.
    """

    def save(self, key: Any, data: Any) -> None:
        try:
            super().save(key, data)
        except OSError as error:
            warnings.warn(f"compiled code is not kept: {error}", stacklevel=2)

    def _load_index(self) -> Any:
        try:
            return super()._load_index()
        except Exception:  # whatever a damaged pickle raises
            return {}

    def _load_data(self, name: str) -> Any:
        content = Path(self._data_path(name)).read_bytes()
        digest, code = content[:DIGEST_BYTES], content[DIGEST_BYTES:]
        return pickle.loads(code) if hashlib.sha256(code).digest() == digest else None

    def _save_data(self, name: str, data: Any) -> None:
        code = self._dump(data)
        with self._open_for_write(self._data_path(name)) as file:
            file.write(hashlib.sha256(code).digest() + code)
