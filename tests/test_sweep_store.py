"""A stored sweep: continued after a kill, refused to another sweep, never half written."""

import json
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import filelock
import numpy as np
import pytest
import xarray as xr

import featsim
from featsim._sweep import function as sweeping
from featsim._sweep import plan as sweep_plan
from featsim._sweep import store as _sweep_store
from featsim.inits import resolve

CONFIG = featsim.Config(features=9, points_per_chunk=60, experiments=4, gamma=3, test_points=60)
AXES = {"gamma": [2, 4, 8], "tau": range(1, 5)}


@pytest.fixture
def many_pieces(monkeypatch):
    """Cut even the smallest sweep into pieces."""
    monkeypatch.setattr(sweep_plan, "SHORTEST_PIECE", 0.0)


@pytest.fixture
def computed(monkeypatch):
    """Return the list of the pieces that are computed."""
    keys = []

    def run_piece(piece, stopped):
        keys.append(piece.key)
        return compute(piece, stopped)

    compute = sweeping.run_piece
    monkeypatch.setattr(sweeping, "run_piece", run_piece)
    return keys


class Kill(BaseException):
    """Ends a sweep as Ctrl-C does, at a place of the test's choice."""


def contents(folder):
    """Return the content of every NetCDF file."""
    return {path: path.read_bytes() for path in folder.rglob("*.nc") if path.is_file()}


def keys(folder):
    """Return the keys of the pieces of a folder; a name is a key, a digest and the ending."""
    return {file.name.partition(".")[0] for file in folder.glob("[!.]*.nc")}


def interrupt_after(monkeypatch, pieces):
    def add(self, key, arrays):
        write(self, key, arrays)
        if len(self.keys()) == pieces:
            raise Kill

    write = _sweep_store.Store.add
    monkeypatch.setattr(_sweep_store.Store, "add", add)


@pytest.mark.usefixtures("many_pieces")
def test_only_what_is_missing_is_computed(tmp_path, monkeypatch, computed):
    file = tmp_path / "sweep.nc"
    options = {"seeds": 3, "keep": "learned", "workers": 1, **AXES}
    expected = featsim.sweep(CONFIG, **options)
    everything = sorted(computed)
    with monkeypatch.context() as patch:
        interrupt_after(patch, 5)
        with pytest.raises(Kill):
            featsim.sweep(CONFIG, output=file, **options)
    stored = keys(tmp_path / "sweep.nc.pieces")
    assert len(stored) == 5
    assert not file.exists()
    computed.clear()
    out = featsim.sweep(CONFIG, output=file, **options)
    assert sorted(computed) == sorted(set(everything) - stored)
    xr.testing.assert_identical(out, expected)
    assert [path.name for path in tmp_path.iterdir()] == ["sweep.nc"]
    computed.clear()
    again = featsim.sweep(CONFIG, output=file, **options)
    assert not computed
    xr.testing.assert_identical(again, expected)
    for name, values in again.items():
        assert values.dtype == expected[name].dtype


@pytest.mark.slow
@pytest.mark.usefixtures("many_pieces")
def test_a_killed_process_is_continued(tmp_path, computed):
    file, pieces = tmp_path / "sweep.nc", tmp_path / "sweep.nc.pieces"
    program = f"""
import os, signal
import featsim
from featsim._sweep import plan as sweep_plan
from featsim._sweep.store import Store

def add(self, key, arrays):
    write(self, key, arrays)
    if len(self.keys()) == 3:
        os.kill(os.getpid(), signal.SIGKILL)

write, Store.add = Store.add, add
sweep_plan.SHORTEST_PIECE = 0.0
config = featsim.Config.from_json({CONFIG.to_json()!r})
featsim.sweep(config, seeds=3, gamma=[2, 4, 8], tau=range(1, 5), output={str(file)!r}, workers=1)
"""
    killed = subprocess.run([sys.executable, "-c", program], check=False)
    assert killed.returncode == -signal.SIGKILL
    stored = keys(pieces)
    (pieces / ".half-1.nc").write_bytes(b"half a piece")
    out = featsim.sweep(CONFIG, seeds=3, output=file, **AXES)
    assert len(stored) == 3
    assert len(computed) > 3
    assert not stored & set(computed)
    assert [path.name for path in tmp_path.iterdir()] == ["sweep.nc"]
    continued = len(computed)
    xr.testing.assert_identical(out, featsim.sweep(CONFIG, seeds=3, **AXES))
    assert len(computed) == continued + continued + len(stored)


