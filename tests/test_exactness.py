"""The simulator equals the literal reference on the same points, in every discrete variable."""

import hypothesis.extra.numpy as hnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import featsim
from featsim._kernels.sets import WORDS_PER_TILE
from tests import reference

FORGETFUL = featsim.Init("forgetful", keep_learned=False, keep_memorized=True)
CORNERS = ("random", "warm", "ideal", FORGETFUL)


def tables(runs, C, K):
    """Return the reference's experiments as the arrays of a result, without the dim init."""
    J = len(runs)
    learned = np.zeros((J, C, K), bool)
    step, count = np.full((J, C, K), -1), np.full((J, C, K), -1)
    for j, run in enumerate(runs):
        for c, k in run.learned:
            learned[j, c, k] = True
        for i, ((c, k), n) in enumerate(run.steps):
            step[j, c, k], count[j, c, k] = i, n
    return {
        "learned": learned,
        "learn_step": step,
        "learn_count": count,
        "learned_features": [len(run.learned) for run in runs],
        "nonzero_gradient_points": [run.nonzero_gradient for run in runs],
        "memorized_points": [run.memorized_points for run in runs],
        "learnable_features": [run.learnable for run in runs],
    }


def assert_equal_to_reference(out, stream, gamma, tau, test=None):
    C, K = stream.num_classes, stream.num_features
    features, labels = stream.features.tolist(), stream.labels.tolist()
    for i, init in enumerate(out.init.values):
        runs = reference.experiments(features, labels, stream.chunks.tolist(), C, gamma, tau, init)
        for name, expected in tables(runs, C, K).items():
            np.testing.assert_array_equal(out[name].values[i], expected, f"{name}, {init}")
        if test is not None:
            rows, classes = test.features.tolist(), test.labels.tolist()
            expected = [reference.accuracy(run.learned, rows, classes, C, tau) for run in runs]
            np.testing.assert_allclose(out.test_accuracy.values[i], expected, rtol=1e-12, atol=0)


def check(stream, gamma, tau, test=None):
    out = featsim.simulate_stream(stream, gamma=gamma, tau=tau, inits=CORNERS, test=test)
    assert ("test_accuracy" in out) == (test is not None)
    assert_equal_to_reference(out, stream, gamma, tau, test)


@st.composite
def streams(draw):
    C = draw(st.integers(1, 8))
    K = draw(st.one_of(st.integers(1, 6), st.integers(1, 90), st.sampled_from([63, 64, 65, 128])))
    n = draw(st.integers(0, 40 if K <= 6 else 12))
    J = draw(st.integers(1, 5))
    density = draw(st.sampled_from([0.0, 0.05, 0.2, 0.5, 0.9, 1.0]))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    if draw(st.booleans()):  # few distinct points: duplicates, and ties everywhere
        pool = rng.random((draw(st.integers(1, 3)), K)) < density
        features = pool[rng.integers(0, len(pool), n)]
    else:
        features = rng.random((n, K)) < density
    labels = draw(hnp.arrays(np.int64, n, elements=st.integers(0, C - 1)))
    chunks = draw(hnp.arrays(np.int64, n, elements=st.integers(0, J - 1)))
    return featsim.FeatureStream(features, labels, chunks, C)


@given(
    streams(),
    st.one_of(st.integers(1, 8), st.floats(0.1, 8.0), st.sampled_from([1e-300, 41, 1e300])),
    st.one_of(st.integers(1, 4), st.integers(1, 130), st.just(10**30)),
    st.booleans(),
)
@settings(max_examples=200, deadline=None)
def test_random_streams(stream, gamma, tau, tested):
    check(stream, gamma, tau, stream if tested and len(stream) else None)


@given(
    st.integers(2, 7),
    st.lists(st.integers(0, 9), min_size=4, max_size=14),
    st.integers(1, 12),
    st.integers(1, 3),
    st.integers(0, 2**32 - 1),
)
@settings(max_examples=60, deadline=None)
def test_many_small_experiments(K, sizes, gamma, tau, seed):
    # Experiments repeat most of the one before, in the same order, in another, or partly.
    rng = np.random.default_rng(seed)
    chunks = np.repeat(np.arange(len(sizes)), sizes)
    features = rng.random((chunks.size, K)) < rng.choice([0.2, 0.5])
    check(featsim.FeatureStream(features, rng.integers(0, 2, chunks.size), chunks, 2), gamma, tau)


@pytest.mark.parametrize("sizes", [(64,), (1, 0, 63, 65), (0, 128, 1, 64), (130, 62)])
def test_words_that_are_full_or_partly_filled(sizes):
    rng = np.random.default_rng(len(sizes))
    chunks = np.repeat(np.arange(len(sizes)), sizes)
    features = rng.random((chunks.size, 8)) < rng.choice([0.1, 0.3, 0.5], 8)
    order = rng.permutation(chunks.size)
    stream = featsim.FeatureStream(features, np.zeros(chunks.size, int), chunks[order])
    check(stream, 4, 2, test=stream)


