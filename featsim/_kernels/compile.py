"""The compiler flags of every kernel, and the one machine instruction that Python has no word for.

Kernels are serial, release the GIL and are cached on disk. There is no ``fastmath``: a result has
the same bits on every machine.
"""

import functools
import warnings
from collections.abc import Callable
from typing import Any

import numba
import numpy as np
from numba.extending import intrinsic, overload

from featsim._kernels.cache import keep
from featsim._kernels.parts import PartCompiler

njit: Any = numba.njit
FLAGS = {"nogil": True, "error_model": "numpy"}
PART = {"no_cpython_wrapper": True, "no_cfunc_wrapper": True, "pipeline_class": PartCompiler}


def kernel(function: Callable[..., Any]) -> Any:
    """Compile a function that Python calls, and keep it on disk where there is a place for it."""
    try:
        dispatcher = njit(function, cache=True, **FLAGS)
    except RuntimeError as error:
        if "cannot cache" not in str(error):
            raise
        _warn_that_nothing_is_kept()
        return njit(function, **FLAGS)
    if hasattr(dispatcher, "compile"):  # not where NUMBA_DISABLE_JIT is set
        keep(dispatcher)
    return dispatcher


@functools.cache
def _warn_that_nothing_is_kept() -> None:
    warnings.warn(
        "compiled code cannot be kept, and every process compiles for some seconds: set "
        "NUMBA_CACHE_DIR to a folder that can be written",
        stacklevel=4,
    )


def part(function: Callable[..., Any]) -> Any:
    """Compile a part of kernels, with them; Python cannot call it, which would end the process."""
    return njit(function, **PART, **FLAGS)


def inlined(function: Callable[..., Any]) -> Any:
    """Compile a part that is inlined, so that the loops around it become vector code."""
    return njit(function, forceinline=True, **PART, **FLAGS)


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
