"""What is drawn beyond the paper's setting has the law that it is said to have.

Bounds are four or five standard errors of numbers that are drawn once and for all.
"""

import numpy as np
import pytest

import featsim
from featsim import Config
from featsim._purposes import DRIFTS, FREQUENCIES, STRENGTHS
from featsim.sampling import ConfigSource
from featsim.source import key_of

KOLMOGOROV = 1.63
"""The bound at 1 %, times the root of the number."""

CHUNKS = Config(
    classes=2, features=400, points_per_chunk=2, experiments=60, tau=1, test_points=0, drift=0.2
)


def frequencies(config, seeds):
    """Return (seed, class, chunk, feature)."""
    source = ConfigSource(config)
    return np.array(
        [
            [source.frequencies(key_of(seed, c), c) for c in range(config.classes)]
            for seed in range(seeds)
        ]
    )


def assert_uniform(values):
    values = np.sort(np.ravel(values))
    steps = np.arange(1, values.size + 1) / values.size
    assert np.abs(values - steps).max() < KOLMOGOROV / values.size**0.5


def assert_share(drawn, share):
    """A mean of independent draws of 0 and 1."""
    error = (share * (1 - share) / drawn.size) ** 0.5
    assert abs(drawn.mean() - share) <= 4 * error


def assert_independent(*rows):
    correlations = np.corrcoef(rows)[np.triu_indices(len(rows), 1)]
    assert np.abs(correlations).max() < 5 / np.size(rows[0]) ** 0.5


@pytest.mark.parametrize("drift", [0.05, 0.2, 0.9])
def test_the_share_of_frequencies_drawn_anew(drift):
    p = frequencies(CHUNKS.replace(drift=drift), 2)
    anew = p[:, :, 1:] != p[:, :, :-1]
    assert_share(anew, drift)
    assert_uniform(p[:, :, 1:][anew] / 0.2)
    assert p.min() >= 0
    assert p.max() < 0.2
    assert_uniform(p[:, :, -1] / 0.2)  # and stay so
    by_feature = anew.reshape(-1, 400).mean(axis=0)  # no feature is preferred
    assert np.abs(by_feature - drift).max() < 5 * (drift * (1 - drift) / (4 * 59)) ** 0.5
    assert_independent(*anew.reshape(4, -1))  # seeds and classes
    earlier, later = anew[:, :, :-1].ravel(), anew[:, :, 1:].ravel()
    assert_independent(earlier, later)
    # What is drawn tells nothing of what was there.
    assert_independent(p[:, :, :-1][anew], p[:, :, 1:][anew])


def test_without_and_with_certain_drift():
    p = frequencies(CHUNKS.replace(drift=1.0), 1)
    assert (p[:, :, 1:] != p[:, :, :-1]).all()
    assert "experiment" not in featsim.simulate(CHUNKS.replace(drift=0), seeds=1).frequencies.dims


@pytest.mark.parametrize("exponent", [0.0, 0.5, 1.0, 2.5])
def test_zipf_s_law(exponent):
    config = CHUNKS.replace(drift=0, frequency_law="zipf", frequency_exponent=exponent)
    given = featsim.simulate(config, seeds=2).frequencies.values
    expected = [0.2 * k**-exponent for k in range(1, 401)]
    np.testing.assert_allclose(given, np.broadcast_to(expected, given.shape), rtol=1e-14)


@pytest.mark.parametrize("drift", [0.05, 0.5, 1.0])
def test_ranks_are_exchanged(drift):
    config = CHUNKS.replace(drift=drift, frequency_law="zipf")
    p = frequencies(config, 2)
    ranks = np.rint(0.2 / p).astype(int)
    np.testing.assert_allclose(p, 0.2 / ranks, rtol=1e-14)
    assert (np.sort(ranks, axis=-1) == np.arange(1, 401)).all()  # each rank once, always
    moved = ranks[:, :, 1:] != ranks[:, :, :-1]
    # Of the chosen, one on average keeps its rank in a random permutation.
    rows = moved.sum(axis=-1)
    error = (400 * drift * (1 - drift) + 1) ** 0.5 / rows.size**0.5
    assert abs(rows.mean() - (400 * drift - 1)) < 4 * error
    if drift == 1.0:
        assert_independent(ranks[:, :, :-1].ravel(), ranks[:, :, 1:].ravel())
        assert abs(ranks[:, :, 1:].mean(axis=(0, 1, 2)) - 200.5).max() < 5 * 115.5 / (4 * 59) ** 0.5


