"""The accuracy of a set of learned features when a point's features are independent."""

import numpy as np
import numpy.typing as npt

from featsim import _checks, _tables
from featsim._kernels.accuracy import tail_probability
from featsim._tallies import expected_accuracy


def exact_accuracy(
    learned: npt.ArrayLike,
    frequencies: npt.ArrayLike,
    tau: int,
    strengths: npt.ArrayLike | None = None,
) -> npt.NDArray[np.float64]:
    """Return ACC(L) = 1 − (C − 1)/C · P(|V(x) ∩ L| < τ) for independent features (section 3.1).

    Within a class |V(x) ∩ L| has the Poisson-binomial law of the learned features' frequencies;
    P is its lower tail, averaged over the classes, which are equally likely. A feature of
    strength s counts s times (Remark 2.1): |V(x) ∩ L| is then a sum of independent numbers 0 or s,
    and its law a weighted Poisson-binomial one.

    Parameters
    ----------
    learned
        (…, C, K) bool: the learned features.
    frequencies
        (…, C, K) numbers in [0, 1]: p_ck. Leading dims broadcast with those of ``learned``.
    tau
        Learned features that a point needs to be well classified, τ: at least 1.
    strengths
        (C, K) integers of at least 1: how often each feature counts; once if not given.

    Returns
    -------
    ndarray
        (…) the accuracies; the error is below 1e-12 for K up to 10,000.

    Raises
    ------
    ValueError, TypeError
        If ``learned`` is not Boolean, the shapes do not fit, a frequency is outside of [0, 1], or
        τ or a strength is no integer of at least 1.
    """
    tau = _checks.integer("tau", tau, 1)
    for name, values in (("learned", learned), ("frequencies", frequencies)):
        _tables.refuse_masked(name, values)
    sets, p = np.asarray(learned), np.asarray(frequencies, np.float64)
    if sets.dtype != np.bool_:
        raise TypeError(f"learned must be Boolean, not {sets.dtype}")
    if min(sets.ndim, p.ndim) < 2 or sets.shape[-2:] != p.shape[-2:] or 0 in sets.shape[-2:]:
        raise ValueError(
            f"learned and frequencies must have the shapes (…, C, K) with the same C and K, "
            f"not {sets.shape} and {p.shape}"
        )
    check_frequencies(p)
    try:
        outer = np.broadcast_shapes(sets.shape[:-2], p.shape[:-2])
    except ValueError:
        raise ValueError(
            f"the leading dims of learned and frequencies must broadcast, "
            f"not {sets.shape} and {p.shape}"
        ) from None
    C, K = sets.shape[-2:]
    times = None if strengths is None else _tables.strength_table(strengths, C, K)
    # Copies: views that have gaps or are read-only would be compiled for, one by one.
    rows = np.array(np.broadcast_to(sets, (*outer, C, K)), order="C").reshape(-1, K)
    row_frequencies = np.array(np.broadcast_to(p, (*outer, C, K)), order="C").reshape(-1, K)
    missing = np.empty(len(rows))
    # What no set of features reaches needs no larger a table of the law.
    enough = min(tau, 1 + (K if times is None else int(times.sum(axis=-1).max())))
    for i in range(len(rows)):
        counts = None if times is None else times[i % C]
        tail_probability(row_frequencies[i], rows[i : i + 1], enough, counts, missing[i : i + 1])
    return expected_accuracy(missing.reshape(*outer, C))


def check_frequencies(frequencies: npt.NDArray[np.float64]) -> None:
    """Raise a ValueError unless all frequencies are numbers in [0, 1]."""
    outside = frequencies[~((frequencies >= 0.0) & (frequencies <= 1.0))]
    if outside.size:
        raise ValueError(f"frequencies must be numbers in [0, 1], not {outside[0]}")
