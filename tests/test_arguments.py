"""What simulate and simulate_stream refuse, in a sentence that names the argument and its value."""

import math

import numpy as np
import pytest

import featsim

CONFIG = featsim.Config(features=4, points_per_chunk=20, experiments=2, gamma=2, test_points=20)
STREAM = featsim.FeatureStream(np.eye(4, dtype=bool), [0, 1, 0, 1], [0, 0, 1, 1])
TWIN = featsim.Init("warm", keep_learned=False, keep_memorized=False)


def test_names_and_values_of_inits():
    assert featsim.simulate(CONFIG, seeds=1).init.values.tolist() == ["random", "warm", "ideal"]
    for inits, expected in (
        ("cold", ["cold"]),
        (["ideal", "cold", "random", "ideal"], ["ideal", "cold", "random"]),
        (["every:3", "doubling"], ["every:3", "doubling"]),
        (featsim.Init("half", keep_learned=False, keep_memorized=True), ["half"]),
    ):
        assert featsim.simulate(CONFIG, inits=inits, seeds=1).init.values.tolist() == expected


def test_seeds_are_a_number_or_a_sequence():
    for seeds, expected in (
        (2, [0, 1]),
        ([5, 2], [5, 2]),
        (range(3, 5), [3, 4]),
        (np.array([7, 2**31 - 1]), [7, 2**31 - 1]),
    ):
        assert featsim.simulate(CONFIG, seeds=seeds).seed.values.tolist() == expected


BAD_INITS = [
    ({"inits": "hot"}, ValueError, "inits must be among random, cold, warm, ideal, .*, not 'hot'"),
    ({"inits": ["warm", 3]}, ValueError, "inits must be among .*, not 3"),
    ({"inits": [["warm"]]}, ValueError, r"inits must be among .*, not \['warm'\]"),
    ({"inits": []}, ValueError, "inits must name at least one of random, cold, warm, ideal"),
    ({"inits": None}, TypeError, "inits must be names or Init values, not None"),
    ({"inits": ["warm", TWIN]}, ValueError, "inits .* different names, but two are .* 'warm'"),
]
BAD_WORKERS = [
    ({"workers": 0}, ValueError, "workers must be an integer of at least 1, not 0"),
    ({"workers": 1.5}, TypeError, "workers must be an integer of at least 1, not 1.5"),
]


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        *BAD_INITS,
        *BAD_WORKERS,
        ({"config": {"tau": 2}}, TypeError, "config must be a Config, not {'tau': 2}"),
        ({"seeds": 0}, ValueError, "seeds must be an integer of at least 1, not 0"),
        ({"seeds": -3}, ValueError, "seeds must be an integer of at least 1, not -3"),
        ({"seeds": True}, TypeError, "seeds must be an integer of at least 1, not True"),
        ({"seeds": 1.0}, TypeError, r"seeds must be an integer of at least 1, not 1\.0"),
        ({"seeds": []}, ValueError, "seeds must be a number of at least 1 or .*, not none"),
        ({"seeds": [1, 2, 1]}, ValueError, r"seeds must be different, not \[1, 2, 1\]"),
        ({"seeds": [0, -1]}, ValueError, "seed must be an integer in 0 … 2147483647, not -1"),
        ({"seeds": [2**31]}, ValueError, "seed must be an integer in .*, not 2147483648"),
        ({"seeds": "12"}, TypeError, "seed must be an integer in .*, not '1'"),
    ],
)
def test_simulate(arguments, error, message):
    with pytest.raises(error, match=message):
        featsim.simulate(**({"config": CONFIG} | arguments))


@pytest.mark.parametrize("sample", [featsim.sample_stream, featsim.sample_test])
def test_sampling(sample):
    with pytest.raises(TypeError, match="config must be a Config, not 'x'"):
        sample("x", 0)
    with pytest.raises(ValueError, match="seed must be an integer in 0 … 2147483647, not -1"):
        sample(CONFIG, -1)
    with pytest.raises(TypeError, match=r"seed must be an integer in .*, not None"):
        sample(CONFIG, seed=None)


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        *BAD_INITS,
        *BAD_WORKERS,
        ({"stream": [[True]]}, TypeError, r"stream must be a FeatureStream, not \[\[True\]\]"),
        ({"test": 100}, TypeError, "test must be a FeatureStream or None, not 100"),
        ({"gamma": 0}, ValueError, "gamma must be a finite number above 0, not 0"),
        ({"gamma": math.inf}, ValueError, "gamma must be a finite number above 0, not inf"),
        ({"gamma": "2"}, TypeError, "gamma must be a finite number above 0, not '2'"),
        ({"gamma": [1.0, 2.0]}, ValueError, r"gamma must be a number or .* \(4,\), not \(2,\)"),
        ({"gamma": np.ones((4, 1))}, ValueError, r"have the shape \(4,\), not \(4, 1\)"),
        ({"gamma": [1, 2, 0, 1]}, ValueError, "gamma must be finite numbers above 0, not 0.0"),
        ({"gamma": [1, 2, -1, 1]}, ValueError, "gamma must be finite numbers above 0, not -1.0"),
        ({"gamma": [1, 2, math.nan, 1]}, ValueError, "gamma must be finite numbers .*, not nan"),
        ({"gamma": [1, 2, math.inf, 1]}, ValueError, "gamma must be finite numbers .*, not inf"),
        ({"gamma": [1, [2]]}, TypeError, "gamma must be a table of .* with rows of equal length"),
        ({"gamma": ["1"] * 4}, TypeError, "gamma must be a table of numbers, not"),
        ({"gamma": [True] * 4}, TypeError, "gamma must be a table of numbers, not"),
        ({"gamma": np.ma.ones(4)}, TypeError, "gamma must have no mask, but is a masked array"),
        ({"gamma": np.ma.masked}, TypeError, "gamma must be a finite number above 0, not masked"),
        ({"strengths": np.ma.ones((2, 4), int)}, TypeError, "strengths must have no mask, but"),
        ({"strengths": [[1, 1, 1, 0]] * 2}, ValueError, "strengths must be integers in 1 … .* 0"),
        ({"strengths": [[1] * 3] * 2}, ValueError, r"strengths must .* \(2, 4\), not \(2, 3\)"),
        ({"strengths": np.ones((2, 4))}, TypeError, "strengths must be a table of integers"),
        ({"window": 0}, ValueError, "window must be an integer of at least 1, not 0"),
        ({"window": 1.0}, TypeError, r"window must be an integer of at least 1, not 1\.0"),
        ({"seed": -1}, ValueError, "seed must be an integer in 0 … 2147483647, not -1"),
        ({"seed": None}, TypeError, "seed must be an integer in 0 … 2147483647, not None"),
        ({"tau": 0}, ValueError, "tau must be an integer of at least 1, not 0"),
        ({"tau": 2.0}, TypeError, r"tau must be an integer of at least 1, not 2\.0"),
        (
            {"test": featsim.FeatureStream(np.eye(3, dtype=bool), [0, 0, 1], [0, 0, 0])},
            ValueError,
            "test must have the 4 features .*, not 3 features and 2 classes",
        ),
        (
            {"test": featsim.FeatureStream(np.eye(4, dtype=bool), [0, 0, 1, 2], [0] * 4)},
            ValueError,
            "test must have .* at most the 2 classes of the stream, not 4 features and 3 classes",
        ),
    ],
)
def test_simulate_stream(arguments, error, message):
    with pytest.raises(error, match=message):
        featsim.simulate_stream(**({"stream": STREAM, "gamma": 2, "tau": 1} | arguments))
