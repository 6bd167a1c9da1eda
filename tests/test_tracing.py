"""A trace says step by step what the simulator and the literal reference say at the end."""

import numpy as np
import pytest

import featsim
from tests import reference

FORGETFUL = featsim.Init("forgetful", keep_learned=False, keep_memorized=True)
INITS = ("random", "warm", "ideal", FORGETFUL)


def point_stream(*points, chunks=None):
    """Make a stream of one class from strings of feature names, v b g m y p."""
    features = np.array([[name in point for name in "vbgmyp"] for point in points])
    rows = len(points)
    return featsim.FeatureStream(
        features, np.zeros(rows, int), np.zeros(rows, int) if chunks is None else np.array(chunks)
    )


def random_stream(seed):
    rng = np.random.default_rng(seed)
    n, C, K, J = 60, 3, 9, 4
    return featsim.FeatureStream(
        rng.random((n, K)) < rng.choice([0.2, 0.4]),
        rng.integers(0, C, n),
        np.append(rng.integers(0, J, n - 1), J - 1),
        C,
    )


def test_worked_example_by_hand():
    # Figure 5: v is in five of six points, then b makes x1 x3 x4 well classified, then g x2 x5.
    stream = point_stream("vby", "vg", "vb", "vbp", "vgy", "m")
    (run,) = featsim.trace(stream, gamma=2, tau=2).runs
    assert run.points == 6
    assert [step.counts[0].tolist() for step in run.steps] == [
        [5, 3, 2, 1, 2, 1],
        [5, 3, 2, 1, 2, 1],
        [2, 0, 2, 1, 1, 0],
        [0, 0, 0, 1, 0, 0],
    ]
    assert [(step.feature, step.learned) for step in run.steps] == [
        ((0, 0), True),
        ((0, 1), True),
        ((0, 2), True),
        ((0, 3), False),
    ]
    assert [step.leaving.tolist() for step in run.steps] == [[], [0, 2, 3], [1, 4], [5]]
    assert run.learned.tolist() == [[True, True, True, False, False, False]]
    assert run.memorized.tolist() == [5]


def test_second_experiment_by_hand():
    # The fourth point has the m of the third, which warm has memorized: alone it is below γ.
    stream = point_stream("vb", "vb", "m", "m", chunks=[0, 0, 0, 1])
    warm = featsim.trace(stream, gamma=2, tau=1, init="warm").runs[1]
    ideal = featsim.trace(stream, gamma=2, tau=1, init="ideal").runs[1]
    assert [step.active.tolist() for step in warm.steps] == [[3]]
    assert warm.memorized.tolist() == [2, 3]
    assert [step.active.tolist() for step in ideal.steps] == [[2, 3], []]
    assert ideal.steps[0].feature == (0, 3)
    assert ideal.memorized.tolist() == []
    assert warm.kept.tolist() == ideal.kept.tolist() == [[True] + [False] * 5]


def test_no_feature_left_to_learn():
    (run,) = featsim.trace(point_stream("vbgmyp", "vbgmyp"), gamma=1, tau=9).runs
    assert run.learned.all()
    assert run.steps[-1].feature is None
    assert run.memorized.tolist() == [0, 1]


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("init", INITS, ids=["random", "warm", "ideal", "forgetful"])
def test_equals_simulator_and_reference(seed, init):
    stream, gamma, tau = random_stream(seed), 2 + seed % 3, 1 + seed % 4
    got = featsim.trace(stream, gamma=gamma, tau=tau, init=init)
    out = featsim.simulate_stream(stream, gamma=gamma, tau=tau, inits=init).isel(init=0)
    runs = reference.experiments(
        stream.features.tolist(),
        stream.labels.tolist(),
        stream.chunks.tolist(),
        stream.num_classes,
        gamma,
        tau,
        got.init.name,
    )
    assert len(got.runs) == len(runs) == out.sizes["experiment"]
    for j, (run, literal) in enumerate(zip(got.runs, runs, strict=True)):
        learns = [step for step in run.steps if step.learned]
        steps = [(step.feature, int(step.counts[step.feature])) for step in learns]
        assert steps == literal.steps
        assert run.steps[0].active.size == literal.nonzero_gradient
        assert set(run.memorized.tolist()) == literal.memorized
        fast = out.isel(experiment=j)
        np.testing.assert_array_equal(run.learned, fast["learned"])
        step, count = np.full((2, *run.learned.shape), -1)
        for i, (feature, points) in enumerate(steps):
            step[feature], count[feature] = i, points
        np.testing.assert_array_equal(step, fast["learn_step"])
        np.testing.assert_array_equal(count, fast["learn_count"])
        assert run.steps[0].active.size == fast["nonzero_gradient_points"]
        assert run.memorized.size == fast["memorized_points"]


