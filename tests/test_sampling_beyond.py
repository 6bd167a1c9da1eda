"""Draws beyond the paper: drift, ranks, strengths, label noise, levels, in literal arithmetic."""

import numpy as np
import pytest
import xarray as xr

import featsim
from featsim import Config, _keeping
from featsim._points import empty_points, unpack
from tests.threefry import (
    DRIFTED,
    DRIFTS,
    FREQUENCIES,
    KEPT_FEATURES,
    KEPT_POINTS,
    LABEL_NOISE,
    NOISE_LEVELS,
    STRENGTHS,
    TEST,
    TRAINING,
    bernoulli_bits,
    key_of,
    uniform,
)

SMALL = Config(
    classes=2, features=5, points_per_chunk=140, experiments=3, tau=1, test_points=20, gamma=3
)
SEED = 11
BEYOND = {
    "drift": {"drift": 0.5},
    "ranks": {"drift": 0.7, "frequency_law": "zipf", "frequency_exponent": 0.5},
    "strengths": {"max_strength": 4},
    "label noise": {"label_noise": 0.3},
    "levels": {"noise_levels": [(0.5, 0.25), (1, 0.5), (3, 0.25)]},
    "arrival": {"class_arrival": 1, "points_per_chunk": 141, "classes": 4},
    "window": {"window": 2},
}


def literal_frequencies(config, key):
    """Return the frequencies of a class by chunk, (J, K)."""
    K = config.features
    if config.frequency_law == "zipf":
        row = [config.max_frequency * k**-config.frequency_exponent for k in range(1, K + 1)]
    else:
        row = [uniform(key, FREQUENCIES, k) * config.max_frequency for k in range(K)]
    rows = [row]
    for j in range(1, config.experiments):
        row = list(row)
        chosen = [k for k in range(K) if uniform(key, DRIFTS, k, j) < config.drift]
        if config.frequency_law == "zipf":
            by_number = sorted(chosen, key=lambda k: uniform(key, DRIFTED, k, j))
            for k, other in zip(chosen, by_number, strict=True):
                row[k] = rows[-1][other]
        else:
            for k in chosen:
                row[k] = uniform(key, DRIFTED, k, j) * config.max_frequency
        rows.append(row)
    return np.array(rows)


