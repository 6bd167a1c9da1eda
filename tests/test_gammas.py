"""Runs of many γ that share their steps equal a run of each γ alone."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import featsim
from featsim._experiments import Learner
from featsim._tallies import Tallies
from featsim.inits import resolve
from featsim.sampling import ConfigSource
from featsim.stream import StreamSource
from tests.test_policies_exact import policies, streams

CORNERS = resolve(["random", "warm", "ideal", "doubling", "random@every:3", "warm@at:2"])


def variables(source, learners, inits, seeds=(0,)):
    tallies = Tallies(source, [(learner, inits) for learner in learners], seeds)
    for s in range(len(seeds)):
        for c in range(source.classes):
            tallies.fill(s, c)
    return tallies.variables()


def assert_equal_one_by_one(source, learners, inits, seeds=(0,)):
    together = variables(source, learners, inits, seeds)
    for i, learner in enumerate(learners):
        alone = variables(source, [learner], inits, seeds)
        assert set(alone) == set(together)
        for name, values in alone.items():
            np.testing.assert_array_equal(together[name][i], values[0], f"{name}, {learner}")


@given(
    streams(),
    policies(),
    st.lists(st.sampled_from([0.5, 1, 1.5, 2, 3, 4, 5, 7, 11, 1e9]), min_size=2, max_size=6),
    st.integers(1, 5),
    st.one_of(st.none(), st.integers(1, 4)),
    st.one_of(st.none(), st.integers(1, 3)),
    st.integers(0, 2**32 - 1),
)
@settings(max_examples=300, deadline=None)
def test_streams(stream, some, gammas, tau, window, strongest, seed):
    strengths = None
    if strongest is not None:
        shape = stream.num_classes, stream.num_features
        strengths = np.random.default_rng(seed).integers(1, strongest + 1, shape)
    source = StreamSource(stream, stream, strengths)
    learners = [Learner(float(gamma), tau, window) for gamma in gammas]
    assert_equal_one_by_one(source, learners, (*CORNERS, *some))


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"features": 70, "max_frequency": 0.5},
        {"window": 3},
        {"drift": 0.2, "label_noise": 0.1},
        {"max_strength": 4, "class_arrival": 2},
        {"noise_levels": ((0.5, 0.5), (1.5, 0.5))},
    ],
)
def test_configurations(changes):
    config = featsim.Config(
        points_per_chunk=400, experiments=12, features=30, test_points=200
    ).replace(**changes)
    learners = [
        Learner(gamma, tau, config.window)
        for tau in (2, 5)
        for gamma in (9.0, 25, 12, 12.5, 40, 18, 11)
    ]
    assert_equal_one_by_one(ConfigSource(config), learners, CORNERS, (3, 1))
