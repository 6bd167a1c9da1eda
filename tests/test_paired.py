"""Differences between two starts: a worked example, the interval of SciPy, and what is refused."""

import numpy as np
import pytest
import scipy.stats
import xarray as xr

import featsim

CONFIG = featsim.Config(features=6, points_per_chunk=60, experiments=4, gamma=4, test_points=60)


def made(random, warm, name="exact_accuracy"):
    """Return a result of two inits and one experiment."""
    values = np.array([random, warm], float).T[:, :, None]
    coordinates = {"seed": range(len(random)), "init": ["random", "warm"], "experiment": [1]}
    return xr.Dataset({name: (("seed", "init", "experiment"), values)}, coordinates)


def test_an_example_by_hand():
    # Differences 1, 2, 3 and 6: mean 3, variance (4 + 1 + 0 + 9) / 3, standard error
    # sqrt(14 / 12); t of 3 degrees of freedom at 97.5 % is 3.182446.
    out = featsim.paired_differences(made([5, 9, 4, 8], [4, 7, 1, 2]), "random", "warm")
    assert out["difference"].item() == 3.0
    reach = 3.182446305 * (14 / 12) ** 0.5
    np.testing.assert_allclose(out["low"], 3.0 - reach, rtol=1e-9)
    np.testing.assert_allclose(out["high"], 3.0 + reach, rtol=1e-9)
    assert out["low"].dims == ("experiment",)


def test_two_seeds_at_half_the_level_by_hand():
    # t of 1 degree of freedom at 75 % is 1: the interval is the mean and half the distance.
    out = featsim.paired_differences(made([1, 4], [0, 0]), "random", "warm", level=0.5)
    found = [out[name].item() for name in ("low", "difference", "high")]
    np.testing.assert_allclose(found, [1.0, 2.5, 4.0], rtol=1e-12)


def test_a_sweep_by_scipy():
    result = featsim.sweep(CONFIG, gamma=[2, 4, 30], tau=[1, 2], seeds=5)
    out = featsim.paired_differences(result, "ideal", "warm", "learned_features", level=0.8)
    assert out["difference"].dims == ("gamma", "tau", "experiment")
    for place in np.ndindex(3, 2, 4):
        at = dict(zip(("gamma", "tau", "experiment"), place, strict=True))
        pair = [result["learned_features"].isel(at).sel(init=name) for name in ("ideal", "warm")]
        expected = scipy.stats.ttest_rel(*pair) if (pair[0] - pair[1]).std() > 0 else None
        here = out.isel(at)
        np.testing.assert_allclose(here["difference"], np.mean(pair[0] - pair[1]), rtol=1e-12)
        if expected is None:
            assert here["low"] == here["high"] == here["difference"]
        else:
            interval = expected.confidence_interval(0.8)
            np.testing.assert_allclose([here["low"], here["high"]], interval, rtol=1e-9)
    xr.testing.assert_equal(
        featsim.paired_differences(result, "warm", "ideal", "learned_features")["difference"],
        -out["difference"],
    )
    assert out["difference"].attrs == {
        "long_name": "mean difference, ideal − warm: learned features",
        "units": "features",
    }
    assert out.attrs["config"] == result.attrs["config"]
    assert out.attrs["seeds"] == "[0, 1, 2, 3, 4]"


def test_a_difference_is_kept_in_a_file(tmp_path):
    out = featsim.paired_differences(featsim.simulate(CONFIG, seeds=3), "random", "warm")
    out.to_netcdf(tmp_path / "difference.nc", engine="scipy")
    xr.testing.assert_identical(xr.load_dataset(tmp_path / "difference.nc"), out)


def test_other_dims_stay():
    result = featsim.simulate(CONFIG, seeds=2)
    out = featsim.paired_differences(result, "random", "warm", "learned")
    assert out["difference"].dims == ("experiment", "class", "feature")
    assert out["difference"].dtype == float


@pytest.mark.parametrize(
    ("change", "arguments", "error", "message"),
    [
        (None, {"a": "hot"}, ValueError, "^a must be among random, warm, ideal, not 'hot'$"),
        (None, {"b": "cold"}, ValueError, "^b must be among random, warm, ideal, not 'cold'$"),
        (None, {"b": "random"}, ValueError, "^b must be another init than a, not 'random'$"),
        (None, {"variable": "frequencies"}, ValueError, "^variable must be among .*, not 'freq"),
        (None, {"level": 1.0}, ValueError, r"^level must be a number between 0 and 1, not 1\.0$"),
        (None, {"level": 95}, ValueError, "^level must be a number between 0 and 1, not 95$"),
        (None, {"level": "95"}, TypeError, "^level must be a number between 0 and 1, not '95'$"),
        (lambda r: r.isel(seed=[0]), {}, ValueError, "^result must have at least two seeds .* 1$"),
        (lambda r: r.isel(seed=0), {}, ValueError, "^result must have variables with the dims see"),
        (lambda r: r["learned"], {}, TypeError, "^result must be a Dataset, not DataArray$"),
    ],
)
def test_what_is_refused(change, arguments, error, message):
    result = featsim.simulate(CONFIG, seeds=2)
    result = result if change is None else change(result)
    with pytest.raises(error, match=message):
        featsim.paired_differences(result, **({"a": "random", "b": "warm"} | arguments))


def test_a_mean_over_the_seeds_is_refused():
    result = featsim.sweep(CONFIG, gamma=[2, 4], seeds=3, reduce="mean_std")
    with pytest.raises(ValueError, match=r"^result must have the values of every seed"):
        featsim.paired_differences(result, "random", "warm")


def test_a_seed_without_a_value_leaves_no_difference():
    values = np.array([[1.0, 2.0], [np.nan, 3.0], [2.0, 2.0]])
    result = xr.Dataset({"x": (("seed", "init"), values)}, {"seed": [0, 1, 2], "init": ["a", "b"]})
    assert featsim.paired_differences(result, "a", "b", "x").isnull().to_array().all()
