"""A Config holds what it was given, survives JSON, and refuses anything else in one sentence."""

import dataclasses
import json
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
    "class_arrival": 0,
    "max_strength": 1,
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


def tables(values, *shape):
    """Return a strategy of nested lists of the given shape."""
    for size in reversed(shape):
        values = st.lists(values, min_size=size, max_size=size)
    return values


@st.composite
def levels(draw):
    shares = draw(st.lists(st.integers(0, 9), min_size=1, max_size=4).filter(sum))
    factors = draw(tables(st.floats(0.01, 100.0), len(shares)))
    return [(factor, share / sum(shares)) for factor, share in zip(factors, shares, strict=True)]


@st.composite
def configs(draw):
    """Return any configuration: every field has any value that it may have beside the others."""
    C, K, J = draw(st.integers(1, 4)), draw(st.integers(2, 7)), draw(st.integers(1, 4))
    share = st.floats(0.0, 1.0)
    class_arrival = draw(st.integers(0, 10**6))
    size = st.integers(0, 10**12).map(lambda n: n if class_arrival else C * n)
    fields = {
        "classes": C,
        "features": K,
        "points_per_chunk": draw(size.filter(bool)),
        "experiments": J,
        "gamma": draw(st.floats(1e-300, 1e300)),
        "tau": draw(st.integers(1, K - 1)),
        "max_frequency": draw(share),
        "test_points": C * draw(st.integers(0, 10**6)),
        "frequency_exponent": draw(st.floats(0.0, allow_infinity=False)),
        "label_noise": draw(share),
        "class_arrival": class_arrival,
        "points_by_chunk": draw(st.none() | tables(size, J)),
        "window": draw(st.none() | st.integers(1, 10**6)),
        "noise_levels": draw(st.none() | levels()),
    }
    if draw(st.booleans()):
        fields["frequencies"] = draw(tables(share, C, K) | tables(share, J, C, K))
    else:
        fields["drift"] = draw(share)
        fields["frequency_law"] = draw(st.sampled_from(["uniform", "zipf"]))
    strength = st.integers(1, 10**4)  # whose sums over so many points can be counted
    if draw(st.booleans()):
        fields["strengths"] = draw(tables(strength, C, K))
    else:
        fields["max_strength"] = draw(strength)
    return Config(**fields)


@given(configs())
def test_json_round_trip(config):
    text = config.to_json()
    again = Config.from_json(text)
    assert again == config
    assert hash(again) == hash(config)
    assert again.to_json() == text
    assert list(json.loads(text)) == [field.name for field in dataclasses.fields(Config)]


@given(configs())
def test_a_copy_is_the_same(config):
    assert config.replace() == config
    assert config.replace(tau=config.tau) == config


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
@pytest.mark.parametrize("value", [True, 2.0, "2", None, [2], np.array([2, 3])])
def test_not_an_integer(name, low, value):
    with pytest.raises(TypeError) as error:
        Config(**{name: value})
    assert str(error.value).startswith(f"{name} must be an integer")
    assert str(error.value).endswith(f"not {value!r}")


@pytest.mark.parametrize("value", [np.True_, np.float64(2.0), np.str_("2")])
def test_a_number_of_numpy_s_is_told_as_python_s(value):
    with pytest.raises(TypeError, match=f"an integer in 1 … 49, not {value.item()!r}$"):
        Config(tau=value)


@pytest.mark.parametrize(("name", "low"), INTEGERS.items())
@pytest.mark.parametrize("below", [1, 10**30])
def test_integer_too_small(name, low, below):
    with pytest.raises(
        ValueError, match=rf"^{name} must be an integer .*{low}.*, not {low - below}$"
    ):
        Config(**{name: low - below})


REALS = ["gamma", "max_frequency", "frequency_exponent", "drift", "label_noise"]


@pytest.mark.parametrize("name", REALS)
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
        ("drift", "a number in [0, 1]", [-0.1, 1.5, math.nan, -math.inf]),
        ("label_noise", "a number in [0, 1]", [-1e-9, 2, math.nan, math.inf]),
        ("frequency_exponent", "a finite number of at least 0", [-1, math.nan, math.inf]),
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


def test_points_of_chunks_must_divide_unless_classes_arrive():
    chunks = {"classes": 3, "experiments": 2, "test_points": 3}
    with pytest.raises(
        ValueError, match="points_by_chunk must be a multiple of classes = 3, not 4"
    ):
        Config(points_by_chunk=(3, 4), **chunks)
    # In place of points_per_chunk, which then means nothing.
    assert Config(points_by_chunk=(3, 6), **chunks).points_per_chunk == 1_000
    assert Config(points_by_chunk=(3, 4), class_arrival=1, **chunks).points_by_chunk == (3, 4)
    assert Config(points_per_chunk=10, class_arrival=1, **chunks).points_per_chunk == 10
    with pytest.raises(ValueError, match="test_points must be a multiple of classes = 3, not 4"):
        Config(class_arrival=1, **(chunks | {"test_points": 4}))


@pytest.mark.parametrize("window", [1, 50, 10**9])
def test_window(window):
    assert Config(window=window).window == window


@pytest.mark.parametrize(
    ("value", "error"),
    [(0, ValueError), (-3, ValueError), (1.0, TypeError), (True, TypeError), ("all", TypeError)],
)
def test_bad_window(value, error):
    with pytest.raises(error, match=f"^window must be an integer of at least 1, not {value!r}$"):
        Config(window=value)


@pytest.mark.parametrize("law", ["Zipf", "", None, 1, ["zipf"], np.array(["zipf", "zipf"])])
def test_bad_law(law):
    with pytest.raises(ValueError) as error:  # noqa: PT011
        Config(frequency_law=law)
    assert str(error.value) == f"frequency_law must be 'uniform' or 'zipf', not {law!r}"


@pytest.mark.parametrize(
    "changes",
    [
        {"drift": 0.5},
        {"frequency_law": "zipf"},
    ],
)
def test_given_frequencies_are_no_law(changes):
    [(name, value)] = changes.items()
    default = getattr(Config(), name)
    with pytest.raises(ValueError) as error:  # noqa: PT011
        Config(frequencies=np.full((2, 50), 0.1), **changes)
    expected = f"{name} must be {default!r} where frequencies are given, not {value!r}"
    assert str(error.value) == expected


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
