"""Every policy, window, strength and noise equals the literal reference on the same points."""

import hypothesis.extra.numpy as hnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import featsim
from featsim._keeping import decisions
from featsim._purposes import KEPT_FEATURES, KEPT_POINTS
from featsim.source import key_of
from tests import reference
from tests.test_exactness import tables

SEED = 5


def forgetting(when, sizes):
    """Return the literal rule by which a schedule forgets."""
    if when == "always":
        return reference.always
    if isinstance(when, featsim.Every):
        return lambda j: j % when.k == 0
    if isinstance(when, featsim.At):
        return lambda j: j in when.experiments
    chosen = reference.doublings(sizes, when.factor)
    return lambda j: j in chosen


def keeping(stream, init):
    """Return what is kept before experiment j, with the masks that the simulator draws."""
    J, K = stream.num_chunks, stream.num_features
    features, points = {}, {}
    for c in range(stream.num_classes):
        key = key_of(SEED, c)
        rows = [i for j in range(J) for i in np.flatnonzero(stream.chunks == j)]
        rows = [i for i in rows if stream.labels[i] == c]
        of_features = decisions(key, KEPT_FEATURES, init.keep_learned, J, K)
        of_points = decisions(key, KEPT_POINTS, init.keep_memorized, J, len(rows))
        for j in range(J):
            features |= {(j + 1, (c, k)): of_features[j, k] for k in range(K)}
            points |= {(j + 1, int(row)): of_points[j, i] for i, row in enumerate(rows)}

    def keep(j, L, M):
        return {v for v in L if features[j, v]}, {x for x in M if points[j, x]}

    return keep


def assert_equal_to_reference(stream, gamma, tau, inits, window, strengths):
    out = featsim.simulate_stream(
        stream,
        gamma=gamma,
        tau=tau,
        inits=inits,
        window=window,
        strengths=strengths,
        seed=SEED,
        test=stream if len(stream) else None,
        gradient_rank=True,
    )
    C, K = stream.num_classes, stream.num_features
    features, labels = stream.features.tolist(), stream.labels.tolist()
    sizes = np.bincount(stream.chunks, minlength=stream.num_chunks).tolist()
    table = None if strengths is None else strengths.tolist()
    for i, init in enumerate(inits):
        runs = reference.experiments(
            features,
            labels,
            stream.chunks.tolist(),
            C,
            gamma.tolist() if isinstance(gamma, np.ndarray) else gamma,
            tau,
            keeping(stream, init),
            forgets=forgetting(init.when, sizes),
            window=window,
            strengths=table,
        )
        expected = tables(runs, C, K) | {
            "gradient_rank": [reference.rank(run.gradients) for run in runs]
        }
        for name, values in expected.items():
            np.testing.assert_array_equal(out[name].values[i], values, f"{name}, {init}")
        if len(stream):
            accuracies = [
                reference.accuracy(run.learned, features, labels, C, tau, table) for run in runs
            ]
            np.testing.assert_allclose(out.test_accuracy.values[i], accuracies, rtol=1e-12, atol=0)


@st.composite
def streams(draw):
    C, K, J = draw(st.integers(1, 3)), draw(st.integers(1, 7)), draw(st.integers(1, 7))
    n = draw(st.integers(0, 45))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    features = rng.random((n, K)) < draw(st.sampled_from([0.1, 0.3, 0.6]))
    labels = draw(hnp.arrays(np.int64, n, elements=st.integers(0, C - 1)))
    chunks = draw(hnp.arrays(np.int64, n, elements=st.integers(0, J - 1)))
    return featsim.FeatureStream(features, labels, chunks, C)


SHARES = st.sampled_from([0.0, 0.3, 0.7, 1.0])
SCHEDULES = st.one_of(
    st.just("always"),
    st.builds(featsim.Doubling, st.sampled_from([1.2, 2, 3.5])),
    st.builds(featsim.Every, st.integers(1, 4)),
    st.builds(
        lambda chosen: featsim.At(tuple(sorted(chosen))), st.sets(st.integers(2, 9), max_size=4)
    ),
)


