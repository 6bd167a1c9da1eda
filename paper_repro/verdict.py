"""What the numbers of a few seeds say of a claim."""

from collections.abc import Sequence

import numpy as np
from scipy.stats import t

HOLDS, FAILS, UNKNOWN = "holds", "does not hold", "cannot be told at this size"


def verdict(values: Sequence[float], threshold: float = 0.0) -> str:
    """Return whether the mean is above the threshold.

    It is, or is not, if Student's two-sided 90 % interval of the mean lies on one side; otherwise,
    and with one seed always, it cannot be told.
    """
    low, high = interval(values)
    if low > threshold:
        return HOLDS
    return FAILS if high < threshold else UNKNOWN


def interval(values: Sequence[float]) -> tuple[float, float]:
    """Return Student's two-sided 90 % interval of the mean, endless for a single value."""
    if len(values) < 2:
        return -np.inf, np.inf
    half = t.ppf(0.95, len(values) - 1) * np.std(values, ddof=1) / np.sqrt(len(values))
    return float(np.mean(values) - half), float(np.mean(values) + half)
