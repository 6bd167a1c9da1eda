"""The exact accuracy against enumeration, exact fractions and a special function."""

import itertools
from fractions import Fraction

import numpy as np
import pytest
from scipy import stats

import featsim
from featsim import theory


def accuracy_by_points(learned, frequencies, tau, strengths=None):
    """Sum over all 2^K points of each class, in fractions."""
    C, K = learned.shape
    times = np.ones((C, K), int) if strengths is None else strengths
    missing = Fraction(0)
    for c in range(C):
        p = [Fraction(float(x)) for x in frequencies[c]]
        for point in itertools.product((0, 1), repeat=K):
            have = [x * s for x, s in zip(point, times[c].tolist(), strict=True)]
            if sum(x for x, known in zip(have, learned[c], strict=True) if known) < tau:
                missing += np.prod([q if x else 1 - q for x, q in zip(point, p, strict=True)])
    return 1 - Fraction(C - 1, C) * missing / C


def accuracy_in_fractions(learned, frequencies, tau):
    """Build the law of the number of features one by one, in fractions."""
    C = len(learned)
    missing = Fraction(0)
    for known, row in zip(learned, frequencies, strict=True):
        mass = [Fraction(1)] + [Fraction(0)] * (tau - 1)
        for p in (Fraction(float(x)) for x in row[known]):
            for s in range(tau - 1, 0, -1):
                mass[s] = mass[s] * (1 - p) + mass[s - 1] * p
            mass[0] *= 1 - p
        missing += sum(mass)
    return 1 - Fraction(C - 1, C) * missing / C


@pytest.mark.parametrize(("C", "K", "tau"), [(1, 1, 1), (2, 5, 1), (3, 6, 3), (2, 7, 7), (2, 4, 9)])
def test_all_points(C, K, tau):
    rng = np.random.default_rng([C, K, tau])
    for _ in range(5):
        learned, p = rng.random((C, K)) < 0.7, rng.choice([0.0, 1.0, *rng.random(4)], (C, K))
        expected = accuracy_by_points(learned, p, tau)
        assert theory.exact_accuracy(learned, p, tau) == pytest.approx(float(expected), abs=1e-15)


@pytest.mark.parametrize(
    ("C", "K", "tau", "strongest"),
    [(1, 1, 2, 3), (2, 5, 1, 4), (3, 6, 4, 3), (2, 7, 9, 2), (2, 4, 30, 3)],
)
def test_all_points_of_strong_features(C, K, tau, strongest):
    rng = np.random.default_rng([C, K, tau])
    for _ in range(5):
        learned, p = rng.random((C, K)) < 0.7, rng.choice([0.0, 1.0, *rng.random(4)], (C, K))
        strengths = rng.integers(1, strongest + 1, (C, K))
        expected = float(accuracy_by_points(learned, p, tau, strengths))
        got = theory.exact_accuracy(learned, p, tau, strengths)
        assert got == pytest.approx(expected, abs=1e-15)


@pytest.mark.parametrize(("K", "tau"), [(20, 12), (50, 30), (80, 60)])
def test_strong_features_in_fractions(K, tau):
    """The law of the weighted sum, as a polynomial whose powers are the sums."""
    rng = np.random.default_rng(K)
    learned, p = rng.random((2, K)) < 0.9, rng.random((2, K)) / 2
    strengths = rng.integers(1, 6, (2, K))
    missing = Fraction(0)
    for row, known, times in zip(p.tolist(), learned, strengths.tolist(), strict=True):
        law = {0: Fraction(1)}
        for k in np.flatnonzero(known):
            q, more = Fraction(row[k]), {}
            for total, mass in law.items():
                more[total] = more.get(total, 0) + mass * (1 - q)
                more[total + times[k]] = more.get(total + times[k], 0) + mass * q
            law = more
        missing += sum(mass for total, mass in law.items() if total < tau)
    expected = float(1 - missing / 4)
    assert 0.5 < expected < 0.999
    got = theory.exact_accuracy(learned, p, tau, strengths)
    assert got == pytest.approx(expected, abs=1e-14)


def test_strengths_of_one_change_nothing_and_equal_ones_divide_tau():
    rng = np.random.default_rng(0)
    learned, p = rng.random((4, 2, 9)) < 0.8, rng.random((2, 9))
    once = theory.exact_accuracy(learned, p, 3)
    np.testing.assert_array_equal(theory.exact_accuracy(learned, p, 3, np.ones((2, 9), int)), once)
    for tau in (7, 8, 9):  # three features of strength 3 are asked for
        thrice = theory.exact_accuracy(learned, p, tau, np.full((2, 9), 3))
        np.testing.assert_array_equal(thrice, once)


