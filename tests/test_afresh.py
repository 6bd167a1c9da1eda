"""The random start on small chunks gives what it gives on large ones, where it runs otherwise."""

from unittest import mock

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import featsim
from featsim import _experiments
from featsim._experiments import Learner
from featsim.inits import resolve
from featsim.sampling import ConfigSource
from featsim.stream import StreamSource
from tests.test_gammas import variables
from tests.test_policies_exact import streams

FORGETTING_ALL = resolve(["random", "random@every:1"])


def assert_equal_both_ways(source, learner):
    with mock.patch.object(_experiments, "run_afresh", wraps=_experiments.run_afresh) as run:
        small = variables(source, [learner], FORGETTING_ALL)
    assert run.call_count == len(FORGETTING_ALL) * source.classes
    with mock.patch.object(_experiments, "MOST_NEW_WORDS", -1):
        large = variables(source, [learner], FORGETTING_ALL)
    assert set(small) == set(large)
    for name, values in large.items():
        np.testing.assert_array_equal(small[name], values, name)


@given(
    streams(),
    st.sampled_from([0.5, 1, 1.5, 2, 3, 4, 5, 7, 11, 1e9]),
    st.integers(1, 6),
    st.one_of(st.none(), st.integers(1, 4)),
    st.integers(0, 2**32 - 1),
)
@settings(max_examples=200, deadline=None)
def test_streams(stream, gamma, tau, strongest, seed):
    strengths = None
    if strongest is not None:
        shape = stream.num_classes, stream.num_features
        strengths = np.random.default_rng(seed).integers(1, strongest + 1, shape)
    assert_equal_both_ways(StreamSource(stream, stream, strengths), Learner(float(gamma), tau))


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"features": 2, "tau": 1},
        {"features": 32, "max_frequency": 0.6, "tau": 17},
        {"features": 65, "points_per_chunk": 300, "gamma": 8},
        {"points_by_chunk": (2, 2000, 0, 128, 130, 700), "experiments": 6, "gamma": 3},
        {"max_strength": 5, "points_per_chunk": 200},
        {"frequencies": ((0.0, 1.0, 0.5, 0.5, 1e-320),) * 2, "features": 5},
    ],
)
def test_configurations(changes):
    config = featsim.Config(test_points=100).replace(**changes)
    assert_equal_both_ways(ConfigSource(config), Learner(config.gamma, config.tau))
