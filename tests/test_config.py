"""A Config holds what it was given, survives JSON, and refuses anything else in one sentence."""

import dataclasses
import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from featsim import Config

INTEGERS = {
    "classes": 1,
    "features": 2,
    "points_per_chunk": 1,
    "experiments": 1,
    "tau": 1,
    "test_points": 0,
}


def test_defaults_are_the_paper_s_setting():
    assert dataclasses.asdict(Config()) == {
        "classes": 2,
        "features": 50,
        "points_per_chunk": 1_000,
        "experiments": 50,
        "gamma": 50.0,
        "tau": 3,
        "max_frequency": 0.2,
        "test_points": 10_000,
        "frequencies": None,
        "frequency_law": "uniform",
        "frequency_exponent": 1.0,
        "drift": 0.0,
        "label_noise": 0.0,
        "class_arrival": 0,
        "points_by_chunk": None,
        "window": None,
        "max_strength": 1,
        "strengths": None,
        "noise_levels": None,
    }


@st.composite
def configs(draw):
    C, K = draw(st.integers(1, 5)), draw(st.integers(2, 12))
    row = st.lists(st.floats(0.0, 1.0), min_size=K, max_size=K)
    return Config(
        classes=C,
        features=K,
        points_per_chunk=C * draw(st.integers(1, 10**12)),
        experiments=draw(st.integers(1, 10**6)),
        gamma=draw(st.floats(0.0, exclude_min=True, allow_infinity=False)),
        tau=draw(st.integers(1, K - 1)),
        max_frequency=draw(st.floats(0.0, 1.0)),
        test_points=C * draw(st.integers(0, 10**6)),
        frequencies=draw(st.none() | st.lists(row, min_size=C, max_size=C)),
    )


@given(configs())
def test_json_round_trip(config):
    again = Config.from_json(config.to_json())
    assert again == config
    assert hash(again) == hash(config)


def test_json_of_some_fields():
    config = Config.from_json('{"tau": 4, "gamma": 20}')
    assert config == Config(tau=4, gamma=20.0)


def test_replace_checks_and_keeps_the_rest():
    config = Config(gamma=7.5).replace(tau=49)
    assert (config.gamma, config.tau) == (7.5, 49)
    with pytest.raises(ValueError, match="tau must be an integer in 1 … 49, not 50"):
        config.replace(tau=50)


def test_frozen_and_keyword_only():
    with pytest.raises(dataclasses.FrozenInstanceError):
        Config().tau = 2
    with pytest.raises(TypeError, match="positional"):
        Config(2)


def test_numbers_become_plain():
    config = Config(
        classes=np.int64(2),
        gamma=Fraction(5, 2),
        max_frequency=np.float32(0.5),
        features=np.uint8(3),
        tau=1,
        frequencies=np.array([[0, 0.5, 1], [0.25, 0, 1]]),
    )
    assert [type(config.classes), type(config.gamma), type(config.max_frequency)] == [
        int,
        float,
        float,
    ]
    assert config.frequencies == ((0.0, 0.5, 1.0), (0.25, 0.0, 1.0))
    assert Config.from_json(config.to_json()) == config


@pytest.mark.parametrize(("name", "low"), INTEGERS.items())
@pytest.mark.parametrize("value", [True, np.True_, 2.0, "2", None, [2], np.array([2, 3])])
def test_not_an_integer(name, low, value):
    with pytest.raises(TypeError) as error:
        Config(**{name: value})
    assert str(error.value).startswith(f"{name} must be an integer")
    assert str(error.value).endswith(f"not {value!r}")


@pytest.mark.parametrize(("name", "low"), INTEGERS.items())
@pytest.mark.parametrize("below", [1, 10**30])
def test_integer_too_small(name, low, below):
    with pytest.raises(
        ValueError, match=rf"^{name} must be an integer .*{low}.*, not {low - below}$"
    ):
        Config(**{name: low - below})


@pytest.mark.parametrize("name", ["gamma", "max_frequency"])
@pytest.mark.parametrize("value", [True, "0.5", None, 0.5j])
def test_not_a_real_number(name, value):
    with pytest.raises(TypeError) as error:
        Config(**{name: value})
    assert str(error.value).startswith(f"{name} must be a")
    assert str(error.value).endswith(f"not {value!r}")


@pytest.mark.parametrize(
    ("name", "allowed", "values"),
    [
        ("gamma", "a finite number above 0", [0, -1, -0.0, math.nan, math.inf, 10**400]),
        ("max_frequency", "a number in [0, 1]", [-1e-300, 1.0000001, math.nan, math.inf, 10**400]),
    ],
)
def test_real_out_of_range(name, allowed, values):
    for value in values:
        with pytest.raises(ValueError) as error:  # noqa: PT011
            Config(**{name: value})
        assert str(error.value) == f"{name} must be {allowed}, not {value}"


@pytest.mark.parametrize("name", ["points_per_chunk", "test_points"])
def test_points_must_divide(name):
    with pytest.raises(ValueError, match=f"{name} must be a multiple of classes = 3, not 1000"):
        Config(**{"classes": 3, "points_per_chunk": 3, "test_points": 3, name: 1000})


@pytest.mark.parametrize(
    ("frequencies", "error", "message"),
    [
        ("0.1", TypeError, "frequencies must be a table of numbers, not '0.1'"),
        (0.1, TypeError, "frequencies must be a table of numbers, not 0.1"),
        ([[0.1, 0.2], [0.1]], TypeError, "frequencies must be .* rows of equal length"),
        ([[0.1, "a"], [0.1, 0.2]], TypeError, "frequencies must be a table of numbers"),
        ([["0.1", "0.2"], ["0.1", "0.2"]], TypeError, "frequencies must be a table of numbers"),
        ([[True, False], [True, True]], TypeError, "frequencies must be a table of numbers"),
        ([[0.1j, 0], [0, 0]], TypeError, "frequencies must be a table of numbers"),
        ([[None, 0], [0, 0]], TypeError, "frequencies must be a table of numbers"),
        ([[0.1, 0.2]], ValueError, r"\(classes, features\) = \(2, 2\) or .*, not \(1, 2\)"),
        ([0.1, 0.2], ValueError, r"\(classes, features\) = \(2, 2\) or .*, not \(2,\)"),
        ([[0.1, 0.2], [0.3, 1.5]], ValueError, r"frequencies must be numbers in \[0, 1\], not 1.5"),
        ([[0.1, 0.2], [-0.3, 1.0]], ValueError, r"must be numbers in \[0, 1\], not -0.3"),
        ([[0.1, 0.2], [math.nan, 1]], ValueError, r"must be numbers in \[0, 1\], not nan"),
    ],
)
def test_bad_frequencies(frequencies, error, message):
    with pytest.raises(error, match=message):
        Config(classes=2, features=2, tau=1, frequencies=frequencies)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "must be a JSON object: Expecting value"),
        ("{'tau': 3}", "must be a JSON object: Expecting property name"),
        ("[1, 2]", r"must be a JSON object, not '\[1, 2\]'"),
        ("null", "must be a JSON object, not 'null'"),
        ("[" * 200_000, "must be a JSON object"),
        ('{"Tau": 3}', "has no field 'Tau'; it has classes, features, .*, frequencies"),
        ('{"tau": 0}', "tau must be an integer in 1 … 49, not 0"),
        ('{"gamma": NaN}', "gamma must be a finite number above 0, not nan"),
        ('{"gamma": 1e999}', "gamma must be a finite number above 0, not inf"),
    ],
)
def test_bad_json(text, message):
    with pytest.raises(ValueError, match=message):
        Config.from_json(text)
