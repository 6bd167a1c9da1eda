"""The compiler flags of every kernel, and the one machine instruction that Python has no word for.

Kernels are serial, release the GIL and are cached on disk. There is no ``fastmath``: a result has
the same bits on every machine.
"""

from collections.abc import Callable
from typing import Any

import numba
import numpy as np
from numba.extending import intrinsic, overload


def kernel(function: Callable[..., Any]) -> Any:
    """Compile ``function`` with the flags that all kernels share."""
    return numba.njit(function, cache=True, nogil=True, error_model="numpy")


def inlined(function: Callable[..., Any]) -> Any:
    """Compile a piece that is inlined, so that the loops around it become vector code."""
    return numba.njit(function, cache=True, nogil=True, error_model="numpy", forceinline=True)


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
