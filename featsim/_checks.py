"""Checks of arguments: one sentence that names the parameter, its value and what is allowed."""

import math
import numbers
import operator
from typing import Any


def integer(name: str, value: Any, low: int, high: int | None = None) -> int:
    """Return ``value`` as an int in [low, high]; a bool or a float is not an integer."""
    allowed = f"an integer of at least {low}" if high is None else f"an integer in {low} … {high}"
    try:
        number = operator.index(value)
    except TypeError:
        number = None
    if number is None or isinstance(value, bool):
        raise TypeError(f"{name} must be {allowed}, not {value!r}")
    if number < low or (high is not None and number > high):
        raise ValueError(f"{name} must be {allowed}, not {number}")
    return number


def real(name: str, value: Any, low: float, high: float, *, open_low: bool = False) -> float:
    """Return ``value`` as a finite float in [low, high], without low where ``open_low``."""
    allowed = f"a number in {'(' if open_low else '['}{low:g}, {high:g}]"
    if high == math.inf:
        allowed = f"a finite number {'above' if open_low else 'of at least'} {low:g}"
    if isinstance(value, bool) or not isinstance(value, numbers.Real):
        raise TypeError(f"{name} must be {allowed}, not {value!r}")
    try:
        number = float(value)
    except OverflowError:
        number = math.inf
    if not math.isfinite(number) or not low <= number <= high or (open_low and number == low):
        raise ValueError(f"{name} must be {allowed}, not {value}")
    return number