@pytest.mark.parametrize(
    "init", ["doubling", "at:2,4", "keep:0.5,0.5", "keep:1,0.3@every:2", "keep:0.6,1"]
)
def test_policies_keep_what_the_simulator_keeps(init):
    stream = random_stream(3)
    runs = featsim.trace(stream, gamma=3, tau=2, init=init, seed=8).runs
    out = featsim.simulate_stream(stream, gamma=3, tau=2, inits=init, seed=8).isel(init=0)
    np.testing.assert_array_equal([run.learned for run in runs], out.learned)
    assert [run.memorized.size for run in runs] == out.memorized_points.values.tolist()
    starts = [run.steps[0].active.size for run in runs]
    assert starts == out.nonzero_gradient_points.values.tolist()


def test_a_rule_of_ones_own():
    # Keeps the features, and the noise of the newest chunk before alone.
    stream = random_stream(3)

    def rule(L, M, chunk):
        return L, M & (stream.chunks == chunk - 1)

    second, third = featsim.trace(stream, gamma=3, tau=2, init=rule).runs[1:3]
    known = np.sum(stream.features & second.learned[stream.labels], axis=1)
    forgotten = np.isin(np.arange(len(stream)), second.memorized) & (stream.chunks == 0)
    expected = (known < 2) & (forgotten | (stream.chunks == 2))
    assert forgotten.any()
    assert third.steps[0].active.tolist() == np.flatnonzero(expected).tolist()
    warm = featsim.trace(stream, gamma=3, tau=2, init=lambda L, M, chunk: (L, M))
    expected = featsim.trace(stream, gamma=3, tau=2, init="warm")
    for run, other in zip(warm.runs, expected.runs, strict=True):
        np.testing.assert_array_equal(run.learned, other.learned)
        np.testing.assert_array_equal(run.memorized, other.memorized)


def test_a_rule_may_fill_the_same_arrays_again():
    stream = random_stream(3)
    memorized = np.zeros(len(stream), bool)

    def rule(L, M, chunk):
        memorized[:] = M & (stream.chunks == chunk - 1)
        return L, memorized

    def copying(L, M, chunk):
        return L, M & (stream.chunks == chunk - 1)

    one, other = (featsim.trace(stream, gamma=3, tau=2, init=init) for init in (rule, copying))
    for run, same in zip(one.runs, other.runs, strict=True):
        np.testing.assert_array_equal(run.kept, same.kept)


@pytest.mark.parametrize("seed", range(4))
def test_points_leave_once(seed):
    for run in featsim.trace(random_stream(seed), gamma=3, tau=2, init="ideal").runs:
        for before, after in zip(run.steps, run.steps[1:], strict=False):
            np.testing.assert_array_equal(np.setdiff1d(before.active, before.leaving), after.active)
        np.testing.assert_array_equal(run.steps[-1].active, run.steps[-1].leaving)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"gamma": 0}, "gamma must be a finite number above 0, not 0"),
        ({"tau": 0}, "tau must be an integer of at least 1, not 0"),
        ({"seed": -1}, "seed must be an integer in 0 … 2147483647, not -1"),
        ({"init": "hot"}, "inits must be among random, cold, warm, ideal, .*, not 'hot'"),
    ],
)
def test_bad_input(changes, message):
    with pytest.raises(ValueError, match=message):
        featsim.trace(random_stream(0), **{"gamma": 2, "tau": 2, **changes})
    with pytest.raises(TypeError, match="stream must be a FeatureStream, not 'x'"):
        featsim.trace("x", gamma=2, tau=2)


@pytest.mark.parametrize(
    ("kept", "error", "message"),
    [
        (None, TypeError, r"init must return the pair \(L, M\), not None"),
        ((np.ones((3, 9)), np.ones(60, bool)), ValueError, "return L as Booleans of shape"),
        ((np.ones((3, 9), bool), np.ones(7, bool)), ValueError, "return M as Booleans of shape"),
    ],
)
def test_rules_that_return_something_else(kept, error, message):
    with pytest.raises(error, match=message):
        featsim.trace(random_stream(0), gamma=2, tau=2, init=lambda L, M, chunk: kept)


def test_empty_stream_memorizes_nothing():
    stream = featsim.FeatureStream(np.zeros((0, 3), bool), np.zeros(0, int), np.zeros(0, int))
    (run,) = featsim.trace(stream, gamma=1, tau=1).runs
    assert run.points == run.memorized.size == run.learned.sum() == 0


def test_a_rule_cannot_change_what_was():
    def rule(L, M, chunk):
        L[:], M[:] = False, False
        return L, M

    stream = random_stream(3)
    got, expected = (featsim.trace(stream, gamma=3, tau=2, init=i) for i in (rule, "random"))
    for run, other in zip(got.runs, expected.runs, strict=True):
        np.testing.assert_array_equal(run.learned, other.learned)
        np.testing.assert_array_equal(run.memorized, other.memorized)
