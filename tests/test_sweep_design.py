"""Designs that are no grids: a row for each setting, each of them simulate's, stored alike."""

import concurrent.futures

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from scipy.stats import qmc

import featsim
from featsim.__main__ import main
from featsim._sweep import function as sweeping
from featsim._sweep import plan as sweep_plan
from featsim._sweep.grid import _alike
from featsim.sampling import ConfigSource

SMALL = featsim.Config(features=9, points_per_chunk=60, experiments=4, gamma=3, test_points=60)
TABLE = {
    "gamma": [2.5, 8, 2.5, 4, 6],
    "max_frequency": np.array([0.4, 0.9, 0.4, 0.4, 0.4]),
    "tau": (1, 3, 2, 1, 1),
    "frequency_law": ["uniform", "zipf", "uniform", "uniform", "uniform"],
}


@pytest.fixture(autouse=True)
def many_pieces(monkeypatch):
    monkeypatch.setattr(sweep_plan, "SHORTEST_PIECE", 0.0)


def rows_of(table):
    columns = {name: np.asarray(values).tolist() for name, values in table.items()}
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


def assert_equal_to_simulate(out, config, rows, **options):
    assert out.sizes["setting"] == len(rows)
    for place, row in enumerate(rows):
        got = out.isel(setting=place)
        for name, value in row.items():
            assert got[name].item() == value
        alone = featsim.simulate(config.replace(**row), seeds=3, workers=1, **options)
        for name, values in got.items():
            np.testing.assert_array_equal(values, alone[name])
            assert values.dtype == alone[name].dtype


@pytest.mark.parametrize("made", [dict, pd.DataFrame], ids=["mapping", "frame"])
@pytest.mark.parametrize("name", [None, "sweep.nc", "sweep.zarr"])
def test_each_row_is_simulates(tmp_path, made, name):
    if name == "sweep.zarr":
        pytest.importorskip("zarr")
    output = None if name is None else tmp_path / name
    out = featsim.sweep(SMALL, settings=made(TABLE), seeds=3, output=output)
    assert out.test_accuracy.dims == ("setting", "seed", "init", "experiment")
    assert {name: out[name].dims for name in TABLE} == dict.fromkeys(TABLE, ("setting",))
    assert_equal_to_simulate(out, SMALL, rows_of(TABLE))
    if output is not None:
        again = featsim.sweep(SMALL, settings=made(TABLE), seeds=3, output=output)
        xr.testing.assert_identical(again.load(), out.load())


def test_with_axes_every_row_meets_every_value():
    out = featsim.sweep(SMALL, settings=TABLE, seeds=3, drift=[0, 0.5])
    assert list(out.sizes)[:3] == ["setting", "drift", "seed"]
    for drift in (0, 0.5):
        part = out.sel(drift=drift, drop=True)
        if not drift:
            part = part.drop_vars("exact_accuracy_so_far")
        assert_equal_to_simulate(part, SMALL.replace(drift=drift), rows_of(TABLE))


def test_what_an_init_keeps_may_be_a_column():
    table = {"keep_memorized": [0.0, 0.5, 1.0], "factor": [1.5, 2, 3]}
    out = featsim.sweep(SMALL, settings=table, inits="doubling", seeds=3)
    for place, (share, factor) in enumerate(zip(*table.values(), strict=True)):
        init = featsim.Init("doubling", 1, share, featsim.Doubling(factor))
        alone = featsim.simulate(SMALL, inits=init, seeds=3)
        got = out.memorized_points.isel(setting=place)
        np.testing.assert_array_equal(got, alone.memorized_points)


