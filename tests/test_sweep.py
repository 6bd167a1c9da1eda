"""A sweep equals ``simulate`` setting by setting, wherever and in whatever order it is computed."""

import concurrent.futures
import multiprocessing
import subprocess
import sys
from types import SimpleNamespace

import numpy as np
import psutil
import pytest
import xarray as xr

import featsim
from featsim._sweep import plan as sweep_plan
from featsim.sampling import ConfigSource

SMALL = featsim.Config(features=9, points_per_chunk=60, experiments=4, gamma=3, test_points=120)
FORGETFUL = featsim.Init("forgetful", keep_learned=False, keep_memorized=True)
AXES = {"tau": (2, 1), "classes": (3, 2), "gamma": (2.5, 8), "max_frequency": (0.4, 0.9)}


@pytest.fixture
def many_pieces(monkeypatch):
    """Cut even the smallest sweep into pieces."""
    monkeypatch.setattr(sweep_plan, "SHORTEST_PIECE", 0.0)


def test_pieces_are_cut_alike_however_chunks_are_given():
    large = SMALL.replace(points_per_chunk=10**6)
    listed = large.replace(points_by_chunk=(10**6,) * large.experiments)
    axis = {"max_frequency": np.linspace(0.1, 0.9, 20)}
    plans = [
        sweep_plan.make_plan(config, axis, (FORGETFUL,), range(5), (), None)
        for config in (large, listed)
    ]
    assert plans[0].total_cost == plans[1].total_cost
    numbers = [[piece.simulations for piece in plan.pieces()] for plan in plans]
    assert numbers[0] == numbers[1]
    assert len(numbers[0]) > 1


@pytest.mark.parametrize("points", [[60, 10**10], [10**10, 60]])
def test_the_largest_value_of_an_axis_must_fit(monkeypatch, points):
    monkeypatch.delattr(ConfigSource, "draw")
    monkeypatch.setattr(psutil, "virtual_memory", lambda: SimpleNamespace(available=2**30))
    with pytest.raises(MemoryError, match=r"^the sweep needs"):
        featsim.sweep(SMALL, seeds=1, workers=1, points_per_chunk=points)


class Backwards(concurrent.futures.Executor):
    """Computes the last piece first, and each as its result is asked for."""

    def __init__(self):
        self.waiting = []

    def submit(self, function, /, *args):
        self.waiting.append((future := concurrent.futures.Future(), function, args))
        if len(self.waiting) == self.expected:
            for late, late_function, late_args in reversed(self.waiting):
                late.set_result(late_function(*late_args))
        return future


def assert_equal_to_simulate(out, config, axes, **options):
    for place in np.ndindex(*(len(values) for values in axes.values())):
        setting = {name: axes[name][i] for (name, i) in zip(axes, place, strict=True)}
        alone = featsim.simulate(config.replace(**setting), workers=1, **options)
        got = out.sel(setting, drop=True)
        for name, values in got.items():
            assert values.dtype == alone[name].dtype
            xr.testing.assert_identical(values, alone[name])


@pytest.mark.usefixtures("many_pieces")
@pytest.mark.parametrize("workers", [1, 2])
def test_equals_simulate(workers):
    inits = ("ideal", FORGETFUL, "warm", "random")
    out = featsim.sweep(SMALL, inits=inits, seeds=[5, 2], workers=workers, **AXES)
    assert tuple(out.dims) == (*AXES, "seed", "init", "experiment")
    assert {"test_accuracy", "exact_accuracy", "memorized_points"} < set(out)
    assert_equal_to_simulate(out, SMALL, AXES, inits=inits, seeds=[5, 2])


@pytest.mark.usefixtures("many_pieces")
def test_keeps_what_is_asked_for():
    axes = {"gamma": [2, 8], "points_per_chunk": [60, 130]}
    keep = ("learned", "learn_step", "learn_count", "frequencies")
    out = featsim.sweep(SMALL, seeds=3, keep=keep, **axes)
    assert set(keep) < set(out)
    assert out.learned.dims == (*axes, "seed", "init", "experiment", "class", "feature")
    assert_equal_to_simulate(out, SMALL, axes, seeds=3)
    only = featsim.sweep(SMALL, seeds=3, keep="learned", **axes)
    xr.testing.assert_identical(only.drop_attrs(deep=False), out.drop_attrs(deep=False)[list(only)])