@pytest.mark.parametrize("name", ["drift", "ranks"])
def test_frequencies_that_change_and_their_points(name):
    config = SMALL.replace(**BEYOND[name])
    given = featsim.simulate(config, seeds=[SEED], inits="warm").frequencies.values[0]
    stream, test = featsim.sample_stream(config, SEED), featsim.sample_test(config, SEED)
    for c in range(2):
        key = key_of(SEED, c)
        frequencies = literal_frequencies(config, key)
        np.testing.assert_allclose(given[:, c], frequencies, rtol=1e-15)
        assert len({tuple(row) for row in given[:, c]}) > 1
        for points, purpose, size in ((stream, TRAINING, 70), (test, TEST, 10)):
            words = -(-size // 64)
            for j, k in np.ndindex(3, 5):
                rows = (points.labels == c) & (points.chunks == j)
                bits = bernoulli_bits(given[j, c, k], key, purpose, k, words * j, size)
                assert points.features[rows, k].tolist() == bits


def test_frequencies_given_by_chunk_are_those_of_the_points():
    table = np.random.default_rng(0).random((3, 2, 5))
    stream = featsim.sample_stream(SMALL.replace(frequencies=table), SEED)
    for j, c, k in np.ndindex(3, 2, 5):
        rows = (stream.labels == c) & (stream.chunks == j)
        bits = bernoulli_bits(table[j, c, k], key_of(SEED, c), TRAINING, k, 2 * j, 70)
        assert stream.features[rows, k].tolist() == bits


def test_strengths():
    out = featsim.simulate(SMALL.replace(max_strength=4), seeds=[SEED], inits="warm")
    for c, k in np.ndindex(2, 5):
        expected = 1 + int(uniform(key_of(SEED, c), STRENGTHS, k) * 4)
        assert out.strengths.values[0, c, k] == expected


def test_label_noise():
    clean = featsim.sample_stream(SMALL, SEED)
    noisy = featsim.sample_stream(SMALL.replace(label_noise=0.3), SEED)
    for c, j in np.ndindex(2, 3):
        rows = (clean.labels == c) & (clean.chunks == j)
        wrong = np.array(bernoulli_bits(0.3, key_of(SEED, c), LABEL_NOISE, 0, 2 * j, 70))
        expected = clean.features[rows] & ~wrong[:, None]
        np.testing.assert_array_equal(noisy.features[rows], expected)
        assert wrong.any()
    np.testing.assert_array_equal(noisy.labels, clean.labels)
    np.testing.assert_array_equal(noisy.chunks, clean.chunks)


def test_levels_of_noise():
    levels = [(0.5, 0.25), (1, 0.5), (3, 0.25)]
    config = SMALL.replace(noise_levels=levels)
    noise, labels = featsim.sample_noise(config, SEED), featsim.sample_stream(config, SEED).labels
    for c in range(2):
        drawn = [uniform(key_of(SEED, c), NOISE_LEVELS, i) for i in range(210)]
        expected = [3 * (0.5 if u < 0.25 else 1 if u < 0.75 else 3) for u in drawn]
        assert noise[labels == c].tolist() == expected


def test_what_is_kept_by_share():
    key = np.array(key_of(SEED, 1), np.uint64)
    features = _keeping.kept_features(key, 0.3, 4, 70)
    points = empty_points(1, np.array([70, 0, 3, 64]))
    kept = _keeping.kept_points(key, 0.3, points)
    for j in range(4):
        assert features[j].tolist() == bernoulli_bits(0.3, key.tolist(), KEPT_FEATURES, j, 0, 70)
        bits = unpack(type(points)(kept[j][None], points.valid, points.first_word, points.sizes))
        expected = bernoulli_bits(0.3, key.tolist(), KEPT_POINTS, j, 0, 137)
        assert bits[:, 0].tolist() == expected


@pytest.mark.parametrize("name", BEYOND)
def test_more_experiments_extend_the_data(name):
    config = SMALL.replace(**BEYOND[name])
    longer = config.replace(experiments=7)
    for seed in (0, SEED):
        stream, long = featsim.sample_stream(config, seed), featsim.sample_stream(longer, seed)
        n = len(stream)
        for field in ("features", "labels", "chunks"):
            np.testing.assert_array_equal(getattr(long, field)[:n], getattr(stream, field))
        assert (long.chunks[n:] >= 3).all()
        noise, long_noise = featsim.sample_noise(config, seed), featsim.sample_noise(longer, seed)
        np.testing.assert_array_equal(long_noise[:n], noise)
        tests = featsim.sample_test(config, seed).features
        np.testing.assert_array_equal(
            featsim.sample_test(longer, seed).features[: len(tests)], tests
        )
    inits = ("random", "warm", "doubling", featsim.Init("shares", 0.5, 0.5))
    short, long = (featsim.simulate(c, seeds=[SEED], inits=inits) for c in (config, longer))
    for name in short:
        part = long[name]
        if "experiment" in part.dims:
            part = part.sel(experiment=short.experiment)
        xr.testing.assert_identical(part, short[name])


@pytest.mark.parametrize("name", BEYOND)
def test_seeds_do_not_depend_on_each_other(name):
    config = SMALL.replace(**BEYOND[name])
    several = featsim.simulate(config, seeds=[4, SEED, 0])
    xr.testing.assert_identical(
        several.sel(seed=[SEED]).drop_attrs(deep=False),
        featsim.simulate(config, seeds=[SEED], workers=1).drop_attrs(deep=False),
    )


def test_what_is_beyond_leaves_the_other_draws_alone():
    """Each has random numbers of its own, so that settings differ in nothing else."""
    clean = featsim.sample_stream(SMALL, SEED)
    for changes in ({"max_strength": 4}, {"window": 1}, BEYOND["levels"]):
        other = featsim.sample_stream(SMALL.replace(**changes), SEED)
        np.testing.assert_array_equal(other.features, clean.features)
    drifting = featsim.sample_stream(SMALL.replace(drift=0.5), SEED)
    first = clean.chunks == 0
    np.testing.assert_array_equal(drifting.features[first], clean.features[first])
    assert (drifting.features[~first] != clean.features[~first]).any()