def test_rows_on_the_same_points_share_them_and_those_but_for_gamma_share_a_run(draws, monkeypatch):
    monkeypatch.setattr(sweep_plan, "SHORTEST_PIECE", 0.2)
    featsim.sweep(SMALL, settings=TABLE, seeds=1)
    drawn = [(config.max_frequency, seed, label) for config, seed, label in draws]
    assert sorted(drawn) == [(p, 0, c) for p in (0.4, 0.9) for c in (0, 1)]
    inits = featsim.inits.resolve("warm")
    plan = sweep_plan.make_plan(SMALL, {}, inits, [0], (), None, settings=TABLE)
    assert list(plan.grid.groups()) == [[(0, 3, 4), (2,)], [(1,)]]
    assert plan.grid.units == 3
    assert _alike({"gamma": (1, 2, 1)}, range(3), ["gamma"]) == [[0, 2], [1]]


@pytest.mark.parametrize("name", ["sweep.nc", "sweep.zarr"])
def test_a_stopped_design_is_continued_and_another_is_refused(tmp_path, monkeypatch, name):
    if name == "sweep.zarr":
        pytest.importorskip("zarr")

    def stop(pieces, submit):
        finished = compute(pieces, submit)
        yield next(finished)
        yield next(finished)
        finished.close()
        raise KeyboardInterrupt

    compute = sweeping._completed
    with monkeypatch.context() as stopped:
        stopped.setattr(sweeping, "_completed", stop)
        with pytest.raises(KeyboardInterrupt):
            featsim.sweep(SMALL, settings=TABLE, seeds=3, output=tmp_path / name, workers=1)
    with pytest.raises(ValueError, match=r'has settings = {"columns": .* and not {"columns"'):
        featsim.sweep(
            SMALL, settings=TABLE | {"tau": [1, 3, 2, 1, 2]}, seeds=3, output=tmp_path / name
        )
    taken = []

    def count(pieces, submit):
        for piece, result in compute(pieces, submit):
            taken.append(piece)
            yield piece, result

    monkeypatch.setattr(sweeping, "_completed", count)
    out = featsim.sweep(SMALL, settings=TABLE, seeds=3, output=tmp_path / name).load()
    continued = len(taken)
    featsim.sweep(SMALL, settings=TABLE, seeds=3, output=tmp_path / f"new-{name}")
    assert 0 < continued == len(taken) - continued - 2
    xr.testing.assert_identical(out, featsim.sweep(SMALL, settings=TABLE, seeds=3))


def test_an_executor():
    with concurrent.futures.ThreadPoolExecutor(2) as executor:
        out = featsim.sweep(SMALL, settings=TABLE, seeds=3, executor=executor)
    xr.testing.assert_identical(out, featsim.sweep(SMALL, settings=TABLE, seeds=3))


def test_a_design_of_scipy():
    unit = qmc.LatinHypercube(2, rng=0).random(6)
    gamma, frequency = qmc.scale(unit, [1, 0.1], [9, 1.0]).T
    table = {"gamma": gamma, "max_frequency": frequency}
    out = featsim.sweep(SMALL, settings=table, seeds=3)
    assert_equal_to_simulate(out, SMALL, rows_of(table))