@pytest.mark.usefixtures("many_pieces")
def test_mean_and_deviation_are_those_over_the_seeds():
    axes = {"gamma": [2, 8], "classes": [2, 3]}
    full = featsim.sweep(SMALL, seeds=4, **axes)
    out = featsim.sweep(SMALL, seeds=4, reduce="mean_std", **axes)
    assert out.learned_features.dims == (*axes, "statistic", "init", "experiment")
    for name in full:
        mean, std = full[name].mean("seed"), full[name].std("seed", ddof=1)
        np.testing.assert_allclose(out[name].sel(statistic="mean"), mean, rtol=1e-13)
        np.testing.assert_allclose(out[name].sel(statistic="std"), std, rtol=1e-9, atol=1e-13)
    assert float(out.learned_features.sel(statistic="std").max()) > 0


@pytest.mark.usefixtures("many_pieces")
@pytest.mark.parametrize("reduce", [None, "mean_std"])
def test_order_does_not_matter(reduce):
    plan = sweep_plan.make_plan(SMALL, AXES, (FORGETFUL,), range(3), (), reduce)
    executor = Backwards()
    executor.expected = len(list(plan.pieces()))
    assert executor.expected > 8
    options = {"inits": FORGETFUL, "seeds": 3, "reduce": reduce, **AXES}
    expected = featsim.sweep(SMALL, workers=1, **options)
    xr.testing.assert_identical(featsim.sweep(SMALL, executor=executor, **options), expected)


@pytest.mark.slow
@pytest.mark.usefixtures("many_pieces")
def test_other_processes():
    spawn = multiprocessing.get_context("spawn")
    with concurrent.futures.ProcessPoolExecutor(2, spawn) as executor:
        out = featsim.sweep(SMALL, seeds=2, executor=executor, **AXES)
    xr.testing.assert_identical(out, featsim.sweep(SMALL, seeds=2, workers=1, **AXES))


@pytest.mark.parametrize("reduce", [None, "mean_std"])
@pytest.mark.parametrize("shortest", [0.0, 1e-3, 0.05])
def test_pieces_hold_each_simulation_once(monkeypatch, reduce, shortest):
    monkeypatch.setattr(sweep_plan, "SHORTEST_PIECE", shortest)
    config = featsim.Config()
    axes = {"gamma": range(1, 31), "classes": [2, 5], "tau": range(1, 5)}
    plan = sweep_plan.make_plan(config, axes, (FORGETFUL,), range(7), (), reduce)
    pieces = list(plan.pieces())
    assert len({piece.key for piece in pieces}) == len(pieces)
    found = []
    for piece in pieces:
        for batch in piece.batches:
            assert reduce is None or len(batch.seeds) == 7
            for place, learner, inits in batch.settings:
                setting = batch.config.replace(gamma=learner.gamma, tau=learner.tau)
                assert (setting, inits) == plan.grid.at(place)
                found += [(place, *seed) for seed in batch.seeds]
    assert sorted(found) == [(p, s, s) for p in range(240) for s in range(7)]
    for piece in pieces:
        cost, alone = 0.0, 7 if reduce else 1
        for batch in piece.batches:
            units = {}
            for place, learner, _ in batch.settings:
                units.setdefault(learner.tau, []).append(place)
            cost += len(batch.seeds) * sum(map(plan.cost_of, units.values()))
        assert cost <= 1.001 * plan.piece_seconds or piece.simulations == alone


def test_points_are_drawn_once_for_gamma_and_tau(draws):
    axes = {"gamma": range(1, 6), "max_frequency": [0.5, 1.0], "tau": range(1, 6)}
    featsim.sweep(SMALL, seeds=2, **axes)
    drawn = [(config.max_frequency, seed, label) for config, seed, label in draws]
    assert sorted(drawn) == [(p, s, c) for p in (0.5, 1.0) for s in (0, 1) for c in (0, 1)]


def test_settings_without_test_points():
    out = featsim.sweep(SMALL, seeds=1, test_points=[0, 120])
    assert out.test_accuracy.sel(test_points=0).isnull().all()
    assert not out.test_accuracy.sel(test_points=120).isnull().any()
    assert "test_accuracy" not in featsim.sweep(SMALL.replace(test_points=0), seeds=1, tau=[1, 2])


def test_without_axes_it_is_one_setting():
    out = featsim.sweep(SMALL, seeds=2)
    assert tuple(out.dims) == ("seed", "init", "experiment")
    assert_equal_to_simulate(out, SMALL, {}, seeds=2)