@pytest.mark.usefixtures("many_pieces")
@pytest.mark.parametrize("finished", [True, False])
@pytest.mark.parametrize(
    ("change", "difference"),
    [
        ({"gamma": [2, 4]}, r"gamma = \[2.0, 4.0, 8.0\] and not \[2.0, 4.0\]"),
        ({"seeds": [0, 2]}, r"seeds = \[0, 1\] and not \[0, 2\]"),
        ({"inits": "warm"}, r'inits = \[.*"random".*\] and not \[.*"warm"'),
        ({"keep": "learned"}, r'keep = \[\] and not \["learned"\]'),
        ({"reduce": "mean_std"}, 'reduce = null and not "mean_std"'),
        ({"config": CONFIG.replace(test_points=0)}, "test_points = 60 and not 0"),
        ({"max_frequency": [0.1]}, r"max_frequency = 0.2 and not \[0.1\]"),
    ],
)
def test_another_sweep_is_refused_by_name(
    tmp_path, monkeypatch, computed, finished, change, difference
):
    file = tmp_path / "sweep.nc"
    if finished:
        featsim.sweep(CONFIG, seeds=2, output=file, **AXES)
    else:
        with monkeypatch.context() as patch:
            interrupt_after(patch, 1)
            with pytest.raises(Kill):
                featsim.sweep(CONFIG, seeds=2, output=file, **AXES)
        for thread in threading.enumerate():
            if thread.name.startswith("ThreadPoolExecutor"):
                thread.join()  # it may just have begun a piece
    before = contents(tmp_path)
    computed.clear()
    with pytest.raises(ValueError, match=f"of the same sweep, but .* has .*{difference}"):
        featsim.sweep(**{"config": CONFIG, "seeds": 2, "output": file, **AXES, **change})
    assert not computed
    assert contents(tmp_path) == before


def test_other_files_are_left_alone(tmp_path, computed):
    whole = tmp_path / "whole.nc"
    featsim.simulate(CONFIG, seeds=1).to_netcdf(whole, engine="scipy")
    cut = whole.read_bytes()[:32]
    for name, content in (("text.nc", b"no data set"), ("cut.nc", cut), ("simulation.nc", None)):
        file = tmp_path / name
        if content is None:
            featsim.simulate(CONFIG, seeds=1).to_netcdf(file, engine="scipy")
        else:
            file.write_bytes(content)
        before = file.read_bytes()
        with pytest.raises(ValueError, match=f"output must be new or a sweep, but .*{name}"):
            featsim.sweep(CONFIG, output=file, **AXES)
        assert file.read_bytes() == before
    with pytest.raises(ValueError, match="output must be a file, not the folder"):
        featsim.sweep(CONFIG, output=tmp_path, **AXES)
    assert not computed


def test_one_process_at_a_time(tmp_path, computed):
    folder = tmp_path / "sweep.nc.pieces"
    folder.mkdir()
    with (
        filelock.FileLock(folder / "lock"),
        pytest.raises(BlockingIOError, match=r"output must not be in use, .*sweep\.nc"),
    ):
        featsim.sweep(CONFIG, output=tmp_path / "sweep.nc", **AXES)
    assert not computed


def test_a_file_that_cannot_be_written_is_not_half_there(tmp_path, monkeypatch):
    def fail(path, content):
        write(path, content[:9])
        raise OSError("no space left on device")

    write = Path.write_bytes
    monkeypatch.setattr(Path, "write_bytes", fail)
    with pytest.raises(OSError, match="no space left"):
        featsim.sweep(CONFIG, seeds=1, output=tmp_path / "sweep.nc", **AXES)
    names = {path.name for path in tmp_path.rglob("*")}
    assert names == {"sweep.nc.pieces", "sweep.json", "lock"}
    assert json.loads((tmp_path / "sweep.nc.pieces" / "sweep.json").read_text())["seeds"] == [0]


def test_a_finished_sweep_removes_pieces_that_were_left(tmp_path, computed):
    file = tmp_path / "sweep.nc"
    out = featsim.sweep(CONFIG, seeds=1, output=file, **AXES)
    folder = tmp_path / "sweep.nc.pieces"
    folder.mkdir()
    (folder / "left.nc").touch()
    computed.clear()
    xr.testing.assert_identical(featsim.sweep(CONFIG, seeds=1, output=file, **AXES), out)
    assert not computed
    assert not folder.exists()


def flip(content):
    """Return the content with the highest bit of a number's exponent changed, near its end."""
    place = len(content) - 8
    return content[:place] + bytes([content[place] ^ 64]) + content[place + 1 :]


@pytest.fixture
def stopped(tmp_path, monkeypatch):
    """Return the folder of the pieces of a sweep that was stopped after five of them."""
    monkeypatch.setattr(sweep_plan, "SHORTEST_PIECE", 0.0)
    with monkeypatch.context() as patch:
        interrupt_after(patch, 5)
        with pytest.raises(Kill):
            featsim.sweep(CONFIG, seeds=2, output=tmp_path / "sweep.nc", workers=1, **AXES)
    return tmp_path / "sweep.nc.pieces"


