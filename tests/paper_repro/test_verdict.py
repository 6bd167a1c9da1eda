"""The interval of numbers and the permutation test of ranks."""

import itertools

import numpy as np
import pytest
from scipy.stats import spearmanr, ttest_1samp

from paper_repro.verdict import FAILS, HOLDS, UNKNOWN, Ranks, interval, judge


def test_verdicts_follow_the_interval_of_the_mean():
    assert judge([1.0, 1.1, 0.9]).verdict() == HOLDS
    assert judge([-1.0, -1.1, -0.9]).verdict() == FAILS
    assert judge([1.0, -1.1, 0.9]).verdict() == UNKNOWN
    assert judge([100.0]).verdict() == UNKNOWN
    assert judge([89.0, 89.1, 88.9], threshold=90).verdict() == FAILS
    assert judge([1.0, 1.1, 0.9]).verdict(1e-4) == UNKNOWN
    assert judge([2.0, 2.0]).verdict() == HOLDS
    assert judge([0.0, 0.0]).verdict() == UNKNOWN


def test_the_interval_is_students():
    low, high = interval([1.0, 2.0, 3.0])
    assert (low + high) / 2 == pytest.approx(2)
    assert (high - low) / 2 == pytest.approx(2.919986 / np.sqrt(3), rel=1e-6)  # t, 2 df, 95 %
    values = np.random.default_rng(1).normal(0.5, 1, 6)
    judged = judge(values, threshold=0.2)
    expected = ttest_1samp(values, 0.2, alternative="greater").pvalue
    assert judged.above == pytest.approx(expected)
    assert judged.below == pytest.approx(1 - expected)
    assert judge([1.0, 2.0, 3.0]).text() == "2.00 [0.31, 3.69] (3 seeds)"
    assert judge([1.0]).text(1) == "1.0 (1 seed)"


def test_rho_is_spearmans():
    one, other = [3, 1, 2, 2, 5], [1, 1, 4, 2, 9]
    assert Ranks(one, other).rho == pytest.approx(spearmanr(one, other).statistic)
    assert Ranks([1, 1, 1], [1, 2, 3]).rho == 0


def by_hand(pairs):
    """Return the share of all joint permutations whose sum of ρ is as high, and as low."""
    seen = sum(spearmanr(a, b).statistic for a, b in pairs)
    choices = [
        [spearmanr(a, order).statistic for order in itertools.permutations(b)] for a, b in pairs
    ]
    sums = np.array([sum(chosen) for chosen in itertools.product(*choices)])
    return (sums >= seen - 1e-7).mean(), (sums <= seen + 1e-7).mean()


def test_the_permutation_test_counts_every_permutation_of_every_seed():
    pairs = [([1, 2, 3, 4], [1, 3, 2, 4]), ([1, 2, 3], [2, 1, 3]), ([1, 2, 2], [5, 6, 7])]
    judged = judge([Ranks(a, b) for a, b in pairs])
    assert (judged.above, judged.below) == pytest.approx(by_hand(pairs))


def test_three_points_of_one_seed_tell_nothing_and_of_three_seeds_do():
    rising, falling = Ranks([1, 2, 3], [4, 5, 6]), Ranks([1, 2, 3], [6, 5, 4])
    assert judge([rising]).verdict() == UNKNOWN
    assert judge([rising]).above == pytest.approx(1 / 6)
    assert judge([rising] * 2).verdict() == HOLDS
    assert judge([rising] * 2).above == pytest.approx(1 / 36)
    assert judge([falling] * 3).verdict() == FAILS
    assert judge([rising, falling]).verdict() == UNKNOWN
    assert judge([rising] * 3).text() == "1.00, p = 0.0093 (3 seeds)"
    many = Ranks(range(20), range(20))
    assert judge([many] * 2).text() == "1.00, p ≤ 0.0001 (2 seeds)"


def test_chance_is_rarely_called_a_claim():
    generator = np.random.default_rng(0)
    verdicts = []
    for _ in range(300):
        seeds = [Ranks(range(4), generator.permutation(4)) for _ in range(3)]
        verdicts.append(judge(seeds).verdict())
    assert verdicts.count(HOLDS) <= 25  # at most 5 % in expectation, 15
    assert verdicts.count(FAILS) <= 25


def test_many_pairs_are_judged_by_random_permutations():
    one = np.arange(12)
    risen = judge([Ranks(one, one)] * 2)
    assert risen.above == 1 / 20_001
    assert risen.verdict() == HOLDS
    assert judge([Ranks(one, one)] * 2) == risen
    assert judge([Ranks(one, one), Ranks(one, -one)]).verdict() == UNKNOWN


def test_many_seeds_of_few_pairs_are_judged_by_random_permutations():
    generator = np.random.default_rng(0)
    one = np.arange(8)
    ranks = [Ranks(one, one + 3 * generator.random(8).round(1)) for _ in range(3)]
    exact = judge(ranks)
    assert 0 < exact.above < 1 / 20_001
    tied = [Ranks(one, np.minimum(one, 2 + i % 5)) for i in range(12)]  # no common denominator
    assert judge(tied).above == 1 / 20_001
