"""A result: the same on any workers, extended by more seeds and experiments, and labelled."""

import json

import numba
import numpy as np
import pytest
import xarray as xr

import featsim
from featsim._tallies import global_steps
from featsim.variables import VARIABLES

CONFIG = featsim.Config(
    classes=3, features=20, points_per_chunk=99, experiments=8, gamma=4, test_points=300
)

BEYOND = ("gradient_rank", "exact_accuracy_so_far", "strengths")
PAPER_VARIABLES = [name for name in VARIABLES if name not in BEYOND]


@pytest.fixture(scope="module")
def result():
    return featsim.simulate(CONFIG, seeds=4, workers=1)


@pytest.mark.parametrize("workers", [None, 2, 5])
def test_workers_do_not_matter(result, workers):
    xr.testing.assert_identical(featsim.simulate(CONFIG, seeds=4, workers=workers), result)
    stream, test = featsim.sample_stream(CONFIG, 0), featsim.sample_test(CONFIG, 0)
    one, more = (
        featsim.simulate_stream(stream, gamma=4, tau=3, test=test, workers=n) for n in (1, workers)
    )
    xr.testing.assert_identical(one, more)


def test_what_is_larger_than_all_experiments_is_as_their_number(result):
    large, J = 10**30, CONFIG.experiments
    windowed = featsim.simulate(CONFIG.replace(window=large), seeds=1)
    xr.testing.assert_equal(windowed, result.isel(seed=[0]))
    rarely = featsim.Init(
        "warm", keep_learned=True, keep_memorized=False, when=featsim.Every(large)
    )
    out = featsim.simulate(CONFIG, inits=rarely, seeds=1)
    xr.testing.assert_equal(out, result.sel(seed=[0], init=["warm"]))
    for field in ("window", "class_arrival"):
        configs = [CONFIG.replace(**{field: value}) for value in (J, large)]
        xr.testing.assert_equal(*(featsim.simulate(config, seeds=1) for config in configs))
        xr.testing.assert_equal(*map(featsim.theory.mean_field, configs))


def test_seeds_in_any_order_alone_or_together(result):
    for seeds in ([3, 0, 2], [1], range(2, 4), 2):
        again = featsim.simulate(CONFIG, seeds=seeds)
        xr.testing.assert_equal(again, result.sel(seed=again.seed))


def test_seeds_differ(result):
    for name in ("frequencies", "learn_step", "test_accuracy"):
        values = result[name].values
        assert all((values[i] != values[j]).any() for i in range(4) for j in range(i))


def test_inits_in_any_order_alone_or_together(result):
    for inits in ("ideal", ["warm", "cold"]):
        again = featsim.simulate(CONFIG, seeds=4, inits=inits)
        expected = result.sel(
            init=["random" if init == "cold" else init for init in again.init.values]
        )
        xr.testing.assert_equal(again, expected.assign_coords(init=again.init))


@pytest.mark.parametrize("experiments", [1, 5, 20])
def test_more_experiments_extend_a_result(result, experiments):
    again = featsim.simulate(CONFIG.replace(experiments=experiments), seeds=4)
    both = result.experiment[:experiments]
    xr.testing.assert_equal(again.sel(experiment=both), result.sel(experiment=both))


def test_other_strengths_have_the_same_points(result):
    other = featsim.simulate(CONFIG.replace(gamma=6.5, tau=2), seeds=4)
    xr.testing.assert_identical(other.frequencies, result.frequencies)
    stream = featsim.sample_stream(CONFIG, 2)
    again = featsim.sample_stream(CONFIG.replace(gamma=6.5, tau=2), 2)
    np.testing.assert_array_equal(again.features, stream.features)


def test_dims_types_and_meanings(result):
    assert list(result) == PAPER_VARIABLES
    sizes = {"seed": 4, "init": 3, "experiment": 8, "class": 3, "feature": 20}
    assert dict(result.sizes) == sizes
    for name in PAPER_VARIABLES:
        variable = VARIABLES[name]
        assert result[name].dims == ("seed", *variable.dims)
        assert result[name].dtype == variable.dtype
        assert result[name].attrs == {"long_name": variable.long_name, "units": variable.units}
    assert list(result.coords) == ["init", "experiment", "seed"]
    assert result.experiment.values.tolist() == list(range(1, 9))
    assert result.init.values.tolist() == ["random", "warm", "ideal"]
    assert result.seed.values.tolist() == [0, 1, 2, 3]


def test_dims_of_a_stream():
    out = featsim.simulate_stream(featsim.sample_stream(CONFIG, 0), gamma=4, tau=3, inits="warm")
    names = [n for n in PAPER_VARIABLES if "accuracy" not in n and n != "frequencies"]
    assert list(out) == names
    for name in names:
        assert out[name].dims == VARIABLES[name].dims
    assert dict(out.sizes) == {"init": 1, "experiment": 8, "class": 3, "feature": 20}
    assert json.loads(out.attrs["config"]) == {"gamma": 4.0, "tau": 3}


def test_joined_results_say_their_seeds(result):
    """An attribute of the first would stand for all."""
    parts = [featsim.simulate(CONFIG, seeds=seeds) for seeds in ([0, 1], [2, 3])]
    joined = xr.concat(parts, "seed", combine_attrs="override")
    xr.testing.assert_identical(joined, result)
    assert "seeds" not in joined.attrs


def test_attributes_say_what_made_it():
    table = tuple(tuple(row) for row in np.linspace(0, 1, 60).reshape(3, 20).tolist())
    config = CONFIG.replace(frequencies=table)
    out = featsim.simulate(config, seeds=[5, 3])
    assert out.seed.values.tolist() == [5, 3]
    attributes = out.attrs
    assert featsim.Config.from_json(attributes.pop("config")) == config
    assert attributes == {
        "featsim_version": featsim.__version__,
        "numpy_version": np.__version__,
        "numba_version": numba.__version__,
    }


def test_variables_agree_with_each_other(result):
    assert (result.learned_features == result.learned.sum(["class", "feature"])).all()
    kept = result.learned.shift(experiment=1, fill_value=False)
    kept = kept.where(result.init != "random", other=False)
    new = result.learn_step >= 0
    assert (new == (result.learn_count >= CONFIG.gamma)).all()
    assert (result.learned == (new | kept)).all()
    assert not (new & kept).any()
    chunk, so_far = CONFIG.points_per_chunk, CONFIG.points_per_chunk * result.experiment
    assert (result.nonzero_gradient_points.sel(init="random") == so_far).all()
    assert (result.nonzero_gradient_points.sel(init="warm") <= chunk).all()
    assert (result.memorized_points <= so_far).all()


@pytest.mark.parametrize("scale", [1, 10**6, 10**12])
def test_steps_of_counts_of_any_size(scale):
    """The order over all classes is that of the counts; ties go to the lowest class and feature."""
    counts = np.random.default_rng(3).integers(0, 9, (4, 2, 3, 7)) * scale
    counts[counts == 0] = -1
    steps = global_steps(counts)
    for index in np.ndindex(4, 2):
        flat = counts[index].ravel().tolist()
        order = sorted((-n, i) for i, n in enumerate(flat) if n > 0)
        expected = {i: step for step, (_, i) in enumerate(order)}
        assert steps[index].ravel().tolist() == [expected.get(i, -1) for i in range(21)]
