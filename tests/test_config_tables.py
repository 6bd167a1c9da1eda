"""Fields that are tables: arrays of any kind become plain numbers, and bad ones are refused."""

import math

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from featsim import Config, _tables

TABLES = {
    "frequencies": np.array([[0.1, 0.5, 1.0], [0.25, 0.0, 0.3]]),
    "strengths": np.array([[1, 2, 3], [9, 1, 2**31 - 1]]),
    "noise_levels": np.array([[0.5, 0.25], [1.5, 0.75]]),
    "points_by_chunk": np.array([4, 0, 6]),
}
SMALL = {"features": 3, "tau": 2, "experiments": 3}


@pytest.mark.parametrize("name", TABLES)
@pytest.mark.parametrize("kind", [np.array, xr.DataArray, pd.DataFrame, np.ndarray.tolist])
def test_tables_of_any_kind(name, kind):
    table = kind(TABLES[name])
    if name == "points_by_chunk" and isinstance(table, pd.DataFrame):
        table = table[0]
    config = Config(**{name: table}, **SMALL)
    assert getattr(config, name) == _tables.as_tuples(TABLES[name])
    assert Config.from_json(config.to_json()) == config
    assert {type(x) for x in np.array(getattr(config, name), object).ravel()} <= {int, float}


def test_labelled_frequencies_by_chunk():
    table = xr.DataArray(np.random.default_rng(0).random((3, 2, 3)), dims=("j", "c", "k"))
    config = Config(frequencies=table, **SMALL)
    assert config.frequencies_change
    np.testing.assert_array_equal(config.frequencies, table)
    assert not config.replace(frequencies=table[0]).frequencies_change


@pytest.mark.parametrize("name", TABLES)
@pytest.mark.parametrize("mask", [False, True])
def test_masked_tables(name, mask):
    masked = np.ma.array(TABLES[name], mask=np.full(TABLES[name].shape, mask))
    for table in (masked, list(masked)) if masked.ndim > 1 or mask else (masked,):
        with pytest.raises(TypeError, match=f"^{name} must have no mask, but is a masked array"):
            Config(**{name: table}, **SMALL)


@pytest.mark.parametrize(
    ("changes", "error", "message"),
    [
        ({"frequencies": np.zeros((2, 2, 3))}, ValueError, r"= \(3, 2, 3\), not \(2, 2, 3\)"),
        ({"frequencies": [[[2, 0, 0]] * 2] * 3}, ValueError, r"must be numbers in \[0, 1\], not 2"),
        ({"frequencies": [[math.inf, 0, 0]] * 2}, ValueError, r"in \[0, 1\], not inf"),
        ({"frequencies": []}, ValueError, r"must have the shape .*, not \(0,\)"),
        ({"frequencies": {"a": 1}}, TypeError, "frequencies must be a table of numbers, not {'a'"),
        ({"strengths": [[1, 2, 0], [1, 1, 1]]}, ValueError, "strengths must be integers in 1 … 2"),
        ({"strengths": [[1, 2, -4], [1, 1, 1]]}, ValueError, "in 1 … 2147483647, not -4"),
        ({"strengths": [[1, 2, 2**31], [1, 1, 1]]}, ValueError, "2147483647, not 2147483648"),
        ({"strengths": [[1.0, 2, 3], [1, 1, 1]]}, TypeError, "strengths must be a table of integ"),
        ({"strengths": [[True] * 3] * 2}, TypeError, "strengths must be a table of integers"),
        ({"strengths": [[1, 2], [1, 1]]}, ValueError, r"\(2, 3\), not \(2, 2\)"),
        ({"strengths": [1, 2, 3]}, ValueError, r"\(classes, features\) = \(2, 3\), not \(3,\)"),
        ({"strengths": 2}, TypeError, "strengths must be a table of integers, not 2"),
        (
            {"strengths": [[1] * 3] * 2, "max_strength": 2},
            ValueError,
            "max_strength must be 1 where strengths are given, not 2",
        ),
        ({"max_strength": 2**31}, ValueError, "max_strength must be an integer in 1 … 2147483647"),
        (
            {"max_strength": 2**31 - 1, "points_per_chunk": 2**28},
            ValueError,
            r"strengths must be below 2\*\*61 / \(points · features\), not 2147483647: "
            "a class may have 402,653,184 points and 3 features",
        ),
        (
            {"strengths": [[1, 2, 2**31 - 1], [1, 1, 1]], "points_by_chunk": [2**30, 0, 0]},
            ValueError,
            "not 2147483647: a class may have 536,870,912 points and 3 features",
        ),
        (
            {"noise_levels": []},
            ValueError,
            r"noise_levels must be pairs \(factor, share\), not \[\]",
        ),
        ({"noise_levels": [1, 2]}, ValueError, r"noise_levels must be pairs .*, not \[1, 2\]"),
        ({"noise_levels": [[1, 0.5, 2]]}, ValueError, "noise_levels must be pairs"),
        ({"noise_levels": [[1, 0.5], [2]]}, TypeError, "noise_levels must be .* of equal length"),
        ({"noise_levels": "high"}, TypeError, "noise_levels must be a table of pairs"),
        ({"noise_levels": [[1, 0.5], [2, 0.4]]}, ValueError, "must add to 1, not to 0.9"),
        ({"noise_levels": [[1, 1.5], [2, -0.5]]}, ValueError, r"in \[0, 1\], not 1.5"),
        ({"noise_levels": [[1, math.nan]]}, ValueError, r"shares .* in \[0, 1\], not nan"),
        ({"noise_levels": [[0, 1]]}, ValueError, "factors .* finite numbers above 0, not 0.0"),
        ({"noise_levels": [[-1, 1]]}, ValueError, "factors .* finite numbers above 0, not -1.0"),
        ({"noise_levels": [[math.inf, 1]]}, ValueError, "factors .* above 0, not inf"),
        (
            {"noise_levels": [[1e300, 1]], "gamma": 1e10},
            ValueError,
            "gamma times a factor of noise_levels must be a finite number above 0, not inf",
        ),
        (
            {"noise_levels": [[1e-300, 1]], "gamma": 1e-300},
            ValueError,
            "gamma times a factor of noise_levels must be a finite number above 0, not 0.0",
        ),
        ({"points_by_chunk": [2, 2]}, ValueError, r"\(experiments,\) = \(3,\), not \(2,\)"),
        ({"points_by_chunk": [2, -2, 2]}, ValueError, "must be integers of at least 0, not -2"),
        (
            {"points_by_chunk": [2, 2.0, 2]},
            TypeError,
            "points_by_chunk must be a table of integers",
        ),
        ({"points_by_chunk": 6}, TypeError, "points_by_chunk must be a table of integers, not 6"),
    ],
)
def test_bad_tables(changes, error, message):
    with pytest.raises(error, match=message) as raised:
        Config(**(SMALL | changes))
    assert "\n" not in str(raised.value)


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
