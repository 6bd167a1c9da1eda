"""Every scalar field, the shares and the factor of an init as axes: each setting is simulate's."""

import dataclasses
import itertools
from types import SimpleNamespace

import numpy as np
import psutil
import pytest
import xarray as xr

import featsim
from featsim import Config, Doubling, Every, Init
from featsim._sweep import function as sweep_function
from featsim._sweep import plan as sweep_plan
from featsim._sweep.axes import FIELDS
from featsim._sweep.estimate import processor_seconds
from featsim._sweep.result import Assembly
from featsim._tallies import Tallies
from featsim.inits import resolve
from featsim.sampling import ConfigSource

SMALL = Config(features=9, points_per_chunk=60, experiments=5, gamma=3, test_points=120)
SETS = ("learned", "learn_step", "learn_count", "frequencies", "strengths")
SHARES = Init("shares", 0.5, 0.5)
OFTEN = Init("often", 1.0, 0.2, Doubling(1.5))

FIELD_AXES = {
    "classes": [3, 2],
    "features": [12, 9],
    "points_per_chunk": [60, 130],
    "gamma": [2.5, 8],
    "tau": [2, 1],
    "max_frequency": [0.4, 0.9],
    "test_points": [120, 60],
    "frequency_law": ["zipf", "uniform"],
    "frequency_exponent": [0, 0.5, 2],
    "drift": [0.3, 0, 1],
    "label_noise": [0, 0.25, 1],
    "class_arrival": [2, 0, 1],
    "window": [2, 1, 5, 100],
    "max_strength": [3, 1, 2],
}


@pytest.fixture(autouse=True)
def many_pieces(monkeypatch):
    """Cut even the smallest sweep into pieces."""
    monkeypatch.setattr(sweep_plan, "SHORTEST_PIECE", 0.0)


def assert_equal_to_simulate(out, config, axes, inits, rank=False):
    for place in np.ndindex(*(len(values) for values in axes.values())):
        setting = {name: axes[name][i] for (name, i) in zip(axes, place, strict=True)}
        changes = {name: value for name, value in setting.items() if name in FIELDS}
        chosen = inits if len(changes) == len(setting) else changed(inits, setting)
        alone = featsim.simulate(
            config.replace(**changes), inits=chosen, seeds=[4, 1], workers=1, gradient_rank=rank
        )
        got = out.sel(setting, drop=True)
        series = {name for name in alone if alone[name].dims == ("seed", "init", "experiment")}
        assert series <= set(got)
        for name, values in got.items():
            expected = alone.get(name)
            if name == "exact_accuracy_so_far" and expected is None:
                np.testing.assert_array_equal(values, alone.exact_accuracy)
            elif name == "strengths" and expected is None:
                assert (values == 1).all()
            else:
                if name == "frequencies" and "experiment" in values.dims:
                    expected = expected.broadcast_like(values).transpose(*values.dims)
                xr.testing.assert_identical(values, expected)
                assert values.dtype == expected.dtype


def changed(init, setting):
    """Return the init with the values of a setting."""
    shares = {name: value for name, value in setting.items() if name.startswith("keep_")}
    if "factor" in setting:
        shares["when"] = Doubling(setting["factor"])
    return dataclasses.replace(init, **shares)


def test_there_are_values_for_every_field():
    scalar = {f.name for f in dataclasses.fields(Config)} - {
        "experiments", "frequencies", "points_by_chunk", "strengths", "noise_levels"
    }  # fmt: skip
    assert set(FIELDS) == set(FIELD_AXES) == scalar


@pytest.mark.parametrize("name", FIELD_AXES)
def test_a_field(name):
    config = SMALL.replace(frequency_law="zipf") if name == "frequency_exponent" else SMALL
    inits = ("random", "warm", "doubling", SHARES)
    sets = () if name in ("classes", "features") else SETS
    axes = {name: FIELD_AXES[name], "gamma": [3, 6]} if name != "gamma" else {name: [2.5, 8]}
    out = featsim.sweep(config, inits=inits, seeds=[4, 1], keep=sets, **axes)
    assert set(sets) <= set(out)
    assert list(out.sizes)[: len(axes)] == list(axes)
    assert out[name].values.tolist() == FIELD_AXES[name]
    assert_equal_to_simulate(out, config, axes, inits)


