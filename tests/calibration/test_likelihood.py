"""What is likely, how a cloud spreads over it, and the shift of the simulator."""

import numpy as np
import pytest
from scipy import stats

import featsim
from featsim.calibration.cloud import spread
from featsim.calibration.discrepancy import constant, regress
from featsim.calibration.finite import pooled, simulate_near
from featsim.calibration.law import Family
from featsim.calibration.likelihood import Likelihood, allowance
from featsim.calibration.model import Model
from featsim.calibration.observed import Observed

FAMILY = Family("zipf", 2, 1, 20)
U = np.array([np.log(0.045), np.log(0.3), 0.8])
EXPERIMENTS = np.arange(1, 11)


def observed(accuracy):
    return Observed(EXPERIMENTS, accuracy, np.ones(10, int), None)


class Banana:
    """A bent valley, in place of a likelihood."""

    def __call__(self, vectors):
        return 400 * (vectors[:, 0] - 0.2 * vectors[:, 1] ** 2) ** 2 + vectors[:, 1] ** 2


def test_a_cloud_reaches_all_that_is_below_the_bound():
    vectors, values = spread(Banana(), np.array([0.0, 0.0]), 4.0)
    assert (values <= 4.0).all()
    np.testing.assert_allclose(values, Banana()(vectors))
    np.testing.assert_allclose([vectors[:, 1].min(), vectors[:, 1].max()], [-2, 2], atol=0.2)
    assert vectors[:, 0].max() == pytest.approx(0.2 * 4, abs=0.15)
    assert vectors[:, 0].min() == pytest.approx(-0.1, abs=0.02)


def test_a_shift_is_the_plane_through_its_values():
    rng = np.random.default_rng(0)
    vectors, slopes = rng.normal(size=(60, 3)), rng.normal(size=(3, 10))
    values = 0.5 + vectors @ slopes
    shift = regress(vectors, values)
    np.testing.assert_allclose(shift.at(vectors), values, atol=0.02)
    assert np.diag(shift.covariance).max() < 1e-4
    np.testing.assert_array_equal(constant(U, values[0]).at(vectors[:2]), values[[0, 0]])


def test_the_likelihood_is_that_of_a_normal_law():
    curve = FAMILY.curve(U, EXPERIMENTS * 1.0)
    rng = np.random.default_rng(1)
    root = 0.01 * rng.normal(size=(10, 10))
    covariance = root @ root.T + 1e-4 * np.eye(10)
    accuracy = curve + rng.normal(size=10) * 0.01
    likelihood = Likelihood(observed(accuracy), FAMILY, constant(U, np.zeros(10)), covariance)
    law = stats.multivariate_normal(curve, covariance)
    expected = -2 * law.logpdf(accuracy) - 10 * np.log(2 * np.pi)
    assert likelihood(U[None])[0] == pytest.approx(expected)
    outside = U.copy()
    outside[1] = 0.1
    assert likelihood(outside[None])[0] == np.inf
    assert likelihood.nearest(U)[1] <= expected


def test_what_is_allowed_is_the_joint_region():
    assert allowance(10**6, 4) == pytest.approx(stats.chi2.ppf(0.95, 4), rel=1e-4)
    assert allowance(20, 4) == pytest.approx(4 * stats.f.ppf(0.95, 4, 16))


def test_the_simulator_near_a_setting():
    curve = observed(FAMILY.curve(U, EXPERIMENTS * 1.0))
    near = simulate_near(curve, FAMILY, U, Model(100, 1), 100, around=(1.0,))
    counts = [5]  # γ = 4.5, rounded up
    np.testing.assert_allclose(np.exp(near.vectors[:, 0]) * 100, np.array(counts) - 0.5)
    for count, found in zip(counts, near.curves, strict=True):
        config = FAMILY.config(U, 100, 10).replace(gamma=float(count))
        out = featsim.simulate(config, inits="cold", seeds=10, workers=1)
        np.testing.assert_allclose(found, out["exact_accuracy"].mean("seed")[0], atol=1e-12)
    np.testing.assert_allclose(near.covariance, near.covariance.T)
    one, two = pooled([near]), pooled([near, near], [2.0, 4.0])
    np.testing.assert_allclose(two, 3 * one)
