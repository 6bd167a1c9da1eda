"""Checks of arguments: one sentence that names the parameter, its value and what is allowed."""

import math
import numbers
import operator
from collections.abc import Sequence
from typing import Any

import numpy as np


def integer(name: str, value: Any, low: int, high: int | None = None) -> int:
    """Return ``value`` as an int in [low, high]; a bool or a float is not an integer."""
    allowed = f"an integer of at least {low}" if high is None else f"an integer in {low} … {high}"
    try:
        number = operator.index(value)
    except TypeError:
        number = None
    if number is None or isinstance(value, bool):
        raise TypeError(f"{name} must be {allowed}, not {_plain(value)}")
    if number < low or (high is not None and number > high):
        raise ValueError(f"{name} must be {allowed}, not {number}")
    return number


def real(name: str, value: Any, low: float, high: float, *, open_low: bool = False) -> float:
    """Return ``value`` as a finite float in [low, high], without low where ``open_low``."""
    allowed = f"a number in {'(' if open_low else '['}{low:g}, {high:g}]"
    if high == math.inf:
        allowed = f"a finite number {'above' if open_low else 'of at least'} {low:g}"
    if isinstance(value, bool) or not isinstance(value, numbers.Real):
        raise TypeError(f"{name} must be {allowed}, not {_plain(value)}")
    try:
        number = float(value)
    except OverflowError:
        number = math.inf
    if not math.isfinite(number) or not low <= number <= high or (open_low and number == low):
        raise ValueError(f"{name} must be {allowed}, not {value}")
    return number


def check_seeds(seeds: int | Sequence[int]) -> Sequence[int]:
    """Return the seeds: 0 … n − 1 for a number n, or the given ones, each once.

    Consecutive seeds stay a range, so that any number of them takes no memory here.
    """
    if not hasattr(seeds, "__len__"):
        seeds = range(integer("seeds", seeds, 1))
    if isinstance(seeds, range) and seeds:
        for seed in (seeds[0], seeds[-1]):
            check_seed("a seed", seed)
        return seeds
    chosen = [check_seed("a seed", seed) for seed in seeds]  # type: ignore[union-attr]
    if not chosen:
        raise ValueError("seeds must be a number of at least 1 or at least one seed, not none")
    if len(set(chosen)) < len(chosen):
        raise ValueError(f"seeds must be different, not {chosen}")
    return chosen


def check_seed(name: str, seed: Any) -> int:
    """Return a seed, an integer from 0 to 2**31 − 1."""
    return integer(name, seed, 0, 2**31 - 1)


def _plain(value: Any) -> str:
    """Return the representation of a value, of a number of NumPy's as of Python's."""
    return repr(value.item() if isinstance(value, np.generic) else value)