def test_several_fields_at_once():
    axes = {
        "drift": [0, 0.5],
        "window": [1, 9],
        "max_strength": [1, 3],
        "tau": [1, 4],
        "label_noise": [0, 0.2],
        "class_arrival": [0, 2],
    }
    config = SMALL.replace(noise_levels=[(0.5, 0.5), (1.5, 0.5)], test_points=40)
    out = featsim.sweep(config, inits=["ideal", OFTEN], seeds=[4, 1], keep=SETS, **axes)
    assert_equal_to_simulate(out, config, axes, ["ideal", OFTEN])


@pytest.mark.parametrize(
    ("init", "axes"),
    [
        (SHARES, {"keep_learned": [0, 0.3, 1], "keep_memorized": [1, 0.6]}),
        (Init("late", 1, 0, Every(2)), {"keep_memorized": [0.5, 0], "gamma": [2, 5]}),
        (OFTEN, {"factor": [1.2, 2, 3], "window": [2, 5]}),
        (OFTEN, {"drift": [0, 0.5], "factor": [3, 1.2], "keep_learned": [0.5, 1], "tau": [1, 2]}),
    ],
)
def test_what_an_init_keeps_and_when(init, axes):
    out = featsim.sweep(SMALL, inits=init, seeds=[4, 1], keep=SETS, **axes)
    assert out.init.values.tolist() == [init.name]
    assert_equal_to_simulate(out, SMALL, axes, init)


@pytest.mark.parametrize("reduce", [None, "mean_std"])
def test_gradient_rank_on_request(reduce):
    axes = {"classes": [2, 3], "window": [2, 5]}
    assert "gradient_rank" not in featsim.sweep(SMALL, seeds=1, **axes)
    out = featsim.sweep(
        SMALL, inits=["ideal"], seeds=[4, 1], keep="gradient_rank", reduce=reduce, **axes
    )
    if reduce is None:
        assert set(out) - {"gradient_rank"} == set(featsim.sweep(SMALL, seeds=1, **axes))
        assert_equal_to_simulate(out, SMALL, axes, ["ideal"], rank=True)
    else:
        alone = featsim.simulate(SMALL, inits="ideal", seeds=[4, 1], gradient_rank=True)
        got = out.gradient_rank.sel(classes=2, window=5, statistic="mean")
        np.testing.assert_array_equal(got, alone.gradient_rank.mean("seed"))


def test_points_are_drawn_once_for_all_that_does_not_change_them(draws, monkeypatch):
    monkeypatch.setattr(sweep_plan, "SHORTEST_PIECE", 0.2)
    axes = {"window": [1, 3], "keep_learned": [0, 1], "drift": [0, 0.5], "factor": [1.5, 2]}
    featsim.sweep(SMALL, inits=OFTEN, seeds=2, **axes)
    drawn = [(config.drift, seed, label) for config, seed, label in draws]
    assert sorted(drawn) == [(d, s, c) for d in (0, 0.5) for s in (0, 1) for c in (0, 1)]


