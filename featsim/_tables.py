"""Checks of arguments that are tables of numbers: arrays, labelled or not, and nested sequences."""

from typing import Any

import numpy as np
import numpy.typing as npt


def refuse_masked(name: str, values: Any) -> None:
    """Raise a TypeError for a masked array, or rows of such, whose mask would be lost."""
    if isinstance(values, np.ma.MaskedArray):
        raise TypeError(f"{name} must have no mask, but is a masked array: fill it, or drop points")
    if isinstance(values, list | tuple):
        for row in values:
            if isinstance(row, list | tuple | np.ma.MaskedArray):
                refuse_masked(name, row)


def array(name: str, values: Any) -> npt.NDArray[Any]:
    """Return ``values`` as an array, or raise a TypeError if it is masked, or its rows differ."""
    refuse_masked(name, values)
    try:
        return np.asarray(values)
    except ValueError:
        raise TypeError(f"{name} must be an array with rows of equal length") from None


def numbers(name: str, values: Any, kinds: str, what: str) -> npt.NDArray[Any]:
    """Return ``values`` as an array of the kinds of dtype given.

    Raises
    ------
    TypeError
        If it is no array of these, or not one of rows of equal length.
    """
    refuse_masked(name, values)
    if isinstance(values, str | bytes | dict) or not hasattr(values, "__len__"):
        raise TypeError(f"{name} must be a table of {what}, not {values!r}")
    try:
        table = np.asarray(values)
    except ValueError:
        raise TypeError(f"{name} must be a table of {what} with rows of equal length") from None
    if table.dtype.kind not in kinds:
        raise TypeError(f"{name} must be a table of {what}, not {values!r}")
    return table


def frequency_table(frequencies: Any, J: int, C: int, K: int) -> Any:
    """Return frequencies (C, K) or (J, C, K) as nested tuples."""
    table = numbers("frequencies", frequencies, "iuf", "numbers")
    if table.shape not in ((C, K), (J, C, K)):
        raise ValueError(
            f"frequencies must have the shape (classes, features) = {(C, K)} or "
            f"(experiments, classes, features) = {(J, C, K)}, not {table.shape}"
        )
    outside = table[~((table >= 0.0) & (table <= 1.0))]
    if outside.size:
        raise ValueError(f"frequencies must be numbers in [0, 1], not {outside[0]}")
    return as_tuples(table.astype(np.float64))


MOST_STRENGTH = 2**31 - 1


def strength_table(strengths: Any, C: int, K: int) -> npt.NDArray[np.int64]:
    """Return strengths (C, K), integers from 1 to 2**31 − 1."""
    table = numbers("strengths", strengths, "iu", "integers")
    if table.shape != (C, K):
        raise ValueError(
            f"strengths must have the shape (classes, features) = {(C, K)}, not {table.shape}"
        )
    outside = table[(table < 1) | (table > MOST_STRENGTH)]
    if outside.size:
        raise ValueError(f"strengths must be integers in 1 … {MOST_STRENGTH}, not {outside[0]}")
    return table.astype(np.int64)


def check_strongest(strongest: int, points: int, features: int) -> None:
    """Raise a ValueError if sums of strengths may not fit the integers of the kernels.

    ``points`` are those of a class, every chunk filled up to a multiple of 64.
    """
    if strongest > 1 and points * strongest * 2 * features >= 2**62:
        raise ValueError(
            f"strengths must be below 2**61 / (points · features), not {strongest}: "
            f"a class may have {points:,} points and {features:,} features"
        )


def level_table(levels: Any) -> tuple[tuple[float, float], ...]:
    """Return levels of noise, pairs of a factor above 0 and a share; the shares add to 1."""
    table = numbers("noise_levels", levels, "iuf", "pairs (factor, share)").astype(np.float64)
    if table.ndim != 2 or table.shape[0] < 1 or table.shape[1] != 2:
        raise ValueError(f"noise_levels must be pairs (factor, share), not {levels!r}")
    factors, shares = table.T
    bad = factors[~((factors > 0.0) & (factors < np.inf))]
    if bad.size:
        raise ValueError(f"factors of noise_levels must be finite numbers above 0, not {bad[0]}")
    bad = shares[~((shares >= 0.0) & (shares <= 1.0))]
    if bad.size:
        raise ValueError(f"shares of noise_levels must be numbers in [0, 1], not {bad[0]}")
    if abs(shares.sum() - 1.0) > 1e-9:
        raise ValueError(f"shares of noise_levels must add to 1, not to {shares.sum():g}")
    pairs: tuple[tuple[float, float], ...] = as_tuples(table)
    return pairs


def chunk_table(sizes: Any, J: int) -> tuple[int, ...]:
    """Return points by chunk, (J,) integers of at least 0."""
    table = numbers("points_by_chunk", sizes, "iu", "integers")
    if table.shape != (J,):
        raise ValueError(
            f"points_by_chunk must have the shape (experiments,) = {(J,)}, not {table.shape}"
        )
    if table.min() < 0:
        raise ValueError(f"points_by_chunk must be integers of at least 0, not {table.min()}")
    return tuple(table.tolist())


def as_tuples(table: Any) -> Any:
    """Return an array as nested tuples of Python's numbers."""
    if isinstance(table, np.ndarray):
        return as_tuples(table.tolist())
    return tuple(as_tuples(row) for row in table) if isinstance(table, list) else table
