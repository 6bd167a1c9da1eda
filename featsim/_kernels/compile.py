"""The compiler flags of every kernel, and the one machine instruction that Python has no word for.

Kernels are serial, release the GIL and are cached on disk. There is no ``fastmath``: a result has
the same bits on every machine.
"""

import os
from collections.abc import Callable
from typing import Any

import numba
import numpy as np
from numba.core.compiler_lock import global_compiler_lock
from numba.extending import intrinsic, overload

njit: Any = numba.njit
FLAGS = {"nogil": True, "error_model": "numpy"}


def kernel(function: Callable[..., Any]) -> Any:
    """Compile a function that Python calls."""
    dispatcher = njit(function, cache=True, **FLAGS)
    if hasattr(dispatcher, "compile"):  # not where NUMBA_DISABLE_JIT is set
        dispatcher.compile = _by_one_process(dispatcher)
    return dispatcher


def _by_one_process(dispatcher: Any) -> Callable[..., Any]:
    """Let one process at a time compile, or load compiled code, so that many may start at once.

    Numba replaces each file of its cache in one step, but takes the number of a new one from an
    index that it has read before. Two processes that save code for different types or processors
    can take the same number, and what one saved is then run as the other's (numba#10128, #4807).
    """
    compile_signature = dispatcher.compile

    def compile_locked(signature: Any) -> Any:
        import filelock

        path = os.path.join(dispatcher.stats.cache_path, "featsim.lock")
        with global_compiler_lock, filelock.FileLock(path, is_singleton=True):
            return compile_signature(signature)

    return compile_locked


def part(function: Callable[..., Any]) -> Any:
    """Compile a part of kernels that Python never calls; it is cached with its callers."""
    return njit(function, no_cpython_wrapper=True, no_cfunc_wrapper=True, **FLAGS)


def inlined(function: Callable[..., Any]) -> Any:
    """Compile a part that is inlined, so that the loops around it become vector code."""
    return njit(function, forceinline=True, no_cfunc_wrapper=True, **FLAGS)


def popcount(word: np.uint64) -> int:
    """Count the bits that are set in a 64-bit word."""
    return int(word).bit_count()


@intrinsic
def _popcount(typingctx: Any, word: Any) -> Any:
    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        return builder.ctpop(args[0])

    return numba.types.int64(numba.types.uint64), codegen


@overload(popcount)
def _compile_popcount(word):
    return lambda word: _popcount(word)  # type: ignore[call-arg]