@pytest.mark.parametrize(
    ("error", "options", "sentence"),
    [
        (
            ValueError,
            {"window": [3, None]},
            "^window must be integers of at least 1, as it is an axis, not None: "
            "a number of at least experiments is all data$",
        ),
        (ValueError, {"window": [3, 0]}, "at window = 0: window must be an integer of at least 1"),
        (TypeError, {"drift": [None]}, "at drift = None: drift must be a number in"),
        (ValueError, {"frequency_law": ["zipf", "flat"]}, "must be 'uniform' or 'zipf', not 'fl"),
        (TypeError, {"frequency_law": "zipf"}, "frequency_law must be several values, as it is"),
        (TypeError, {"drift": [0, False]}, "at drift = False: drift must be a number"),
        (TypeError, {"tau": np.linspace(1, 3, 3)}, r"at tau = 1\.0: tau must be .*, not 1\.0$"),
        (ValueError, {"noise_levels": [None]}, "an axis must be among .*, not 'noise_levels'"),
        (ValueError, {"points_by_chunk": [None]}, "an axis must be among .*, not 'points_by_ch"),
        (ValueError, {"strengths": [None]}, "an axis must be among classes, .*factor, not 'str"),
        (
            ValueError,
            {"keep_learned": [0, 1]},
            "^inits must hold one init where keep_learned is an axis, not random, warm, ideal$",
        ),
        (ValueError, {"factor": [2], "inits": ["ideal", OFTEN]}, "hold one init where factor is"),
        (
            ValueError,
            {"factor": [2, 3], "inits": "every:3"},
            "inits must hold an init that forgets at doublings where factor is an axis, "
            "not 'every:3'",
        ),
        (
            ValueError,
            {"factor": [2, 1], "inits": OFTEN},
            "at factor = 1: factor must be a finite number above 1, not 1",
        ),
        (
            ValueError,
            {"keep_memorized": [1.5], "inits": "warm"},
            r"at keep_memorized = 1.5: keep_memorized must be a number in \[0, 1\], not 1.5",
        ),
        (
            ValueError,
            {"keep_learned": [1, True], "inits": "warm"},
            r"keep_learned must have different values, not \[1.0, 1.0\]",
        ),
    ],
)
def test_bad_axes_are_refused_before_any_work(monkeypatch, error, options, sentence):
    monkeypatch.delattr(ConfigSource, "draw")
    with pytest.raises(error, match=sentence):
        featsim.sweep(SMALL, **options)


@pytest.mark.parametrize(
    "axes",
    [
        {"gamma": range(1, 10_001), "drift": np.linspace(0, 1, 10_000)},
        {"gamma": range(1, 10**15)},
        {"gamma": iter(range(1, 10_001)), "drift": np.linspace(0, 1, 10_000)},
    ],
)
def test_millions_of_settings_are_refused_before_one_is_built(monkeypatch, axes):
    monkeypatch.setattr(psutil, "virtual_memory", lambda: SimpleNamespace(available=2**34))
    monkeypatch.delattr(Config, "replace")
    sentence = "^the sweep needs .* GiB of memory, and 16.0 GiB are available: take fewer values, s"
    with pytest.raises(MemoryError, match=sentence):
        featsim.sweep(SMALL, seeds=1, inits="warm", **axes)


@pytest.mark.parametrize(
    "axes",
    [
        {"tau": [1, 5, 9], "gamma": [1, 2], "features": [6, 12]},
        {"tau": [1, 5], "gamma": [1, 2], "features": [6, 12]},
        {"classes": [2, 3, 5], "points_per_chunk": [60, 90], "class_arrival": [0, 1]},
        {"classes": [2, 3, 5], "points_per_chunk": [60, 92], "class_arrival": [1, 0]},
        {"classes": [2, 3, 5], "points_per_chunk": [60, 92], "class_arrival": [1, 2]},
        {"classes": [2, 7], "drift": [0, 1], "test_points": [120, 0], "class_arrival": [1]},
        {"drift": [0, 1], "window": [1, 2], "max_strength": [1, 2], "label_noise": [0, 2]},
        {"frequency_law": ["zipf", "flat"], "frequency_exponent": [1, 2]},
    ],
)
def test_what_is_checked_is_what_every_combination_would_be(axes):
    """Checking each value once, and only some with each other, finds a fault where there is one."""
    faults = []
    for point in itertools.product(*axes.values()):
        try:
            SMALL.replace(**dict(zip(axes, point, strict=True)))
        except ValueError as error:
            faults.append(str(error))
    if faults:
        with pytest.raises(ValueError, match=r"^at ") as caught:
            sweep_plan.make_plan(SMALL, axes, resolve("warm"), [0], (), None)
        assert str(caught.value).partition(": ")[2] in faults
    else:
        plan = sweep_plan.make_plan(SMALL, axes, resolve("warm"), [0], (), None)
        for place, point in enumerate(itertools.product(*axes.values())):
            config, _ = plan.grid.at(place)
            assert config == SMALL.replace(**dict(zip(axes, point, strict=True)))


