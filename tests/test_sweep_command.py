"""The command ``featsim sweep``: its flags, its estimate, its errors and its end."""

import os
import re
import signal
import subprocess
import sys
import time

import numpy as np
import pytest
import xarray as xr

import featsim
from featsim.__main__ import main as featsim_main
from featsim._commands.ranges import parse_values
from featsim._sweep import estimate as _sweep_estimate
from featsim._sweep import plan as sweep_plan

SMALL = ["--features", "9", "--points-per-chunk", "60", "--experiments", "4", "--test-points", "60"]


def main(flags):
    return featsim_main(["sweep", *flags])


CONFIG = featsim.Config(features=9, points_per_chunk=60, experiments=4, test_points=60)


@pytest.mark.parametrize(
    ("tokens", "number", "values"),
    [
        (["10", "20"], float, (10.0, 20.0)),
        (["1:4"], int, (1, 2, 3)),
        (["2:9:3", "1"], int, (2, 5, 8, 1)),
        (["0.1:0.4:0.1"], float, (0.1, 0.2, 0.3)),
        (["5:1:-2"], int, (5, 3)),
        (["1e2", "1:2:0.5"], float, (100.0, 1.0, 1.5)),
    ],
)
def test_values_and_ranges(tokens, number, values):
    parsed = parse_values(tokens, number)
    assert parsed == values
    assert {type(value) for value in parsed} == {number}


@pytest.mark.parametrize(
    ("tokens", "number"),
    [
        (["x"], float),
        (["1.5"], int),
        (["1:2:0.5"], int),
        (["1:2:0"], int),
        (["1:2:3:4"], int),
        ([":2"], int),
        (["0:inf"], float),
        (["0:nan"], float),
        (["3:3"], int),
        ([], int),
    ],
)
def test_what_is_no_range(tokens, number):
    with pytest.raises(ValueError, match=r"^must (be (whole )?numbers or|have at least)"):
        parse_values(tokens, number)


@pytest.mark.parametrize("tokens", [["1:2:1e-7"], ["0:1e12"], ["0:600000", "0:600000"]])
def test_too_many_values(tokens):
    with pytest.raises(ValueError, match=r"^must have at most 1,000,000 values, not those of '"):
        parse_values(tokens, float)


def test_one_value_is_a_setting_and_several_are_an_axis(tmp_path, capsys):
    file = tmp_path / "sweep.nc"
    flags = "--gamma 2 3.5 --tau 1:4 --max-frequency 0.5 --seeds 2 --seed 7 --init warm cold"
    command = [*SMALL, *flags.split(), "--output", str(file)]
    assert main(command) == 0
    printed = capsys.readouterr()
    assert "2 gamma × 3 tau × 2 seed = 12 simulations of 2 inits" in printed.err
    assert re.search(r"about \d\d:\d\d on \d+ threads, \d.*B of memory", printed.err)
    assert printed.out.startswith(f"{file}: gamma 2, tau 3, seed 2, init 2, experiment 4;")
    out = featsim.sweep(
        CONFIG.replace(max_frequency=0.5),
        gamma=[2, 3.5],
        tau=[1, 2, 3],
        seeds=[7, 8],
        inits=("warm", "cold"),
    )
    with xr.open_dataset(file, engine="scipy") as stored:
        xr.testing.assert_equal(stored, out)
    assert main(command) == 0
    assert "all are stored" in capsys.readouterr().err


def test_a_file_of_a_configuration(tmp_path, capsys):
    config = tmp_path / "config.json"
    config.write_text(CONFIG.replace(gamma=4).to_json(), encoding="utf-8-sig")
    file = tmp_path / "sweep.nc"
    flags = ["--config", str(config), "--tau", "1", "2", "--seeds", "3"]
    assert main([*flags, "--reduce", "mean_std", "--quiet", "--output", str(file)]) == 0
    assert capsys.readouterr() == ("", "")
    out = featsim.sweep(CONFIG.replace(gamma=4), tau=[1, 2], seeds=3, reduce="mean_std")
    with xr.open_dataset(file, engine="scipy") as stored:
        xr.testing.assert_equal(stored, out)


