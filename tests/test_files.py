"""Files are whole or not there, and nothing but a regular file is written."""

import os
import subprocess
import sys

import pytest

from featsim import run
from featsim._files import check_writable, replacing, same_file

SMALL = [
    *("--features", "4", "--points-per-chunk", "20", "--experiments", "2", "--gamma", "2"),
    *("--seeds", "2", "--init", "warm"),
]
posix = pytest.mark.skipif(os.name != "posix", reason="makes files of POSIX")


def write(target, text):
    with replacing(target) as temporary:
        temporary.write_text(text)


def test_whole_or_not_there(tmp_path):
    file = tmp_path / "file"
    write(file, "first")
    with pytest.raises(TypeError):
        write(file, 1)
    assert file.read_text() == "first"
    assert list(tmp_path.iterdir()) == [file]


def test_what_is_written_reaches_the_disk_before_it_has_its_name(tmp_path, monkeypatch):
    order = []
    monkeypatch.setattr(os, "fsync", lambda _: order.append((tmp_path / "file").exists()))
    write(tmp_path / "file", "text")
    assert order == [False]


@posix
@pytest.mark.parametrize("there", [True, False])
def test_a_link_stays_a_link(tmp_path, there):
    real, link = tmp_path / "folder" / "real", tmp_path / "link"
    real.parent.mkdir()
    if there:
        real.write_text("before")
    link.symlink_to(real)
    check_writable("output", link)
    write(link, "after")
    assert link.is_symlink()
    assert real.read_text() == "after"
    assert list(real.parent.iterdir()) == [real]


@posix
def test_a_link_to_itself_is_refused(tmp_path):
    link = tmp_path / "link"
    link.symlink_to(link)
    for attempt in (lambda: check_writable("output", link), lambda: write(link, "after")):
        with pytest.raises(ValueError, match="must be a file, not the link to itself"):
            attempt()
    assert os.readlink(link) == str(link)


@posix
@pytest.mark.parametrize("flag", ["--output", "--plot"])
def test_pipes_and_devices_are_refused_and_stay(tmp_path, flag, capsys):
    pipe = tmp_path / "pipe.png"
    os.mkfifo(pipe)
    link = tmp_path / "null.png"
    link.symlink_to(os.devnull)
    for place in (pipe, link):
        assert run.main([*SMALL, flag, str(place)]) == 2
        printed = capsys.readouterr()
        assert printed.out == ""
        assert f"{flag[2:]} must be a regular file, not the device '{place}'" in printed.err
        with pytest.raises(ValueError, match="must be a regular file"):
            write(place, "text")
    assert pipe.is_fifo()
    assert link.is_symlink()


def test_names_as_long_as_a_file_may_have(tmp_path):
    for ending in (".nc", ".png"):
        file = tmp_path / ("n" * (253 - len(ending)) + ending)
        flag = "--output" if ending == ".nc" else "--plot"
        assert run.main([*SMALL, "--quiet", flag, str(file)]) == 0
        assert file.stat().st_size > 100


@posix
def test_one_file_cannot_be_output_and_plot(tmp_path, capsys):
    real, link = tmp_path / "a.png", tmp_path / "b.png"
    link.symlink_to(real)
    assert same_file(real, tmp_path / "." / "a.png")
    assert not same_file(real, tmp_path / "c.png")
    for plot in (real, link):
        assert run.main([*SMALL, "--output", str(real), "--plot", str(plot)]) == 2
        message = f"featsim: error: plot must be another file than output, not {str(plot)!r}\n"
        assert capsys.readouterr() == ("", message)
    real.touch()
    hard = tmp_path / "hard.png"
    hard.hardlink_to(real)
    assert run.main([*SMALL, "--output", str(real), "--plot", str(hard)]) == 2


def fail(*_, **__):
    raise OSError(28, "No space left on device")


def test_a_full_disk_loses_neither_the_report_nor_the_picture(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr("xarray.Dataset.to_netcdf", fail)
    files = ["--output", str(tmp_path / "a.nc"), "--plot", str(tmp_path / "a.png")]
    assert run.main([*SMALL, *files]) == 2
    printed = capsys.readouterr()
    assert "learned features" in printed.out
    assert printed.err == "featsim: error: [Errno 28] No space left on device\n"
    assert [path.name for path in tmp_path.iterdir()] == ["a.png"]


@posix
@pytest.mark.parametrize("gone", ["full", "pipe"])
def test_an_output_that_takes_nothing_loses_no_file(tmp_path, gone):
    read, write_end = os.pipe()
    os.close(read)
    place = os.open("/dev/full", os.O_WRONLY) if gone == "full" else write_end
    command = [sys.executable, "-m", "featsim.run", *SMALL, "--output", str(tmp_path / "a.nc")]
    done = subprocess.run(command, stdout=place, stderr=subprocess.PIPE, text=True, check=False)
    assert (tmp_path / "a.nc").stat().st_size > 1_000
    if gone == "full":
        assert done.returncode == 2
        assert done.stderr == "featsim: error: [Errno 28] No space left on device\n"
    else:
        assert (done.returncode, done.stderr) == (0, "")