@pytest.mark.parametrize(("K", "tau"), [(50, 3), (80, 40), (120, 12)])
def test_fractions(K, tau):
    rng = np.random.default_rng(K)
    learned, p = rng.random((2, K)) < 0.9, rng.random((2, K))
    expected = accuracy_in_fractions(learned, p, tau)
    assert theory.exact_accuracy(learned, p, tau) == pytest.approx(float(expected), abs=1e-14)


@pytest.mark.parametrize("tau", [1, 3, 980, 1_000, 1_100])
def test_ten_thousand_equal_features(tau):
    K, p = 10_000, 0.1
    got = theory.exact_accuracy(np.ones((2, K), bool), np.full((2, K), p), tau)
    assert got == pytest.approx(1 - stats.binom.cdf(tau - 1, K, p) / 2, abs=1e-12)


def test_ten_thousand_different_features():
    wide = np.longdouble
    if np.finfo(wide).nmant < 60:
        pytest.skip("the long double of this machine is no wider than a double")
    K, tau = 10_000, 2_500
    p = np.random.default_rng(0).random((2, K)) / 2
    missing = wide(0)
    for row in p.astype(wide):
        mass = np.zeros(tau, wide)
        mass[0] = 1
        for q in row:
            mass[1:] = mass[1:] * (1 - q) + mass[:-1] * q
            mass[0] *= 1 - q
        missing += mass.sum()
    got = theory.exact_accuracy(np.ones((2, K), bool), p, tau)
    assert 0.6 < got < 0.9
    assert got == pytest.approx(float(1 - missing / 4), abs=1e-12)


def test_leading_dims_and_the_simulator():
    config = featsim.Config(features=12, points_per_chunk=60, experiments=3, gamma=4, test_points=0)
    out = featsim.simulate(config, seeds=2, workers=1)
    got = theory.exact_accuracy(out.learned, out.frequencies.values[:, None, None], config.tau)
    np.testing.assert_array_equal(got, out.exact_accuracy)
    assert got.shape == (2, 3, 3)
    strong = featsim.simulate(config.replace(max_strength=3), seeds=1, workers=1)
    got = theory.exact_accuracy(
        strong.learned[0], strong.frequencies[0], config.tau, strong.strengths[0]
    )
    np.testing.assert_array_equal(got, strong.exact_accuracy[0])


@pytest.mark.parametrize(
    ("learned", "frequencies", "tau", "message"),
    [
        (np.ones((2, 3)), np.ones((2, 3)), 1, "learned must be Boolean, not float64"),
        (np.ones((2, 3), bool), np.ones((2, 4)), 1, "the same C and K"),
        (np.ones(3, bool), np.ones(3), 1, "the same C and K"),
        (np.ones((4, 2, 3), bool), np.ones((5, 2, 3)), 1, "leading dims"),
        (np.ones((2, 3), bool), np.full((2, 3), 1.5), 1, "not 1.5"),
        (np.ones((2, 3), bool), np.full((2, 3), np.nan), 1, "not nan"),
        (np.ones((2, 3), bool), np.ones((2, 3)), 0, "tau must be an integer of at least 1"),
        (np.ma.ones((2, 3), bool), np.ones((2, 3)), 1, "learned must have no mask"),
        (np.ones((2, 3), bool), np.ma.ones((2, 3)), 1, "frequencies must have no mask"),
    ],
)
def test_bad_input(learned, frequencies, tau, message):
    with pytest.raises((ValueError, TypeError), match=message):
        theory.exact_accuracy(learned, frequencies, tau)


@pytest.mark.parametrize(
    ("strengths", "message"),
    [
        (np.ones((2, 4), int), r"strengths must have the shape .* \(2, 3\), not \(2, 4\)"),
        (np.zeros((2, 3), int), "strengths must be integers in 1 .* not 0"),
        (np.ones((2, 3)), "strengths must be a table of integers"),
    ],
)
def test_bad_strengths(strengths, message):
    with pytest.raises((ValueError, TypeError), match=message):
        theory.exact_accuracy(np.ones((2, 3), bool), np.ones((2, 3)), 1, strengths)