@pytest.mark.parametrize(
    ("error", "options", "sentence"),
    [
        (TypeError, {"settings": [1, 2]}, "settings must be a mapping of columns or a DataFrame"),
        (ValueError, {"settings": {}}, "settings must have at least one column and one row"),
        (ValueError, {"settings": {"gamma": []}}, "settings must have at least one column and one"),
        (ValueError, {"settings": pd.DataFrame({"tau": []})}, "must have at least one column and"),
        (
            ValueError,
            {"settings": {"gamma": [1, 2], "tau": [1]}},
            "^the columns of settings must be equally long, not gamma 2, tau 1$",
        ),
        (TypeError, {"settings": {"gamma": 3}}, "gamma must be several values, as it is a column"),
        (
            ValueError,
            {"settings": {"colour": [1]}},
            "^a column of settings must be among classes, .*, factor, not 'colour'$",
        ),
        (ValueError, {"settings": {"experiments": [1]}}, "experiments cannot be a column of setti"),
        (
            ValueError,
            {"settings": {"gamma": [1, np.nan], "tau": [1, 2]}},
            "^at setting = 1, gamma = nan, tau = 2: gamma must be a finite number above 0, not",
        ),
        (
            TypeError,
            {"settings": pd.DataFrame({"tau": [1, None]})},
            "at setting = 0, tau = 1.0: tau must be an integer in 1 … 8, not 1.0",
        ),
        (
            ValueError,
            {"settings": {"tau": [1, 8], "gamma": [1, 1]}, "features": [9, 8]},
            "at setting = 1, tau = 8, gamma = 1, features = 8: tau must be an integer in 1 … 7",
        ),
        (
            ValueError,
            {"settings": {"gamma": [1, 2]}, "gamma": [1]},
            "^gamma must not be both an axis and a column of settings$",
        ),
        (
            ValueError,
            {"settings": {"window": [1, None]}},
            "window must be integers of at least 1, as it is a column of settings, not None",
        ),
        (ValueError, {"settings": {"factor": [2]}}, "one init where factor is a column of setti"),
        (
            ValueError,
            {"settings": {"features": [9, 10]}, "keep": "learned"},
            "keep must have no learned where features has several values",
        ),
    ],
)
def test_bad_tables_are_refused_before_any_work(monkeypatch, error, options, sentence):
    monkeypatch.delattr(ConfigSource, "draw")
    with pytest.raises(error, match=sentence):
        featsim.sweep(SMALL, **options)


FLAGS = ["--features", "9", "--points-per-chunk", "60", "--experiments", "4", "--test-points", "60"]


@pytest.mark.parametrize("name", ["sweep.nc", "sweep.zarr"])
def test_the_command(tmp_path, capsys, name):
    if name == "sweep.zarr":
        pytest.importorskip("zarr")
    design, file = tmp_path / "design.csv", tmp_path / name
    pd.DataFrame(TABLE).to_csv(design, index=False, encoding="utf-8-sig")
    command = ["sweep", *FLAGS, "--settings", str(design), "--seeds", "3", "--output", str(file)]
    assert main(command) == 0
    printed = capsys.readouterr()
    assert "5 setting × 3 seed = 15 simulations of 3 inits" in printed.err
    assert printed.out.startswith(f"{file}: setting 5, seed 3, init 3, experiment 4;")
    out = featsim.sweep(SMALL.replace(gamma=50), settings=TABLE, seeds=3)
    stored = xr.open_zarr(file, chunks=None) if name == "sweep.zarr" else xr.open_dataset(file)
    with stored:
        xr.testing.assert_equal(stored.load(), out)
    assert main(command) == 0
    assert "all are stored" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (None, "settings must be a CSV file that can be read"),
        ("", "settings must have at least one column and one row"),
        ("gamma\n", "settings must have at least one column and one row"),
        ("gamma,tau\n1,2\n3\n", "settings must have 2 cells in each row, not 1 at setting = 1"),
        ("gamma,tau\n1,2.5\n", "tau must be an integer, not '2.5' at setting = 0"),
        ("gamma\n1\nx\n", "gamma must be a number, not 'x' at setting = 1"),
        ("gamma,tau\n1,1\nnan,1\n", "at setting = 1, gamma = nan, tau = 1: gamma must be a finite"),
        ("gamma,gamma\n1,1\n", "settings must have different columns, not gamma, gamma"),
        ("colour\n1\n", "a column of settings must be among"),
        ("classes\n2\n", "classes must not be both a flag and a column of settings"),
    ],
)
def test_bad_files_of_settings(tmp_path, capsys, text, sentence):
    file = tmp_path / "design.csv"
    if text is not None:
        file.write_text(text)
    flags = ["--settings", str(file), "--classes", "2", "--output", str(tmp_path / "out.nc")]
    assert main(["sweep", *flags]) == 2
    [line] = capsys.readouterr().err.splitlines()
    assert sentence in line
    assert [path.name for path in tmp_path.iterdir()] == ["design.csv"] * (text is not None)
