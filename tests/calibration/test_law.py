"""The lean curve of the mean field beside the theory's own, and policies beside it."""

import numpy as np
import pytest

import featsim
from featsim import theory
from featsim.calibration.law import Family
from featsim.calibration.model import Model
from featsim.inits import Init, resolve

FAMILIES = [
    Family("zipf", 10, 1, 60),
    Family("zipf", 3, 2, 200),
    Family("uniform", 2, 3, 50),
    Family("uniform", 5, 2, 20),
]
VECTORS = {
    "zipf": np.array([np.log(0.004), np.log(0.3), 0.8]),
    "uniform": np.log([0.03, 0.35]),
}


def configured(family, experiments):
    u = VECTORS[family.law]
    return u, family.config(u, 1_000 * family.classes, experiments), family.table(u)


@pytest.mark.parametrize("family", FAMILIES)
def test_the_curve_is_that_of_the_mean_field(family):
    u, config, table = configured(family, 30)
    limit = theory.mean_field(config, table, inits="cold")["exact_accuracy"].isel(init=0)
    rows = family.curves(u, np.arange(1.0, 31.0))[0]
    by_seed = (
        np.broadcast_to(rows, (limit.shape[0] * family.classes, 30)) if len(rows) == 1 else rows
    )
    seeds = by_seed.reshape(limit.shape[0], family.classes, 30).mean(axis=1)
    np.testing.assert_allclose(seeds, limit, rtol=0, atol=1e-14)
    assert np.unique(limit).size > 3
    np.testing.assert_allclose(
        family.curve(u, np.arange(1.0, 31.0)), limit.mean("seed"), rtol=0, atol=1e-14
    )


@pytest.mark.parametrize("family", FAMILIES)
def test_several_are_one_by_one(family):
    u, chunks = VECTORS[family.law], np.array([1.0, 3.0, 8.0])
    vectors = np.array([u, u + 0.1, u - 0.1])
    expected = [family.curve(one, chunks) for one in vectors]
    np.testing.assert_array_equal(family.several(vectors, chunks), expected)


def test_a_share_kept_is_a_cold_start_on_fewer_chunks():
    family = FAMILIES[0]
    u, config, table = configured(family, 20)
    limit = theory.mean_field(config, table, inits=Init("some", 1.0, 0.3))["exact_accuracy"]
    chunks = 1.0 + 0.7 * np.arange(20)
    np.testing.assert_allclose(family.curve(u, chunks), limit[0, 0], rtol=0, atol=1e-14)


def test_frequencies_are_those_of_simulate():
    family = FAMILIES[3]
    _, config, table = configured(family, 2)
    out = featsim.simulate(config, inits="cold", seeds=len(table), workers=1)
    np.testing.assert_allclose(out["frequencies"], table, rtol=1e-14)


def test_the_model_is_the_mean_field_or_the_simulator():
    family, inits = FAMILIES[2], resolve(("cold", "warm"))
    u, config, table = configured(family, 6)
    limit = theory.mean_field(config, table, inits=inits).mean("seed")
    outcome = Model().outcome(family, u, 6, inits)
    np.testing.assert_allclose(outcome.accuracy, limit["exact_accuracy"], rtol=0, atol=1e-14)
    points = limit["nonzero_gradient_points"] / config.points_per_chunk
    np.testing.assert_allclose(outcome.active, points, rtol=1e-12)

    finite = family.config(u, 200, 6)
    out = featsim.simulate(finite, inits=inits, seeds=len(table), workers=1)
    simulated = Model(200, 1).outcome(family, u, 6, inits)
    np.testing.assert_array_equal(simulated.accuracy, out["exact_accuracy"].mean("seed"))