def test_label_noise_empties_a_share_of_the_points():
    table = [[1.0, 0.3]] * 2
    config = Config(
        features=2, tau=1, points_per_chunk=20_000, experiments=3, label_noise=0.15,
        frequencies=table, test_points=2_000,
    )  # fmt: skip
    for seed in range(2):
        stream = featsim.sample_stream(config, seed)
        wrong = ~stream.features.any(axis=1)
        assert_share(wrong, 0.15)
        assert_share(stream.features[~wrong, 1], 0.3)
        np.testing.assert_array_equal(wrong, ~stream.features[:, 0])
        assert_independent(wrong[:-1], wrong[1:])
        assert_independent(wrong[stream.labels == 0], wrong[stream.labels == 1])
        assert featsim.sample_test(config, seed).features[:, 0].all()  # which are clean
        for c, j in np.ndindex(2, 3):
            assert np.sum((stream.labels == c) & (stream.chunks == j)) == 10_000
    everything = featsim.sample_stream(config.replace(label_noise=1.0), 0)
    assert not everything.features.any()


@pytest.mark.parametrize(
    ("classes", "arrival", "points", "expected"),
    [
        (3, 1, 10, [[10, 0, 0], [5, 5, 0], [4, 3, 3], [4, 3, 3]]),
        (3, 2, 9, [[9, 0, 0], [9, 0, 0], [5, 4, 0], [5, 4, 0]]),
        (2, 5, 7, [[7, 0]] * 4),
        (4, 1, 2, [[2, 0, 0, 0], [1, 1, 0, 0], [1, 1, 0, 0], [1, 1, 0, 0]]),
        (3, 1, (0, 1, 2, 300), [[0, 0, 0], [1, 0, 0], [1, 1, 0], [100, 100, 100]]),
        (3, 0, 9, [[3, 3, 3]] * 4),
    ],
)
def test_classes_that_arrive(classes, arrival, points, expected):
    sizes = {"points_per_chunk": points} if isinstance(points, int) else {"points_by_chunk": points}
    config = Config(
        classes=classes, class_arrival=arrival, experiments=4, features=3, tau=1,
        test_points=6 * classes, **sizes,
    )  # fmt: skip
    stream = featsim.sample_stream(config, 3)
    got = np.zeros((4, classes), int)
    np.add.at(got, (stream.chunks, stream.labels), 1)
    assert got.tolist() == expected
    out = featsim.simulate(config, seeds=1)
    assert (
        out.nonzero_gradient_points.sel(init="random").values[0].tolist()
        == np.cumsum([sum(row) for row in expected]).tolist()
    )


@pytest.mark.parametrize("most", [2, 3, 10])
def test_strengths_are_uniform(most):
    config = Config(classes=4, features=500, points_per_chunk=4, experiments=1, max_strength=most)
    drawn = featsim.simulate(config, seeds=5, inits="warm").strengths.values
    counts = np.bincount(drawn.ravel(), minlength=most + 1)
    assert counts[0] == 0
    assert counts.size == most + 1
    expected = drawn.size / most
    square = ((counts[1:] - expected) ** 2 / expected).sum()
    assert square < most - 1 + 4 * (2 * (most - 1)) ** 0.5 + 4
    assert_independent(*drawn.reshape(20, -1))


def test_shares_of_the_levels_of_noise():
    levels = [(0.5, 0.2), (1.0, 0.0), (2.0, 0.7), (8.0, 0.1)]
    config = Config(points_per_chunk=20_000, experiments=3, gamma=10, noise_levels=levels)
    noise = np.array([featsim.sample_noise(config, seed) for seed in range(2)])
    assert set(noise.ravel()) == {5.0, 20.0, 80.0}
    for factor, share in levels:
        assert_share(noise == 10 * factor, share)
    labels = featsim.sample_stream(config, 0).labels
    assert_independent(noise[0], noise[1])
    assert_independent(noise[0][labels == 0], noise[0][labels == 1])
    assert_independent(noise[0][:-1], noise[0][1:])
    features = featsim.sample_stream(config, 0).features[labels == 0, :10]
    assert_independent(noise[0][labels == 0], *features.T)


def test_seeds_classes_and_purposes_are_independent():
    source = ConfigSource(Config(features=5_000, points_per_chunk=2, experiments=1, test_points=0))
    rows = [
        source._uniform(key_of(seed, c), purpose, place)
        for seed in (0, 1, 2**31 - 1)
        for c in (0, 1)
        for purpose, place in ((FREQUENCIES, 0), (DRIFTS, 1), (DRIFTS, 2), (STRENGTHS, 0))
    ]
    for row in rows:
        assert_uniform(row)
    assert_independent(*rows)
    assert len({row[0] for row in rows}) == len(rows)