@pytest.mark.parametrize(
    ("flags", "sentence"),
    [
        ("--tau 1:60", "at tau = 50: tau must be an integer in 1 … 49, not 50"),
        ("--classes 2 3", "at classes = 3: points_per_chunk must be a multiple of classes = 3"),
        ("--experiments 1 2", "experiments cannot be an axis"),
        ("--seeds 0", "seeds must be"),
        ("--seed -1", "a seed must be an integer in 0"),
        ("--workers 0", "workers must be an integer of at least 1, not 0"),
        ("--init hot", "inits must be among random, cold, warm, ideal,"),
        ("--keep colour", "keep must be among learned"),
        ("--config nowhere.json", "config must be a file that can be read: "),
        ("--scheduler tcp://127.0.0.1:9 --workers 1", "workers must not be given with"),
        ("--gamma x", "must be numbers or ranges"),
        ("--colour 1", "colour"),
    ],
)
def test_bad_input(tmp_path, capsys, monkeypatch, flags, sentence):
    monkeypatch.chdir(tmp_path)
    try:
        status = main([*flags.split(), "--output", "sweep.nc"])
    except SystemExit as end:  # of the library that reads the flags
        status = end.code
    assert status == 2
    error = " ".join(re.sub("[│╭╮╰╯─]", " ", capsys.readouterr().err).split())
    assert sentence in error
    assert "Traceback" not in error
    assert not list(tmp_path.iterdir())


def test_an_estimate_is_near(monkeypatch):
    """The time of the sampled simulations, scaled by the model, is that of a sweep alike."""
    clock = iter(np.arange(0.0, 100.0, 0.001))
    monkeypatch.setattr(_sweep_estimate.time, "perf_counter", lambda: next(clock))
    inits = featsim.inits.resolve("warm")
    axes = {"max_frequency": np.linspace(0.1, 1.0, 30)}
    plan = sweep_plan.make_plan(CONFIG, axes, inits, range(4), (), None)
    assert _sweep_estimate.processor_seconds(plan) == pytest.approx(0.001 * 30 * 4)
    plan = sweep_plan.make_plan(CONFIG, {"gamma": range(1, 31)}, inits, range(4), (), None)
    shared = 1 + 29 * sweep_plan.MORE_GAMMAS  # settings that differ in gamma share their work
    assert _sweep_estimate.processor_seconds(plan) == pytest.approx(0.001 * shared * 4)


@pytest.mark.slow
def test_an_interrupt_ends_at_once_and_leaves_whole_pieces(tmp_path):
    flags = [
        "--tau",
        "1:3",
        "--seeds",
        "500",
        "--experiments",
        "300",
        "--quiet",
        "--output",
        "sweep.nc",
    ]
    pieces = tmp_path / "sweep.nc.pieces"
    process = subprocess.Popen(
        [sys.executable, "-m", "featsim", "sweep", *flags],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        stderr=subprocess.PIPE,
        text=True,
    )
    with process:
        while not list(pieces.glob("[!.]*.nc")):
            assert process.poll() is None
            time.sleep(0.01)
        sent = time.monotonic()
        process.send_signal(signal.SIGINT)
        process.wait(20)
        took = time.monotonic() - sent
        error = process.stderr.read()
    assert process.returncode == 130
    assert error == "featsim sweep: interrupted\n"
    assert took < 5
    assert {path.suffix for path in pieces.iterdir()} == {".nc", ".json", ""}
    for piece in pieces.glob("*.nc"):
        with xr.open_dataset(piece, engine="scipy") as stored:
            assert stored.sizes["cell"] > 0
    assert not (tmp_path / "sweep.nc").exists()