@pytest.mark.parametrize(
    ("error", "options", "sentence"),
    [
        (ValueError, {"colour": [1]}, "an axis must be among classes, .*, not 'colour'"),
        (ValueError, {"experiments": [1, 2]}, "experiments cannot be an axis"),
        (ValueError, {"frequencies": [None]}, "an axis must be among"),
        (TypeError, {"gamma": 10}, "gamma must be several values, as it is an axis, not 10"),
        (TypeError, {"gamma": "10"}, "gamma must be several values, as it is an axis, not '10'"),
        (ValueError, {"gamma": []}, "gamma must have at least one value"),
        (ValueError, {"gamma": [1, 1.0]}, "gamma must have different values"),
        (
            ValueError,
            {"classes": [2, 7], "tau": [1]},
            "at classes = 7, tau = 1: points_per_chunk must be a multiple of classes = 7, not 60",
        ),
        (TypeError, {"tau": [1.5]}, "at tau = 1.5: tau must be an integer in 1 … 8, not 1.5"),
        (ValueError, {"keep": "colour"}, "keep must be among learned, .*, not 'colour'"),
        (
            ValueError,
            {"keep": "learned", "features": [9, 10]},
            "keep must have no learned where features",
        ),
        (
            ValueError,
            {"keep": "learned", "reduce": "mean_std"},
            "keep must have no learned with reduce",
        ),
        (ValueError, {"reduce": "max"}, "reduce must be None or 'mean_std', not 'max'"),
        (ValueError, {"reduce": "mean_std", "seeds": [3]}, "seeds must be at least two with red"),
        (TypeError, {"config": "small"}, "config must be a Config, not 'small'"),
        (TypeError, {"config": None}, "config must be a Config, not None"),
        (TypeError, {"executor": "x"}, "executor must be one of concurrent.futures, not 'x'"),
        (TypeError, {"executor": 2}, "executor must be one of concurrent.futures, not 2"),
        (TypeError, {"executor": Backwards}, "executor must be one of concurrent.futures, not <cl"),
        (TypeError, {"output": 3}, "output must be the path of a file, not 3"),
        (TypeError, {"output": True}, "output must be the path of a file, not True"),
        (TypeError, {"keep": 3}, "keep must be names of variables, not 3"),
        (TypeError, {"inits": 3}, "inits must be names or Init values, not 3"),
        (ValueError, {"workers": 0}, "workers must be an integer of at least 1, not 0"),
        (ValueError, {"workers": 1, "executor": Backwards()}, "workers must not be given with an"),
        (ValueError, {"seeds": 0}, "seeds must be an integer of at least 1, not 0"),
        (ValueError, {"inits": "hot"}, "inits must be among"),
        (ValueError, {"output": "no/such/folder.nc"}, "output must be in a folder that exists"),
    ],
)
def test_bad_arguments_are_refused_before_any_work(monkeypatch, error, options, sentence):
    monkeypatch.delattr(ConfigSource, "draw")
    with pytest.raises(error, match=sentence):
        featsim.sweep(**({"config": SMALL} | options))


def test_more_than_the_memory_or_a_file_holds_is_refused(monkeypatch, tmp_path):
    monkeypatch.delattr(ConfigSource, "draw")
    config = featsim.Config(experiments=10**9)
    with pytest.raises(MemoryError, match=r"needs .* GiB of memory, and .* GiB are available"):
        featsim.sweep(config, gamma=[1, 2])
    monkeypatch.setattr(sweep_plan, "SEED_BYTES", 2**20)  # that no machine has the memory
    for reduce in (None, "mean_std"):
        with pytest.raises(MemoryError, match=r"the sweep needs .* available: take fewer seeds"):
            featsim.sweep(SMALL, gamma=[1], seeds=2**31, reduce=reduce)
    config = featsim.Config(experiments=10**5, points_per_chunk=2)
    with pytest.raises(ValueError, match=r"output can hold 2 GiB of a variable, not 2\.2 GiB"):
        featsim.sweep(config, seeds=1000, output=tmp_path / "large.nc")
    assert not list(tmp_path.iterdir())


def test_the_name_is_the_function_even_after_the_command_is_imported():
    program = """
import featsim._commands.sweep
import featsim._sweep.function
from featsim import sweep
assert sweep is featsim.sweep is featsim._sweep.function.sweep
"""
    subprocess.run([sys.executable, "-W", "error", "-c", program], check=True, timeout=60)
