"""Sobol indices: of a parameter that does nothing, of one that does all, and what is refused."""

import numpy as np
import pytest

import featsim

CONFIG = featsim.Config(
    features=12, points_per_chunk=100, experiments=3, gamma=5, tau=2, test_points=0,
    frequency_law="zipf",
)  # fmt: skip
RANGES = {"gamma": (2.0, 20.0), "frequency_exponent": (0.5, 1.5)}


def test_dims_and_what_must_hold():
    out = featsim.sensitivity(CONFIG, RANGES, inits=("warm", "random"), samples=64)
    assert out.sizes == {"quantity": 4, "parameter": 2, "init": 2, "experiment": 3}
    assert out["init"].values.tolist() == ["warm", "random"]
    assert out["parameter"].values.tolist() == list(RANGES)
    accuracy = out["total"].sel(quantity="accuracy", init="random")
    assert (accuracy > 0.05).all()
    assert (out["first_order"].sel(quantity="accuracy").sum("parameter") < 1.2).all()
    assert np.isnan(out["total"].sel(quantity="gap", init="random")).all()
    time = out["total"].sel(quantity="training_time", init="random")
    assert np.isnan(time).all()  # a random start trains on all points, whatever the setting
    assert (out["total_confidence"].sel(quantity="accuracy") > 0).all()


def test_a_parameter_without_effect_has_an_index_of_none():
    ranges = {"gamma": (2.0, 20.0), "frequency_exponent": (0.5, 1.5)}
    config = CONFIG.replace(frequency_law="uniform")  # which has no exponent
    out = featsim.sensitivity(config, ranges, inits="random", samples=64)
    total = out["total"].sel(quantity="accuracy", init="random")
    np.testing.assert_allclose(total.sel(parameter="frequency_exponent"), 0.0, atol=1e-12)
    np.testing.assert_allclose(total.sel(parameter="gamma"), 1.0, atol=0.2)


def test_the_simulator_as_the_model():
    options = {"inits": "warm", "samples": 8, "model": "simulator", "seeds": 1, "workers": 1}
    first = featsim.sensitivity(CONFIG, RANGES, **options)
    again = featsim.sensitivity(CONFIG, RANGES, **options)
    np.testing.assert_array_equal(first["total"], again["total"])
    assert np.isfinite(first["total"].sel(quantity="accuracy")).all()


@pytest.mark.parametrize(
    ("ranges", "options", "error", "sentence"),
    [
        ({"gamma": (2, 9)}, {}, ValueError, "ranges must be of at least two fields, not 1"),
        ({**RANGES, "drift": (0, 1)}, {}, ValueError, "ranges must be of fields among .* 'drift'"),
        ({**RANGES, "tau": (3, 1)}, {}, ValueError, "range of tau must have low below high"),
        ({**RANGES, "tau": 3}, {}, ValueError, r"range of tau must be \(low, high\), not 3"),
        ({**RANGES, "tau": (1, [2])}, {}, TypeError, "range of tau must be .* equal length"),
        ({**RANGES, "points_per_chunk": (-9, 9)}, {}, ValueError, "points_per_chunk must begin at"),
        ({**RANGES, "tau": (1, 12)}, {}, ValueError, "every corner of ranges .* tau must be"),
        (RANGES, {"samples": 12}, ValueError, "samples must be a power of two, not 12"),
        (RANGES, {"model": "guess"}, ValueError, "model must be 'mean_field' or 'simulator'"),
        ([("gamma", 1, 2)], {}, TypeError, "ranges must be a mapping"),
    ],
)
def test_what_is_refused(ranges, options, error, sentence):
    with pytest.raises(error, match=sentence):
        featsim.sensitivity(CONFIG, ranges, **options)