def test_tables_are_held_once():
    table = np.full((5, 2, 9), 0.2)
    config = SMALL.replace(frequencies=table, noise_levels=[(1, 0.5), (2, 0.5)])
    plan = sweep_plan.make_plan(config, {"gamma": [1, 2]}, resolve("warm"), [0], (), None)
    for name in ("frequencies", "noise_levels"):
        assert getattr(plan.grid.at(1)[0], name) is getattr(config, name)


def test_large_counts_are_stored_as_doubles(tmp_path):
    """NetCDF 3 has whole numbers of 32 bits; single runs do the same."""
    plan = sweep_plan.make_plan(SMALL, {"tau": [1, 2]}, resolve("warm"), [0], (), None)
    result = Assembly(plan)
    for name, values in result.arrays.items():
        values[:] = 2**31 + 5 if name == "memorized_points" else 3
    out = result.dataset()
    assert out.memorized_points.dtype == np.int64
    out.to_netcdf(tmp_path / "sweep.nc", engine="scipy")
    again = xr.load_dataset(tmp_path / "sweep.nc", engine="scipy")
    assert again.memorized_points.dtype == np.float64
    assert again.nonzero_gradient_points.dtype == np.int32
    xr.testing.assert_equal(again, out)


def test_a_sweep_of_large_counts_goes_on_from_its_pieces(monkeypatch, tmp_path):
    count = Tallies.variables

    def large(self):
        variables = count(self)
        variables["memorized_points"] = variables["memorized_points"] + 2**33
        return variables

    def stop(pieces, submit):
        yield next(compute(pieces, submit))
        raise KeyboardInterrupt

    monkeypatch.setattr(Tallies, "variables", large)
    options = {"seeds": 2, "gamma": [2, 4, 8], "window": [2, 5]}
    file = tmp_path / "sweep.nc"
    compute = sweep_function._completed
    with monkeypatch.context() as stopped:
        stopped.setattr(sweep_function, "_completed", stop)
        with pytest.raises(KeyboardInterrupt):
            featsim.sweep(SMALL, output=file, **options)
    assert list((tmp_path / "sweep.nc.pieces").glob("*.nc"))
    out = featsim.sweep(SMALL, output=file, **options)
    xr.testing.assert_identical(out, featsim.sweep(SMALL, **options))
    assert out.memorized_points.min() >= 2**33
    xr.testing.assert_identical(featsim.sweep(SMALL, output=file, **options), out)


def test_a_file_has_every_kind_of_axis(tmp_path):
    axes = {"frequency_law": ["zipf", "uniform"], "drift": [0, 0.5], "factor": [1.5, 2.5]}
    options = {"inits": OFTEN, "seeds": 2, "keep": ("frequencies", "gradient_rank"), **axes}
    out = featsim.sweep(SMALL, output=tmp_path / "sweep.nc", **options)
    xr.testing.assert_identical(featsim.sweep(SMALL, output=tmp_path / "sweep.nc", **options), out)
    with pytest.raises(ValueError, match=r"factor = \[1.5, 2.5\] and not \[1.5\]"):
        featsim.sweep(SMALL, output=tmp_path / "sweep.nc", **(options | {"factor": [1.5]}))


@pytest.mark.parametrize("reduce", [None, "mean_std"])
def test_an_estimate_of_what_is_reduced(reduce):
    plan = sweep_plan.make_plan(SMALL, {"drift": [0, 1]}, resolve("warm"), [0, 1], (), reduce)
    assert processor_seconds(plan) > 0