def test_chunks_beyond_a_tile():
    tile = 64 * WORDS_PER_TILE
    rng = np.random.default_rng(5)
    chunks = np.repeat([0, 1], [100, tile + 70])
    features = rng.random((chunks.size, 3)) < [0.01, 0.1, 0.2]
    stream = featsim.FeatureStream(features, np.zeros(chunks.size, int), chunks)
    check(stream, 40, 2, test=stream)


@pytest.mark.parametrize("tau", [1, 2, 3, 4, 5, 16, 17, 64, 65, 70, 71])
def test_counters_of_every_width(tau):
    # Counters have two more bits beyond 4, 16 and 64; dense points reach each of these.
    rng = np.random.default_rng(tau)
    stream = featsim.FeatureStream(
        rng.random((40, 70)) < rng.choice([0.9, 1.0], (40, 1)), np.zeros(40, int), np.arange(40) % 2
    )
    check(stream, 3, tau, test=stream)


@pytest.mark.parametrize(
    ("changes", "seeds"),
    [
        ({}, [3, 0]),
        ({"classes": 5, "gamma": 2.5, "tau": 1}, [1]),
        ({"features": 66, "max_frequency": 0.6, "tau": 20, "experiments": 2}, [7]),
        ({"points_per_chunk": 2, "experiments": 20, "gamma": 3, "tau": 2}, [2]),
        ({"points_per_chunk": 260, "features": 9, "max_frequency": 0.5, "experiments": 3}, [4]),
    ],
)
def test_configured_points(changes, seeds):
    """The paper's setting at a smaller size: on its own points, simulate gives the same."""
    small = featsim.Config(
        features=20, points_per_chunk=100, experiments=6, gamma=5, test_points=200
    )
    config = small.replace(**changes)
    out = featsim.simulate(config, inits=CORNERS, seeds=seeds)
    for seed in seeds:
        stream, test = featsim.sample_stream(config, seed), featsim.sample_test(config, seed)
        alone = out.sel(seed=seed)
        assert_equal_to_reference(alone, stream, config.gamma, config.tau, test)
        again = featsim.simulate_stream(
            stream, gamma=config.gamma, tau=config.tau, inits=CORNERS, test=test
        )
        for name in again:
            np.testing.assert_array_equal(again[name], alone[name], name)


# Figure 5: τ = γ = 2, features v b g m y p. v is in five of six points; b makes x1, x3 and x4 well
# classified, then g makes x2 and x5; no two of the points left have a feature in common.
FIGURE_5 = ["vby", "vg", "vb", "vbp", "vgy", "m"]


def figure_5(*later):
    points = [*FIGURE_5, *later]
    features = np.array([[name in point for name in "vbgmyp"] for point in points])
    chunks = np.array([0] * 6 + [1] * len(later))
    return featsim.FeatureStream(features, np.zeros(len(points), int), chunks)


def test_worked_example():
    out = featsim.simulate_stream(figure_5(), gamma=2, tau=2, test=figure_5())
    for init in ("random", "warm", "ideal"):
        first = out.sel(init=init, experiment=1).squeeze("class")
        assert first.learned.values.tolist() == [True, True, True, False, False, False]
        assert first.learn_step.values.tolist() == [0, 1, 2, -1, -1, -1]
        assert first.learn_count.values.tolist() == [5, 3, 2, -1, -1, -1]
        assert first.learned_features == 3
        assert first.nonzero_gradient_points == 6
        assert first.memorized_points == 1
        assert first.test_accuracy == 1  # with one class, a guess is right


def test_worked_example_continued():
    # x7 and x8 have the m of x6. Warm has memorized x6: m is on two points with a gradient, not
    # three. Ideal has forgotten that, and learns m; τ = 2 keeps all three points below it.
    out = featsim.simulate_stream(figure_5("m", "m"), gamma=3, tau=2)
    second = out.sel(experiment=2).squeeze("class")
    assert second.nonzero_gradient_points.values.tolist() == [8, 2, 5]
    assert second.learn_step.sel(feature=3).values.tolist() == [2, -1, 0]
    assert second.learn_count.sel(feature=3).values.tolist() == [3, -1, 3]
    assert second.memorized_points.values.tolist() == [5, 5, 5]


def test_reference_follows_figure_5():
    (run,) = reference.experiments(figure_5().features.tolist(), [0] * 6, [0] * 6, 1, 2, 2, "warm")
    assert run.nonzero_gradient == 6
    assert run.steps == [((0, 0), 5), ((0, 1), 3), ((0, 2), 2)]
    assert run.memorized == {5}
