"""The simulator equals the literal reference on the same points, in every discrete variable."""

import hypothesis.extra.numpy as hnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import featsim
from tests import reference

FORGETFUL = featsim.Init("forgetful", keep_learned=False, keep_memorized=True)
CORNERS = ("random", "warm", "ideal", FORGETFUL)


def assert_equal_to_reference(stream, gamma, tau, test=None):
    out = featsim.simulate_stream(stream, gamma=gamma, tau=tau, inits=CORNERS, test=test)
    C, K = stream.num_classes, stream.num_features
    features, labels = stream.features.tolist(), stream.labels.tolist()
    for init in reference.INITS:
        runs = reference.experiments(features, labels, stream.chunks.tolist(), C, gamma, tau, init)
        assert len(runs) == out.sizes["experiment"]
        for run, (_, got) in zip(runs, out.sel(init=init).groupby("experiment"), strict=True):
            got = got.squeeze("experiment")
            learned = np.zeros((C, K), bool)
            step, count = np.full((C, K), -1), np.full((C, K), -1)
            for c, k in run.learned:
                learned[c, k] = True
            for i, ((c, k), n) in enumerate(run.steps):
                step[c, k], count[c, k] = i, n
            np.testing.assert_array_equal(got.learned, learned)
            np.testing.assert_array_equal(got.learn_step, step)
            np.testing.assert_array_equal(got.learn_count, count)
            assert got.learned_features == len(run.learned)
            assert got.nonzero_gradient_points == run.nonzero_gradient
            assert got.memorized_points == len(run.memorized)
            if test is not None:
                expected = reference.accuracy(
                    run.learned, test.features.tolist(), test.labels.tolist(), C, tau
                )
                assert float(got.test_accuracy) == pytest.approx(expected, rel=1e-12)
    return out


@st.composite
def streams(draw, max_points=40):
    C = draw(st.integers(1, 8))
    K = draw(st.one_of(st.integers(1, 6), st.integers(1, 90)))
    n = draw(st.integers(0, max_points))
    J = draw(st.integers(1, 5))
    density = draw(st.sampled_from([0.05, 0.2, 0.5, 0.9]))
    seed = draw(st.integers(0, 2**32 - 1))
    rng = np.random.default_rng(seed)
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
    st.one_of(st.integers(1, 4), st.integers(1, 100), st.just(10**30)),
    st.booleans(),
)
@settings(max_examples=400, deadline=None)
def test_random_streams(stream, gamma, tau, tested):
    test = stream if tested and len(stream) else None
    assert_equal_to_reference(stream, gamma, tau, test)
