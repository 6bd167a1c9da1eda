"""A long table is the result, row by row; as a file it reads back equal."""

import os

import numpy as np
import pandas as pd
import pytest
import xarray as xr

import featsim
from featsim import long_table, run
from featsim.__main__ import main

CONFIG = featsim.Config(features=6, points_per_chunk=60, experiments=4, gamma=4, test_points=60)
FLAGS = ["--features", "6", "--points-per-chunk", "60", "--experiments", "4", "--test-points", "60"]


def assert_holds(table, result, dims):
    """Assert that a table is the variables of a result by these dims, and no others."""
    again = table.set_index(list(dims)).to_xarray()
    series = result.drop_dims(["class", "feature"], errors="ignore")
    assert set(again) == set(series)
    assert len(table) == np.prod([result.sizes[dim] for dim in dims])
    for name in series:
        there = again[name].reindex({dim: result[dim] for dim in dims})
        np.testing.assert_array_equal(there, result[name].transpose(*dims))
        assert there.dtype == result[name].dtype


def test_one_setting():
    result = featsim.simulate(CONFIG, seeds=[5, 3])
    table = featsim.to_table(result)
    assert_holds(table, result, ["seed", "init", "experiment"])
    assert list(table.columns[:3]) == ["seed", "init", "experiment"]
    assert table.iloc[0].to_dict().items() >= {"seed": 5, "init": "random", "experiment": 1}.items()
    assert table["experiment"].tolist() == [1, 2, 3, 4] * 6  # the last dim is the fastest


def test_a_stream_has_no_seeds():
    stream = featsim.sample_stream(CONFIG, seed=1)
    result = featsim.simulate_stream(stream, gamma=4, tau=3)
    assert_holds(featsim.to_table(result), result, ["init", "experiment"])


def test_a_sweep_and_its_statistics():
    for reduce, over in ((None, "seed"), ("mean_std", "statistic")):
        result = featsim.sweep(CONFIG, gamma=[2, 9], tau=[3, 1], seeds=2, reduce=reduce)
        table = featsim.to_table(result)
        assert_holds(table, result, ["gamma", "tau", over, "init", "experiment"])


def test_the_columns_of_a_design_come_first():
    design = {"gamma": [2.0, 9.0, 9.0], "frequency_law": ["zipf", "uniform", "zipf"]}
    result = featsim.sweep(CONFIG, settings=design, seeds=2)
    table = featsim.to_table(result)
    names = ["setting", "seed", "init", "experiment", "gamma", "frequency_law"]
    assert list(table.columns[:6]) == names
    for row in table.sample(20, random_state=0).to_dict("records"):
        place = {name: row[name] for name in names[:4]}
        assert row["gamma"] == design["gamma"][row["setting"]]
        assert row["frequency_law"] == design["frequency_law"][row["setting"]]
        assert row["exact_accuracy"] == result["exact_accuracy"].sel(place)


def test_a_difference():
    result = featsim.paired_differences(featsim.simulate(CONFIG, seeds=3), "random", "warm")
    table = featsim.to_table(result)
    assert list(table.columns) == ["experiment", "difference", "low", "high"]
    np.testing.assert_array_equal(table["low"], result["low"])


def test_one_row():
    result = featsim.simulate(CONFIG, seeds=1).isel(seed=0, init=0, experiment=-1)
    table = featsim.to_table(result)
    assert len(table) == 1
    assert table["learned_features"].item() == result["learned_features"].item()
    assert (table["init"].item(), table["experiment"].item()) == ("random", 4)


def test_what_is_refused(monkeypatch):
    result = featsim.simulate(CONFIG, seeds=1)
    with pytest.raises(TypeError, match=r"^result must be a Dataset, not DataArray$"):
        featsim.to_table(result["learned"])
    with pytest.raises(ValueError, match=r"^result must have a variable without .* only learned$"):
        featsim.to_table(result[["learned"]])
    monkeypatch.setattr(long_table, "CELL_BYTES", 2**50)
    with pytest.raises(MemoryError, match=r"^the table needs [\d,.]+ GiB of memory, and"):
        featsim.to_table(result)


def test_a_run_ends_in_a_table(tmp_path):
    file = tmp_path / "result.CSV"
    assert run.main([*FLAGS, "--seeds", "3", "--quiet", "--gamma", "4", "--output", str(file)]) == 0
    assert_holds(
        pd.read_csv(file), featsim.simulate(CONFIG, seeds=3), ["seed", "init", "experiment"]
    )
    assert os.listdir(tmp_path) == ["result.CSV"]


def test_a_sweep_ends_in_a_table(tmp_path, capsys):
    file = tmp_path / "sweep.csv"
    command = ["sweep", *FLAGS, "--gamma", "2", "4", "--seeds", "3", "--output", str(file)]
    assert main(command) == 0
    result = featsim.sweep(CONFIG, gamma=[2, 4], seeds=3)
    assert_holds(pd.read_csv(file), result, ["gamma", "seed", "init", "experiment"])
    assert os.listdir(tmp_path) == ["sweep.csv"]
    capsys.readouterr()
    assert main(command) == 2  # it does not tell what sweep it is of
    assert "output must be new where it is a table" in capsys.readouterr().err
    assert_holds(pd.read_csv(file), result, ["gamma", "seed", "init", "experiment"])


def test_a_stopped_sweep_goes_on_to_its_table(tmp_path, monkeypatch):
    from featsim._sweep import store

    def fail(*_):
        raise OSError("no space left")

    file = tmp_path / "sweep.csv"
    with monkeypatch.context() as broken:
        broken.setattr(store, "write_file", fail)
        with pytest.raises(OSError, match="no space left"):
            featsim.sweep(CONFIG, gamma=[2, 4], seeds=3, output=file)
    assert os.listdir(tmp_path) == ["sweep.csv.pieces"]
    with monkeypatch.context() as stored:
        stored.setattr("featsim._sweep.function.run_piece", fail)  # all is there
        result = featsim.sweep(CONFIG, gamma=[2, 4], seeds=3, output=file)
    assert_holds(pd.read_csv(file), result, ["gamma", "seed", "init", "experiment"])
    xr.testing.assert_equal(result, featsim.sweep(CONFIG, gamma=[2, 4], seeds=3))


@pytest.mark.parametrize(
    ("command", "sentence"),
    [
        (["run"], "featsim: error: output can be a table of 10 rows, not 24: take fewer values"),
        (["sweep", "--gamma", "2", "4"], "output can be a table of 10 rows, not 48: take fewer"),
        (["sweep", "--tau", "1", "2", "--keep", "learned"], "keep must be without learned where"),
    ],
)
def test_a_file_that_would_be_too_large(command, sentence, tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(long_table, "MOST_ROWS", 10)
    flags = [*FLAGS, "--seeds", "2", "--output", str(tmp_path / "result.csv")]
    assert main([*command, *flags]) == 2
    assert sentence in capsys.readouterr().err
    assert os.listdir(tmp_path) == []