def continued(folder):
    """Continue the sweep and return its result, which is that of one that never stopped."""
    out = featsim.sweep(CONFIG, seeds=2, output=folder.with_suffix(""), workers=1, **AXES)
    assert not folder.exists()
    return out


@pytest.mark.parametrize(
    "damage",
    [lambda content: content[:-9], lambda _: b"", lambda _: b"garbage", flip],
    ids=["truncated", "empty", "garbage", "flipped"],
)
def test_a_damaged_piece_is_computed_again(stopped, computed, damage):
    pieces = sorted(stopped.glob("[!.]*.nc"))
    for piece in pieces[:2]:
        content = piece.read_bytes()
        piece.write_bytes(damage(content))
        assert piece.read_bytes() != content
    with pytest.warns(UserWarning, match=r"was damaged: of its 5 pieces 2 are computed again$"):
        out = continued(stopped)
    kept = {piece.name.partition(".")[0] for piece in pieces[2:]}
    assert not kept & set(computed)
    assert {piece.name.partition(".")[0] for piece in pieces[:2]} <= set(computed)
    xr.testing.assert_identical(out, featsim.sweep(CONFIG, seeds=2, workers=1, **AXES))


def test_a_piece_under_the_name_of_another_is_computed_again(stopped):
    first, second, *_ = sorted(stopped.glob("[!.]*.nc"))
    second.write_bytes(first.read_bytes())
    with pytest.warns(UserWarning, match="of its 5 pieces 1 are computed again"):
        out = continued(stopped)
    xr.testing.assert_identical(out, featsim.sweep(CONFIG, seeds=2, workers=1, **AXES))


@pytest.mark.parametrize(
    "damage",
    [
        lambda text: text[:-20],
        lambda _: "",
        lambda _: "[1]",
        lambda text: text.replace("2.0", "3.0"),
    ],
)
def test_a_damaged_description_leaves_the_pieces(stopped, computed, damage):
    file = stopped / "sweep.json"
    file.write_text(damage(file.read_text()))
    stored = keys(stopped)
    with pytest.warns(UserWarning, match=r"was damaged: of its 5 pieces 0 are computed again$"):
        out = continued(stopped)
    assert not stored & set(computed)
    xr.testing.assert_identical(out, featsim.sweep(CONFIG, seeds=2, workers=1, **AXES))


@pytest.mark.parametrize("name", ["a" * 250 + ".nc", "γ" * 125 + ".nc", "a" * 245 + ".nc"])
def test_the_longest_names_of_files(tmp_path, monkeypatch, name):
    """The folder of the pieces has a shorter name where it would be longer than 255 bytes."""
    file = tmp_path / name
    assert len(os.fsencode(name)) <= 253
    monkeypatch.setattr(sweep_plan, "SHORTEST_PIECE", 0.0)
    with monkeypatch.context() as patch:
        interrupt_after(patch, 2)
        with pytest.raises(Kill):
            featsim.sweep(CONFIG, seeds=2, output=file, **AXES)
    [folder] = tmp_path.iterdir()
    assert folder.name.endswith(".pieces")
    assert (folder.name == f"{name}.pieces") == (len(name) == 248)
    out = featsim.sweep(CONFIG, seeds=2, output=file, **AXES)
    assert [path.name for path in tmp_path.iterdir()] == [name]
    xr.testing.assert_identical(out, featsim.sweep(CONFIG, seeds=2, **AXES))


def test_large_counts_are_stored_exactly(tmp_path):
    plan = sweep_plan.make_plan(CONFIG, {}, featsim.inits.resolve("warm"), (0,), (), None)
    with _sweep_store.Store(tmp_path / "sweep.nc", plan) as store:
        store.add("key", {"memorized_points": np.array([[2**31], [2**40 + 1]])})
        assert store.keys() == {"key"}
        np.testing.assert_array_equal(
            store.piece("key")["memorized_points"], [[2**31], [2**40 + 1]]
        )


def test_what_another_process_has_begun_meanwhile_is_refused_and_let_go(tmp_path):
    one, other = (
        _sweep_store.Store(
            tmp_path / "sweep.nc", sweep_plan.make_plan(config, {}, resolve("warm"), (0,), (), None)
        )
        for config in (CONFIG, CONFIG.replace(gamma=4))
    )
    with one:
        pass
    with pytest.raises(ValueError, match=r"of the same sweep, but .* gamma = 3"), other:
        pass
    with one:  # the other has not kept it
        pass