@st.composite
def policies(draw):
    return [
        featsim.Init(str(i), draw(SHARES), draw(SHARES), draw(SCHEDULES))
        for i in range(draw(st.integers(1, 3)))
    ]


@given(
    streams(),
    policies(),
    st.sampled_from(["one", "levels", "each"]),
    st.integers(1, 6),
    st.one_of(st.none(), st.integers(1, 4)),
    st.one_of(st.none(), st.integers(1, 5)),
    st.integers(0, 2**32 - 1),
)
@settings(max_examples=400, deadline=None)
def test_every_combination(stream, inits, noise, tau, window, strongest, seed):
    rng = np.random.default_rng(seed)
    strengths = None
    if strongest is not None:
        strengths = rng.integers(1, strongest + 1, (stream.num_classes, stream.num_features))
    gamma = {
        "one": float(rng.integers(1, 12)) / 2,
        "levels": rng.choice([0.5, 2.0, 2.5, 6.0], len(stream)),
        "each": rng.random(len(stream)) * 6 + 0.01,
    }[noise]
    assert_equal_to_reference(stream, gamma, tau, inits, window, strengths)


CORNERS = [
    featsim.Init("random", 0, 0),
    featsim.Init("warm", 1, 1),
    featsim.Init("ideal", 1, 0),
    featsim.Init("doubling", 1, 0, featsim.Doubling()),
    featsim.Init("shares", 0.5, 0.8, featsim.Every(2)),
]


@pytest.mark.parametrize("window", [None, 1, 2])
def test_chunks_of_several_words(window):
    rng = np.random.default_rng(2)
    sizes = [70, 0, 64, 130, 1, 65]
    chunks = np.repeat(np.arange(6), sizes)
    features = rng.random((chunks.size, 6)) < [0.05, 0.1, 0.2, 0.3, 0.3, 0.5]
    stream = featsim.FeatureStream(features, rng.integers(0, 2, chunks.size), chunks, 2)
    strengths = rng.integers(1, 4, (2, 6))
    noise = rng.choice([3.0, 7.0, 11.0], chunks.size)
    for gamma in (6, noise):
        for some in (None, strengths):
            assert_equal_to_reference(stream, gamma, 3, CORNERS, window, some)


@pytest.mark.parametrize("tau", [1, 2, 4, 5, 16, 17])
def test_strengths_fill_counters_of_every_width(tau):
    rng = np.random.default_rng(tau)
    stream = featsim.FeatureStream(rng.random((30, 9)) < 0.6, np.zeros(30, int), np.arange(30) % 3)
    strengths = rng.choice([1, 2, 3, 8, 1000], (1, 9))
    assert_equal_to_reference(stream, 5, tau, CORNERS[1:4], None, strengths)


def test_noise_louder_than_every_feature_is_memorized_first():
    # Both features are on two points. x1's noise of 3 is memorized first, so that b is left with
    # one point; v still has two, as many as the noise of the other points.
    features = np.array([[0, 1], [1, 0], [1, 0], [0, 1]], bool)
    stream = featsim.FeatureStream(features, [0, 0, 0, 0], [0, 0, 0, 0])
    out = featsim.simulate_stream(stream, gamma=np.array([3.0, 2, 2, 2]), tau=1, inits="random")
    assert out.learned.values.ravel().tolist() == [True, False]
    assert out.memorized_points.item() == 2
    assert out.learnable_features.item() == 0


@pytest.mark.parametrize("init", ["keep:0.4,0.6", "keep:1,0.5@doubling", "keep:0.5,1@every:2"])
def test_a_configured_seed_and_its_stream_decide_alike(init):
    config = featsim.Config(
        classes=3, features=12, points_per_chunk=210, experiments=6, gamma=6, test_points=0
    )
    out = featsim.simulate(config, inits=init, seeds=[3])
    stream = featsim.sample_stream(config, 3)
    alone = featsim.simulate_stream(stream, gamma=6, tau=3, inits=init, seed=3)
    for name in alone:
        np.testing.assert_array_equal(alone[name], out[name].sel(seed=3), name)
    other = featsim.simulate_stream(stream, gamma=6, tau=3, inits=init, seed=4)
    assert (other.learn_count != alone.learn_count).any()
