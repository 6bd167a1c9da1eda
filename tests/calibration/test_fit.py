"""Fits recover what made a curve, and say what they cannot tell."""

import dataclasses

import numpy as np
import pytest

import featsim
from featsim import theory
from featsim.calibration.law import Family
from featsim.calibration.misfit import errors_of

ZIPF = Family("zipf", 5, 2, 50)
U = np.array([np.log(0.004), np.log(0.4), 0.9])
J = 25


@pytest.fixture(scope="module")
def curve():
    config = ZIPF.config(U, 5_000, J)
    return theory.mean_field(config, inits="cold")["exact_accuracy"].isel(init=0)


@pytest.fixture(scope="module")
def fitted(curve):
    rng = np.random.default_rng(5)
    return featsim.fit(curve + 0.002 * rng.normal(size=J), classes=5, features=50)


def test_a_known_setting_is_recovered(fitted):
    assert (fitted.frequency_law, fitted.features) == ("zipf", 50)
    assert ("zipf", 2, 50) in fitted.identifiability.families
    truth = {"gamma_per_point": 0.004, "max_frequency": 0.4, "frequency_exponent": 0.9, "tau": 2}
    for name, value in truth.items():
        low, high = fitted.intervals[name]
        assert low <= value <= high
        assert low <= getattr(fitted, name) <= high
    assert fitted.root_mean_square < 0.003
    assert 0.0005 < fitted.deviation < 0.004
    text = str(fitted)
    for word in ("gamma_per_point", "95 % interval", "root mean square", "zipf, τ = 2, K = 50"):
        assert word in text


def test_predictions_are_those_of_the_mean_field(fitted):
    inits = ("cold", "warm", "ideal", "doubling")
    found = fitted.predict(inits)
    assert found["exact_accuracy"].dims == ("init", "experiment")
    np.testing.assert_array_equal(found["experiment"], np.arange(1, J + 1))
    config = featsim.Config(
        classes=5, features=50, points_per_chunk=5_000, experiments=J, tau=fitted.tau,
        gamma=5_000 * fitted.gamma_per_point, max_frequency=fitted.max_frequency,
        frequency_law="zipf", frequency_exponent=fitted.frequency_exponent, test_points=0,
    )  # fmt: skip
    limit = theory.mean_field(config, inits=inits)
    np.testing.assert_allclose(found["exact_accuracy"], limit["exact_accuracy"], atol=1e-14)
    np.testing.assert_allclose(
        found["active_chunks"], limit["nonzero_gradient_points"] / 5_000, rtol=1e-12
    )
    assert fitted.predict("warm", experiments=40).sizes["experiment"] == 40
    residual = fitted.curve["observed"] - found["exact_accuracy"].sel(init="cold")
    np.testing.assert_allclose(fitted.curve["residual"], residual, atol=1e-12)


def test_a_policy_is_placed_where_it_is(fitted):
    config = ZIPF.config(U, 5_000, J)
    cold = theory.mean_field(config, inits="cold").isel(init=0)
    some = theory.mean_field(config, inits=featsim.Init("some", 0.4, 0.3)).isel(init=0)
    placed = fitted.place(some["exact_accuracy"])
    assert placed.explained
    assert placed.features_kept is None
    low, high = placed.noise_interval
    assert low <= 0.3 <= high
    assert high - low < 0.4
    assert "a line of the square" in str(placed)

    timed = featsim.fit(
        {"experiment": np.arange(1, J + 1), "accuracy": cold["exact_accuracy"].to_numpy(),
         "steps": 7.0 * cold["nonzero_gradient_points"].to_numpy()},
        classes=5, features=50, tau=2, frequency_law="zipf",
    )  # fmt: skip
    steps = 7.0 * some["nonzero_gradient_points"].to_numpy()
    placed = timed.place(some["exact_accuracy"], steps=steps)
    assert placed.explained
    assert placed.features_kept == pytest.approx(0.4, abs=0.1)
    assert placed.features_interval[0] <= 0.4 <= placed.features_interval[1]
    with pytest.raises(ValueError, match="steps must not be given where the fit has no steps"):
        fitted.place(some["exact_accuracy"], steps=steps)


def test_what_is_above_the_model_has_no_place(fitted, curve):
    placed = fitted.place(np.clip(curve + 0.1, 0, 1))
    assert not placed.explained
    assert placed.noise_kept < 0.1
    assert str(placed).startswith("No pair (a, b) explains the curve")
    assert "above the model" in str(placed)


@pytest.mark.slow
def test_a_simulated_curve_is_fitted_by_the_simulator():
    config = featsim.Config(
        features=20, points_per_chunk=200, gamma=12, tau=2, experiments=12,
        max_frequency=0.35, test_points=0,
    )  # fmt: skip
    out = featsim.simulate(config, inits=("cold", "warm"), seeds=range(100, 106))
    cold, warm = (out["exact_accuracy"].isel(init=i) for i in (0, 1))
    fitted = featsim.fit(cold, classes=2, features=20, points_per_chunk=200, workers=1)
    assert fitted.root_mean_square < 0.01
    low, high = fitted.intervals["gamma_per_point"]
    assert low <= 0.06 <= high
    predicted = fitted.predict("warm")["exact_accuracy"].isel(init=0)
    limit = fitted.predict("cold")["exact_accuracy"].isel(init=0)
    np.testing.assert_allclose(limit, fitted.curve["fitted"], atol=1e-12)
    assert abs(predicted - warm.mean("seed")).mean() < 0.03


def test_errors_of_known_laws():
    rng = np.random.default_rng(0)
    none = np.zeros((150, 150))
    found = errors_of(0.02 * rng.normal(size=150), np.ones(150, int), none, 2)
    assert found.deviation == pytest.approx(0.02, rel=0.1)
    assert found.correlation <= 0.2
    walk = [0.0]
    for shock in rng.normal(size=149):
        walk.append(0.8 * walk[-1] + 0.6 * shock)
    found = errors_of(0.02 * np.array(walk), np.ones(150, int), none, 2)
    assert found.correlation >= 0.6


def test_a_fit_is_the_same_twice(curve):
    runs = [
        featsim.fit(curve, classes=5, features=50, tau=2, frequency_law="zipf") for _ in range(2)
    ]
    first, second = (
        {k: v for k, v in dataclasses.asdict(run).items() if isinstance(v, float | dict)}
        for run in runs
    )
    assert first["gamma_per_point"] == second["gamma_per_point"]
    assert first["intervals"] == second["intervals"]
