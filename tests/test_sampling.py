"""The points of a Config: the generator, the bits and the draws, against literal arithmetic."""

from fractions import Fraction

import numba
import numpy as np
import pytest

import featsim
from featsim._kernels import sampling as kernels
from tests.threefry import (
    FREQUENCIES,
    MASK,
    TEST,
    TRAINING,
    bernoulli_word,
    key_of,
    threefry,
    uniform,
)

# Random123's file of known answers, kat_vectors: counter, key, result of threefry4x64 20.
KNOWN_ANSWERS = [
    (
        [0] * 4,
        [0] * 4,
        [0x09218EBDE6C85537, 0x55941F5266D86105, 0x4BD25E16282434DC, 0xEE29EC846BD2E40B],
    ),
    (
        [MASK] * 4,
        [MASK] * 4,
        [0x29C24097942BBA1B, 0x0371BBFB0F6F4E11, 0x3C231FFA33F83A1C, 0xCD29113FDE32D168],
    ),
]


@numba.njit
def random_words(counter, key):
    return kernels.threefry(counter[0], counter[1], counter[2], counter[3], key)


def compiled_threefry(counter, key):
    words = random_words(tuple(map(np.uint64, counter)), tuple(map(np.uint64, key)))
    return [int(word) for word in words]


@pytest.mark.parametrize(("counter", "key", "result"), KNOWN_ANSWERS)
def test_known_answers(counter, key, result):
    assert threefry(counter, key) == result
    assert compiled_threefry(counter, key) == result


def test_any_counter_and_key():
    rng = np.random.default_rng(1)
    for words in rng.integers(0, 2**64, (50, 8), np.uint64).tolist():
        assert compiled_threefry(words[:4], words[4:]) == threefry(words[:4], words[4:])


EXACT = [0.0, 1.0, 0.1, 0.5, 0.75, 1 / 3, 2.0**-60, 1 - 2.0**-53, 5e-324, 2.0**-1022 * 1.5]


def test_bernoulli_words_are_exact():
    rng = np.random.default_rng(2)
    key = rng.integers(0, 2**64, 4, np.uint64)
    valid = np.array([MASK, 0b1011, MASK], np.uint64)
    out = np.full((len(EXACT), 3), 7, np.uint64)
    kernels.bernoulli_words(np.array(EXACT), valid, key, 5, 0, 3, out)
    for k, p in enumerate(EXACT):
        for w in range(3):
            expected = bernoulli_word(Fraction(p), key.tolist(), 5, k, w) & int(valid[w])
            assert int(out[k, w]) == expected, (p, w)


def test_a_word_does_not_depend_on_those_around_it():
    key = np.arange(4, dtype=np.uint64)
    W = 2 * kernels.WORDS_PER_TILE + 3
    frequencies = np.array([0.02, 0.6, 0.999])

    def draw(valid, features=3):
        out = np.empty((features, valid.size), np.uint64)
        kernels.bernoulli_words(frequencies[:features], valid, key, 0, 0, valid.size, out)
        return out

    full = np.full(W, MASK, np.uint64)
    whole = draw(full)
    sparse = np.zeros(W, np.uint64)
    sparse[[0, kernels.WORDS_PER_TILE, W - 1]] = MASK
    np.testing.assert_array_equal(draw(sparse), whole & sparse)
    np.testing.assert_array_equal(draw(full[: W - 5], features=2), whole[:2, : W - 5])
    assert np.unique(whole[1]).size == W


def test_points_are_those_of_the_seed_the_class_and_the_purpose():
    config = featsim.Config(
        classes=3, features=4, points_per_chunk=6, experiments=3, tau=1, test_points=150
    )
    out = featsim.simulate(config, seeds=[11])
    stream, test = featsim.sample_stream(config, 11), featsim.sample_test(config, 11)
    assert stream.labels.tolist() == [0, 0, 1, 1, 2, 2] * 3
    assert stream.chunks.tolist() == [0] * 6 + [1] * 6 + [2] * 6
    assert test.labels.tolist() == [0] * 50 + [1] * 50 + [2] * 50
    assert not test.chunks.any()
    for c in range(3):
        key = key_of(11, c)
        for k, p in enumerate(out.frequencies.values[0, c]):
            assert p == uniform(key, FREQUENCIES, k) * config.max_frequency
            for points, purpose, words, size in ((stream, TRAINING, 3, 2), (test, TEST, 1, 50)):
                bits = [bernoulli_word(Fraction(p), key, purpose, k, w) for w in range(words)]
                expected = [bool(word >> i & 1) for word in bits for i in range(size)]
                assert points.features[points.labels == c, k].tolist() == expected


def test_given_frequencies_and_no_test_points():
    table = ((0.0, 1.0, 0.5), (1.0, 0.0, 0.5))
    config = featsim.Config(
        features=3, points_per_chunk=2_000, experiments=2, tau=1, test_points=0, frequencies=table
    )
    stream = featsim.sample_stream(config, seed=0)
    assert len(featsim.sample_test(config, seed=0)) == 0
    for c in range(2):
        mean = stream.features[stream.labels == c].mean(0)
        assert mean[[0, 1]].tolist() == list(table[c][:2])
        assert abs(mean[2] - 0.5) < 4 * 0.5 / 2_000**0.5
    np.testing.assert_array_equal(featsim.simulate(config, seeds=1).frequencies[0], table)


def test_frequencies_and_independence_of_the_points():
    """Shares of features and of pairs lie around p and p q as the normal law says."""
    table = np.linspace(0.02, 0.95, 20)[None]
    config = featsim.Config(
        classes=1, features=20, points_per_chunk=100_003, experiments=2, frequencies=table
    )
    points = featsim.sample_stream(config, seed=0).features.astype(float)
    n, p = len(points), table[0]
    z = (points.mean(0) - p) / np.sqrt(p * (1 - p) / n)
    assert np.abs(z).max() < 4
    pairs = np.corrcoef(points.T)[np.triu_indices(20, 1)] * np.sqrt(n)
    assert np.abs(pairs).max() < 4.5
    assert 0.8 < np.mean(pairs**2) < 1.2  # 190 of them: the standard error is 0.1
    neighbours = (points[1:] - p) * (points[:-1] - p) / (p * (1 - p))
    assert np.abs(neighbours.mean(0) * np.sqrt(n)).max() < 4


def test_drawn_frequencies_are_uniform():
    config = featsim.Config(classes=4, features=500, points_per_chunk=4, experiments=1)
    p = featsim.simulate(config, seeds=5, inits="warm").frequencies.values.ravel() / 0.2
    assert p.size == np.unique(p).size == 10_000
    steps = np.arange(1, p.size + 1) / p.size
    assert np.abs(np.sort(p) - steps).max() < 1.63 / p.size**0.5  # Kolmogorov's bound at 1 %
