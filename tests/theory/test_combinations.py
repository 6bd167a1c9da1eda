"""h(v; L) against its definition, and streams that hold the same points in every chunk."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import featsim
from featsim import theory


@given(st.integers(0, 2**32 - 1), st.integers(1, 3), st.sampled_from([1, 3, 6, 70]))
@settings(max_examples=60, deadline=None)
def test_h_is_its_definition(seed, C, K):
    rng = np.random.default_rng(seed)
    n, tau = int(rng.integers(1, 30)), int(rng.integers(1, 4))
    features, labels = rng.random((n, K)) < 0.5, rng.integers(0, C, n)
    learned = rng.random((C, K)) < 0.5
    stream = featsim.FeatureStream(features, labels, np.zeros(n, int), C)
    expected = np.zeros((C, K))
    for x, y in zip(features, labels, strict=True):
        if (x & learned[y]).sum() < tau:
            expected[y] += x
    expected /= n
    np.testing.assert_array_equal(theory.h(stream, learned, tau), expected)
    table = theory.Combinations.of(stream)
    assert table.points == n
    np.testing.assert_array_equal(theory.h(table, learned, tau), expected)


def test_h_without_learned_features_is_the_count_of_algorithm_2():
    config = featsim.Config(features=9, points_per_chunk=40, experiments=1, gamma=3, test_points=0)
    stream = featsim.sample_stream(config, 0)
    out = featsim.simulate(config, seeds=1, inits="random", workers=1)
    first = out.learn_count.squeeze().where(out.learn_step.squeeze() == 0).max()
    assert theory.h(stream, np.zeros((2, 9), bool), config.tau).max() == first / 40


def test_balanced_stream_holds_every_combination_in_every_chunk():
    A, counts, labels = [[True, False], [True, True], [False, True]], [3, 0, 2], [0, 0, 1]
    stream = theory.balanced_stream(A, counts, labels, 4)
    assert (len(stream), stream.num_chunks, stream.num_classes) == (20, 4, 2)
    for j in range(4):
        table = theory.Combinations.of(stream, j)
        np.testing.assert_array_equal(table.combinations, [A[0], A[2]])
        np.testing.assert_array_equal(table.counts, [3, 2])
        np.testing.assert_array_equal(table.labels, [0, 1])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (([[1, 0]], [1], [0], 1), "features must be Boolean"),
        (([[True]], [1.5], [0], 1), "counts must be integers"),
        (([[True]], [-1], [0], 1), "counts must be at least 0, not -1"),
        (([[True]], [1, 1], [0], 1), "counts must have the shape"),
        (([[True]], [0], [0], 1), "not all 0"),
        (([[True]], [1], [0], 0), "experiments must be an integer of at least 1, not 0"),
    ],
)
def test_bad_combinations(arguments, message):
    with pytest.raises((ValueError, TypeError), match=message):
        theory.balanced_stream(*arguments)


def test_bad_learned_sets():
    table = theory.Combinations([[True, True]], [1], [0])
    with pytest.raises(TypeError, match="learned must be Boolean"):
        theory.h(table, [[1, 0]], 1)
    with pytest.raises(ValueError, match=r"learned must have the shape \(1, 2\)"):
        theory.h(table, [[True]], 1)
    with pytest.raises(ValueError, match="at least one point"):
        theory.h(theory.Combinations([[True]], [0], [0]), [[True]], 1)
