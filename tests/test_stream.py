"""A FeatureStream takes any points in any order, and refuses what are none in one sentence."""

import json

import numpy as np
import pandas as pd
import pytest
import xarray as xr

import featsim
from featsim import FeatureStream

FEATURES = np.array([[True, False], [False, False], [True, True]])


def test_fields_and_sizes():
    stream = FeatureStream(FEATURES, [0, 2, 1], [3, 0, 0])
    assert (len(stream), stream.num_features, stream.num_classes, stream.num_chunks) == (3, 2, 3, 4)
    np.testing.assert_array_equal(stream.features, FEATURES)
    assert stream.labels.tolist() == [0, 2, 1]
    assert stream.chunks.tolist() == [3, 0, 0]


def test_classes_without_points():
    stream = FeatureStream(FEATURES, [0, 0, 0], [0, 0, 0], num_classes=np.int16(4))
    out = featsim.simulate_stream(stream, gamma=1, tau=1)
    assert out.sizes["class"] == stream.num_classes == 4
    assert not out.learned.isel({"class": slice(1, None)}).any()


@pytest.mark.parametrize("dtype", [np.uint8, np.int32, np.uint64])
def test_integers_of_any_type(dtype):
    stream = FeatureStream(FEATURES.tolist(), np.array([0, 1, 2], dtype), np.ones(3, dtype))
    assert stream.labels.dtype == stream.chunks.dtype == np.int64


def test_no_points():
    stream = FeatureStream(np.zeros((0, 5), bool), [], [])
    assert (len(stream), stream.num_classes, stream.num_chunks) == (0, 1, 1)
    out = featsim.simulate_stream(stream, gamma=1, tau=1, test=stream)
    assert "test_accuracy" not in out
    for name in ("learned_features", "nonzero_gradient_points", "memorized_points"):
        assert out[name].values.tolist() == [[0]] * 3


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"features": FEATURES.astype(int)}, TypeError, "features must be Boolean, not int64"),
        ({"features": [[True], [True, False]]}, TypeError, "features must .* rows of equal length"),
        ({"labels": [0, [1], 1]}, TypeError, "labels must be an array with rows of equal length"),
        ({"features": FEATURES[0]}, ValueError, r"features must have the shape .*, not \(2,\)"),
        ({"features": FEATURES[:, :0]}, ValueError, r"at least one feature, not \(3, 0\)"),
        ({"features": FEATURES[None]}, ValueError, r"features must have .*, not \(1, 3, 2\)"),
        ({"labels": [0.0, 1.0, 1.0]}, TypeError, "labels must be integers, not float64"),
        ({"labels": [True, False, True]}, TypeError, "labels must be integers, not bool"),
        ({"labels": [0, 1]}, ValueError, r"labels must have the shape \(3,\), not \(2,\)"),
        ({"labels": [0, -1, 1]}, ValueError, r"labels must be in 0 … 2\*\*63 − 1, not -1"),
        ({"labels": [0, 2, 1]}, ValueError, "labels must be in 0 … 1, not 2"),
        (
            {"labels": np.array([0, 1, 2**63 + 5], np.uint64)},
            ValueError,
            f"labels must be .*, not {2**63 + 5}",
        ),
        ({"chunks": [0.5, 1, 1]}, TypeError, "chunks must be integers, not float64"),
        ({"chunks": ["0", "0", "1"]}, TypeError, "chunks must be integers, not <U1"),
        ({"chunks": [[0, 1, 1]]}, ValueError, r"chunks must have the shape \(3,\), not \(1, 3\)"),
        ({"chunks": [-3, 0, 0]}, ValueError, r"chunks must be in 0 … 2\*\*63 − 1, not -3"),
        (
            {"chunks": np.array([0, 1, 2**63], np.uint64)},
            ValueError,
            f"chunks must be .*, not {2**63}",
        ),
        ({"num_classes": 0}, ValueError, "num_classes must be an integer of at least 1, not 0"),
        ({"num_classes": True}, TypeError, "num_classes must be an integer of .*, not True"),
        ({"num_classes": 2.0}, TypeError, r"num_classes must be an integer of .*, not 2\.0"),
    ],
)
def test_bad_input(change, error, message):
    good = {"features": FEATURES, "labels": [0, 1, 1], "chunks": [0, 0, 1], "num_classes": 2}
    with pytest.raises(error, match=message):
        FeatureStream(**(good | change))


GOOD = {"features": FEATURES, "labels": np.array([0, 1, 1]), "chunks": np.array([0, 0, 1])}


@pytest.mark.parametrize("field", GOOD)
@pytest.mark.parametrize("mask", [False, True])
def test_masks_are_not_lost(field, mask):
    masked = np.ma.array(GOOD[field], mask=np.full(GOOD[field].shape, mask))
    for values in (masked, list(masked)) if mask or field == "features" else (masked,):
        with pytest.raises(TypeError, match=f"^{field} must have no mask, but is a masked array"):
            FeatureStream(**(GOOD | {field: values}))


def test_a_stream_is_its_own():
    """What the user changes later does not reach it, and nobody can change it."""
    given = {"features": FEATURES.copy(), "labels": np.array([0, 1, 1]), "chunks": np.arange(3)}
    stream = FeatureStream(**given)
    out = featsim.simulate_stream(stream, gamma=1, tau=1)
    given["features"][:] = False
    given["labels"][:] = 7
    given["chunks"][:] = 9
    np.testing.assert_array_equal(stream.features, FEATURES)
    assert stream.labels.tolist() == [0, 1, 1]
    assert stream.chunks.tolist() == [0, 1, 2]
    xr.testing.assert_identical(featsim.simulate_stream(stream, gamma=1, tau=1), out)
    for values in (stream.features, stream.labels, stream.chunks):
        with pytest.raises(ValueError, match="read-only"):
            values[0] = 1


@pytest.mark.parametrize("labelled", [xr.DataArray, pd.DataFrame])
def test_labelled_arrays(labelled):
    stream = FeatureStream(labelled(FEATURES), pd.Series([0, 1, 1]), xr.DataArray([0, 0, 1]))
    np.testing.assert_array_equal(stream.features, FEATURES)
    assert type(stream.features) is type(stream.labels) is type(stream.chunks) is np.ndarray


def test_test_points_may_be_of_fewer_classes():
    stream = featsim.FeatureStream(np.eye(6, dtype=bool), [0, 1, 2, 0, 1, 2], [0] * 6)
    rows, labels, chunks = np.eye(6, dtype=bool)[:3], [0, 1, 0], [0, 0, 0]
    few, all_of_them = (featsim.FeatureStream(rows, labels, chunks, n) for n in (None, 3))
    assert few.num_classes == 2
    out, same = (
        featsim.simulate_stream(stream, gamma=1, tau=1, test=test) for test in (few, all_of_them)
    )
    xr.testing.assert_identical(out, same)


def test_a_result_says_how_it_was_learned():
    stream = featsim.FeatureStream(np.eye(3, dtype=bool), [0, 0, 0], [0, 1, 2])
    out = featsim.simulate_stream(stream, gamma=[2.5, 1, 2], tau=1, window=2)
    assert json.loads(out.attrs["config"]) == {"gamma": [2.5, 1.0, 2.0], "tau": 1, "window": 2}
