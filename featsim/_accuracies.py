"""How well the learned sets of one class do: on its test points, and for its true frequencies."""

import dataclasses

import numpy as np

from featsim._experiments import (
    Bools,
    count_well_classified,
    distinct_sets,
    missing_probability,
)
from featsim.source import ClassPoints, Counts, Reals


@dataclasses.dataclass(frozen=True)
class ClassAccuracy:
    """For every set, (init, γ, experiment); None where the class has not what it takes."""

    well_classified: Counts | None
    """Test points with at least τ learned features, of those of the experiment."""

    missing: Reals | None
    """P(|V(x) ∩ L| < τ) for the frequencies of the newest chunk."""

    missing_so_far: Reals | None
    """The same, as the mean over the frequencies of all chunks so far; None if they are one."""


def class_accuracy(drawn: ClassPoints, learned: Bools, tau: int) -> ClassAccuracy:
    """Judge the learned sets (init, γ, experiment, K) of one class, each distinct one once."""
    J = learned.shape[2]
    strengths, p, test = drawn.strengths, drawn.frequencies, drawn.test
    sets, numbers = distinct_sets(learned)
    well = missing = so_far = None
    if test is not None and test.sizes.size == 1:
        well = count_well_classified(test, sets, tau, strengths)[numbers]
    elif test is not None:
        well = np.empty(numbers.shape, np.int64)
        for j in range(J):
            some, place = np.unique(numbers[:, :, j], return_inverse=True)
            counts = count_well_classified(test.chunk(j), sets[some], tau, strengths)
            well[:, :, j] = counts[place.reshape(numbers.shape[:2])]
    if p is not None and p.ndim == 1:
        missing = missing_probability(p, sets, tau, strengths)[numbers]
    elif p is not None:
        missing, so_far = np.empty(numbers.shape), np.zeros(numbers.shape)
        for i in range(J):
            later = numbers[:, :, i:]
            some, place = np.unique(later, return_inverse=True)
            of_chunk = missing_probability(p[i], sets[some], tau, strengths)
            of_chunk = of_chunk[place.reshape(later.shape)]
            missing[:, :, i] = of_chunk[:, :, 0]
            so_far[:, :, i:] += of_chunk
        so_far /= np.arange(1, J + 1)
    return ClassAccuracy(well, missing, so_far)
