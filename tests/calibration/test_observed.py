"""Curves in every form that is allowed, and what is refused in one sentence."""

import numpy as np
import pandas as pd
import pytest
import xarray as xr

import featsim
from featsim.calibration.observed import read_observed

COLUMNS = {
    "experiment": [1, 2, 4, 1, 2],
    "accuracy": [0.2, 0.4, 0.5, 0.3, 0.5],
    "run": ["a", "a", "a", "b", "b"],
    "steps": [10, 20, 40, 12, 22],
}


def test_every_form_gives_the_same_curve():
    first = read_observed("observed", COLUMNS)
    np.testing.assert_array_equal(first.experiments, [1, 2, 4])
    np.testing.assert_allclose(first.accuracy, [0.25, 0.45, 0.5])
    np.testing.assert_array_equal(first.runs, [2, 2, 1])
    np.testing.assert_allclose(first.steps, [11, 21, 40])
    for other in (
        pd.DataFrame(COLUMNS),
        {1: [0.2, 0.3], 2: [0.4, 0.5], 4: 0.5},
    ):
        same = read_observed("observed", other)
        for name in ("experiments", "accuracy", "runs"):
            np.testing.assert_array_equal(getattr(first, name), getattr(same, name))


def test_labelled_forms():
    array = xr.DataArray(
        [[0.2, 0.3, 0.5], [0.4, 0.5, 0.5]], dims=("seed", "experiment"),
        coords={"experiment": [1, 3, 9]},
    )  # fmt: skip
    found = read_observed("observed", array)
    np.testing.assert_array_equal(found.experiments, [1, 3, 9])
    np.testing.assert_allclose(found.accuracy, [0.3, 0.4, 0.5])
    assert found.steps is None
    timed = xr.Dataset({"accuracy": array, "steps": ("experiment", [1.0, 2.0, 3.0])})
    np.testing.assert_array_equal(read_observed("observed", timed).steps, [1, 2, 3])
    out = featsim.simulate(
        featsim.Config(features=4, points_per_chunk=20, experiments=2, gamma=2, test_points=0),
        inits="cold", seeds=2,
    )  # fmt: skip
    found = read_observed("observed", out.isel(init=0))
    np.testing.assert_allclose(found.accuracy, out.exact_accuracy.mean("seed")[0])


GOOD = {1: 0.2, 2: 0.3, 3: 0.4, 5: 0.5, 8: 0.55, 9: 0.6}


@pytest.mark.parametrize(
    ("observed", "options", "error", "sentence"),
    [
        ({**GOOD, 10: float("nan")}, {}, ValueError, r"observed must have .* \[0, 1\], not nan"),
        ({**GOOD, 10: 1.2}, {}, ValueError, r"observed must have accuracies in \[0, 1\], not 1.2"),
        ({**GOOD, 10: 60}, {}, ValueError, r"observed must have accuracies in \[0, 1\], not 60"),
        ({1: 0.2, 2: 0.3, 3: 0.4}, {}, ValueError, "observed must have at least 5 experiments"),
        ({3: 0.2, 2: 0.3}, {}, ValueError, "experiments of observed must increase, not 2 after 3"),
        ({0: 0.2, 1: 0.3}, {}, ValueError, "experiments of observed must be integers of at least"),
        ({1: "a"}, {}, TypeError, "observed must be numbers"),
        ({}, {}, TypeError, "observed must be a DataArray along experiment or a mapping"),
        (0.5, {}, TypeError, "observed must be a DataArray along experiment or a mapping"),
        ({"accuracy": [0.1]}, {}, ValueError, "observed must have a column 'experiment'"),
        (xr.DataArray([0.1], dims="x"), {}, ValueError, "observed must have the dim experiment"),
        ({"experiment": [1, 2], "accuracy": [0.1]}, {}, ValueError, "columns of equal length"),
        ({"experiment": 1, "accuracy": 0.5}, {}, ValueError, "columns of equal length"),
        ({"experiment": [[1, 2]], "accuracy": [[0.1, 0.2]]}, {}, ValueError, "columns of equal le"),
        (
            {"experiment": [1, 2], "accuracy": [0.1, 0.2], "run": [0]},
            {}, ValueError, "columns of equal length, not .*'run': 1",
        ),
        ({"experiment": [], "accuracy": []}, {}, ValueError, "at least one accuracy, not none"),
        ({1: []}, {}, ValueError, "observed must have at least one accuracy, not none"),
        (
            {"experiment": [1, 2], "accuracy": [0.1, 0.2], "steps": [1, 0]},
            {}, ValueError, "steps of observed must be finite numbers above 0, not 0",
        ),
        (GOOD, {"classes": 1}, ValueError, "classes must be an integer of at least 2, not 1"),
        (GOOD, {"points_per_chunk": 5}, ValueError, "points_per_chunk must be a multiple of cla"),
        (GOOD, {"features": 1}, ValueError, "features must be an integer of at least 2, not 1"),
        (GOOD, {"features": 5, "tau": 5}, ValueError, r"tau must be an integer in 1 … 4, not 5"),
        (GOOD, {"frequency_law": "pareto"}, ValueError, "frequency_law must be 'uniform' or 'zipf"),
    ],
)  # fmt: skip
def test_what_is_refused(observed, options, error, sentence):
    with pytest.raises(error, match=sentence):
        featsim.fit(observed, **{"classes": 2, **options})
