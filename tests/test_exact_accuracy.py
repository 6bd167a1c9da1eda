"""``exact_accuracy`` against sums over all points, and against the accuracy on drawn points."""

import itertools
import math
import operator
from fractions import Fraction

import numpy as np
import pytest

import featsim


def masses(frequencies):
    """The probability of each of the 2^K points of a class, in fractions."""
    points = itertools.product([0, 1], repeat=len(frequencies))
    factors = [(1 - Fraction(p), Fraction(p)) for p in frequencies.tolist()]
    return {
        point: math.prod(factor[has] for has, factor in zip(point, factors, strict=True))
        for point in points
    }


def accuracy_by_brute_force(learned, by_class, tau):
    """1 − (C − 1)/C · P(|V(x) ∩ L| < τ), by all 2^K points of each class, in fractions."""
    C = len(learned)
    missing = Fraction(0)
    for knows, points in zip(learned.tolist(), by_class, strict=True):
        below = (p for point, p in points.items() if sum(map(operator.and_, point, knows)) < tau)
        missing += sum(below) / C
    return float(1 - Fraction(C - 1, C) * missing)


@pytest.mark.parametrize(
    ("C", "K", "tau", "largest"),
    [(1, 5, 2, 0.9), (2, 8, 1, 0.3), (3, 7, 3, 0.8), (2, 9, 8, 1.0), (5, 4, 2, 1e-3)],
)
def test_all_points(C, K, tau, largest):
    config = featsim.Config(
        classes=C,
        features=K,
        points_per_chunk=20 * C,
        experiments=3,
        gamma=3,
        tau=tau,
        max_frequency=largest,
        test_points=0,
    )
    out = featsim.simulate(config, seeds=2)
    assert "test_accuracy" not in out
    by_class = [[masses(row) for row in table] for table in out.frequencies.values]
    for s, i, j in np.ndindex(2, 3, 3):
        expected = accuracy_by_brute_force(out.learned.values[s, i, j], by_class[s], tau)
        assert out.exact_accuracy.values[s, i, j] == pytest.approx(expected, rel=1e-14, abs=0)


def test_certain_and_impossible_features():
    table = ((1.0, 1.0, 0.0), (1.0, 0.5, 0.0))
    config = featsim.Config(
        features=3, points_per_chunk=200, experiments=1, gamma=20, tau=2, frequencies=table
    )
    out = featsim.simulate(config, seeds=1, inits="random").squeeze()
    assert out.learned.values.tolist() == [[True, True, False], [True, True, False]]
    assert out.exact_accuracy == 0.5 * 1 + 0.5 * (0.5 + 0.5 / 2)


def test_drawn_points_agree_within_their_standard_error():
    config = featsim.Config(
        classes=4,
        features=12,
        points_per_chunk=400,
        experiments=1,
        gamma=8,
        tau=2,
        test_points=40_000,
    )
    out = featsim.simulate(config, seeds=100, inits="warm").squeeze(["init", "experiment"])
    # With C = 4 a point counts 1, or 1/4 with probability P: its mean is 1 − 3/4 P. The points of
    # a class are alike, so that the variance is below that of a mixture with the same mean.
    missing = (1 - out.exact_accuracy) * 4 / 3
    error = 3 / 4 * np.sqrt(missing * (1 - missing) / config.test_points)
    z = ((out.test_accuracy - out.exact_accuracy) / error).values
    assert np.abs(z).max() < 4
    assert abs(z.mean()) < 4 / np.sqrt(z.size)
    assert 0.7 < z.std() < 1.2
