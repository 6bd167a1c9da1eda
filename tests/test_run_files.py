"""The command's files are whole or not there, and an interrupt ends it at once."""

import os
import signal
import subprocess
import sys
import time
import xml.etree.ElementTree as ET

import matplotlib.image
import numpy as np
import psutil
import pytest
import xarray as xr

import featsim
from featsim import run
from featsim.simulation import run_simulation

SETTING = featsim.Config(features=5, points_per_chunk=40, experiments=4, gamma=4, tau=2)
SMALL = [
    *("--features", "5", "--points-per-chunk", "40", "--experiments", "4"),
    *("--gamma", "4", "--tau", "2", "--seeds", "2", "--quiet"),
]


def test_output_is_the_result(tmp_path):
    file = tmp_path / "result.nc"
    file.write_text("an older file")
    assert run.main([*SMALL, "--seed", "5", "--output", str(file)]) == 0
    assert os.listdir(tmp_path) == ["result.nc"]
    expected = featsim.simulate(SETTING, seeds=[5, 6])
    with xr.open_dataset(file) as saved:
        xr.testing.assert_identical(saved.load(), expected)
        for name in expected:
            assert saved[name].dtype.kind == expected[name].dtype.kind
            assert saved[name].dims == expected[name].dims
        assert featsim.Config.from_json(saved.attrs["config"]) == SETTING


def test_result_of_a_stream_is_saved_too(tmp_path):
    stream = featsim.FeatureStream(np.eye(3, dtype=bool), [0, 1, 0], [0, 0, 2])
    out = featsim.simulate_stream(stream, gamma=1.5, tau=1, inits="ideal", test=stream)
    out.to_netcdf(tmp_path / "stream.nc")
    xr.testing.assert_identical(xr.load_dataset(tmp_path / "stream.nc"), out)


def test_counts_of_more_than_32_bits_are_saved(tmp_path):
    small = run_simulation(SETTING, inits="warm", seeds=1, workers=1, progress=None)
    small.variables["nonzero_gradient_points"] += 2**40 + 1
    out = small.label()
    out.to_netcdf(tmp_path / "large.nc")
    xr.testing.assert_identical(xr.load_dataset(tmp_path / "large.nc"), out)


@pytest.mark.parametrize("suffix", ["png", "PDF", "svg"])
def test_plot_in_every_format(tmp_path, suffix):
    file = tmp_path / f"panels.{suffix}"
    assert run.main([*SMALL, "--plot", str(file)]) == 0
    assert os.listdir(tmp_path) == [file.name]
    if suffix == "png":
        picture = matplotlib.image.imread(file)
        assert picture.shape[1] == 7 * 200  # inches, dots per inch
        assert len(np.unique(picture.reshape(-1, picture.shape[2]), axis=0)) > 100
    elif suffix == "PDF":
        content = file.read_bytes()
        assert content.startswith(b"%PDF-")
        assert content.rstrip().endswith(b"%%EOF")
    else:
        assert ET.parse(file).getroot().tag == "{http://www.w3.org/2000/svg}svg"


@pytest.mark.parametrize("flag", ["output", "plot"])
@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("absent/new.png", "must be in a folder that exists, not in 'absent'"),
        ("file/new.png", "must be in a folder that exists, not in 'file'"),
        ("folder.png", "must be a file, not the folder 'folder.png'"),
        ("locked/new.png", "must be in a folder that can be written, not in 'locked'"),
    ],
)
def test_places_that_cannot_be_written(flag, path, message, tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "folder.png").mkdir()
    (tmp_path / "locked").mkdir()
    (tmp_path / "file").touch()
    monkeypatch.setattr(os, "access", lambda folder, mode: folder.name != "locked")
    before = sorted(tmp_path.rglob("*"))
    assert run.main([*SMALL, f"--{flag}", path]) == 2
    assert capsys.readouterr() == ("", f"featsim: error: {flag} {message}\n")
    assert sorted(tmp_path.rglob("*")) == before


def test_plot_of_another_format(tmp_path, capsys):
    file = tmp_path / "panels.gif"
    assert run.main([*SMALL, "--output", str(tmp_path / "result.nc"), "--plot", str(file)]) == 2
    message = f"featsim: error: plot must end in .png, .pdf or .svg, not {str(file)!r}\n"
    assert capsys.readouterr().err == message
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize("older", [None, "an older file"])
def test_half_a_file_is_none(older, tmp_path, capsys, monkeypatch):
    def write_half(dataset, path, **options):
        with open(path, "wb") as half:
            half.write(b"CDF")
        raise OSError(28, "No space left on device")

    file = tmp_path / "result.nc"
    if older is not None:
        file.write_text(older)
    monkeypatch.setattr(xr.Dataset, "to_netcdf", write_half)
    assert run.main([*SMALL, "--output", str(file)]) == 2
    assert capsys.readouterr().err == "featsim: error: [Errno 28] No space left on device\n"
    if older is None:
        assert os.listdir(tmp_path) == []
    else:
        assert os.listdir(tmp_path) == ["result.nc"]
        assert file.read_text() == older


@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix", reason="sends a signal of POSIX")
def test_interrupt(tmp_path):
    arguments = ["--experiments", "20000", "--seeds", "1", "--workers", "1"]  # a minute or more
    arguments += ["--output", str(tmp_path / "result.nc"), "--init", "random"]
    command = [sys.executable, "-m", "featsim.run", *arguments]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        watch, deadline = psutil.Process(process.pid), time.monotonic() + 60
        while max((t.user_time for t in watch.threads()[1:]), default=0.0) < 1.0:
            assert process.poll() is None, process.stderr.read()
            assert time.monotonic() < deadline, "no thread of the process came to work"
            time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        start = time.monotonic()
        out, err = process.communicate(timeout=10)
    finally:
        process.kill()
    assert time.monotonic() - start < 2
    assert (process.returncode, out, err) == (130, "", "featsim: interrupted\n")
    assert os.listdir(tmp_path) == []
