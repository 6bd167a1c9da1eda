"""A sweep in a Zarr store: the same values as in memory, continued after a kill, none trusted."""

import concurrent.futures
import itertools
import os
import pickle
import re
import signal
import subprocess
import sys
from types import SimpleNamespace

import numpy as np
import psutil
import pytest
import xarray as xr

import featsim
from featsim.__main__ import main
from featsim._sweep import function as sweeping
from featsim._sweep import held
from featsim._sweep import plan as sweep_plan
from featsim._sweep.blocks import blocks, number_of_blocks
from featsim._sweep.result import result_bytes

pytest.importorskip("zarr")

CONFIG = featsim.Config(features=9, points_per_chunk=60, experiments=4, gamma=3, test_points=60)
AXES = {"gamma": [2, 4, 8], "max_frequency": [0.2, 0.5], "tau": range(1, 5)}
FEW = {"gamma": [2, 4, 8], "tau": [1, 2]}  # where the number of pieces does not matter
DOUBLING = featsim.inits.resolve("doubling")


@pytest.fixture(autouse=True)
def many_pieces(monkeypatch):
    monkeypatch.setattr(sweep_plan, "SHORTEST_PIECE", 0.0)


@pytest.fixture
def computed(monkeypatch):
    """Return the list of the blocks that are computed."""
    keys = []

    def run_task(task, *stopped):
        keys.append(task.block.number)
        return compute(task, *stopped)

    compute = sweeping.run_task
    monkeypatch.setattr(sweeping, "run_task", run_task)
    return keys


def notes(store):
    return (store / "pieces" / "notes").read_text().splitlines()


@pytest.mark.parametrize(
    "options",
    [
        AXES,
        {**AXES, "reduce": "mean_std"},
        {"keep": ("learned", "strengths", "gradient_rank"), "drift": [0, 0.5], "gamma": [2, 4]},
        {"classes": [2, 3], "test_points": [0, 60]},
        {"inits": DOUBLING, "factor": [1.5, 2.5], "frequency_law": ["zipf", "uniform"]},
        {"keep": "frequencies", "drift": [0, 0.5]},
        {},
    ],
)
def test_the_store_has_what_memory_would_have(tmp_path, options, computed):
    expected = featsim.sweep(CONFIG, seeds=3, **options)
    out = featsim.sweep(CONFIG, seeds=3, output=tmp_path / "sweep.zarr", **options)
    assert len(set(computed)) == len(computed) > 1
    assert not any(variable._in_memory for variable in out.data_vars.values())
    xr.testing.assert_identical(out.load(), expected)
    for name, values in expected.items():
        assert out[name].dtype == values.dtype
    xr.testing.assert_identical(xr.open_zarr(tmp_path / "sweep.zarr", chunks=None).load(), out)
    computed.clear()
    featsim.sweep(CONFIG, seeds=3, output=tmp_path / "sweep.zarr", **options)
    assert not computed


@pytest.mark.parametrize("reduce", [None, "mean_std"])
@pytest.mark.parametrize("shortest", [0.0, 1e-4, 1e-3])
def test_blocks_are_whole_chunks_and_hold_each_cell_once(monkeypatch, reduce, shortest):
    monkeypatch.setattr(sweep_plan, "SHORTEST_PIECE", shortest)
    inits = featsim.inits.resolve("warm")
    plan = sweep_plan.make_plan(CONFIG, AXES, inits, range(5), (), reduce)
    filled = np.zeros((3, 2, 4, 2 if reduce else 5), int)
    for block in blocks(plan):
        filled[block.region] += 1
        assert block.plan.grid.at(0)[0].gamma == AXES["gamma"][block.region[0].start]
    assert (filled == 1).all()


@pytest.mark.parametrize("damage", ["chunk", "flip", "lost", "note", "torn"])
def test_what_is_damaged_is_computed_again(tmp_path, computed, damage):
    store = tmp_path / "sweep.zarr"
    expected = featsim.sweep(CONFIG, seeds=2, output=store, **FEW).load()
    computed.clear()
    chunk = next(
        path for path in sorted((store / "test_accuracy" / "c").rglob("*")) if path.is_file()
    )
    content = chunk.read_bytes()
    lines = notes(store)
    if damage == "chunk":
        chunk.write_bytes(content[:-9])
    elif damage == "flip":
        chunk.write_bytes(content[:-8] + bytes([content[-8] ^ 64]) + content[-7:])
    elif damage == "lost":
        chunk.unlink()
    elif damage == "note":
        (store / "pieces" / "notes").write_text("\n".join([lines[0][:-1] + "x", *lines[1:]]) + "\n")
    else:
        (store / "pieces" / "notes").write_text("\n".join(lines)[:-5])
    with pytest.warns(UserWarning, match=f"of its {len(lines)} pieces 1 are computed again$"):
        out = featsim.sweep(CONFIG, seeds=2, output=store, **FEW)
    assert len(computed) == 1
    xr.testing.assert_identical(out.load(), expected)


def test_another_sweep_or_thing_is_refused(tmp_path, computed):
    store = tmp_path / "sweep.zarr"
    featsim.sweep(CONFIG, seeds=2, output=store, **FEW)
    computed.clear()
    with pytest.raises(ValueError, match=r"of the same sweep, but .* has gamma = .* and not \[2"):
        featsim.sweep(CONFIG, seeds=2, output=store, **{**FEW, "gamma": [2, 5]})
    (tmp_path / "folder.zarr").mkdir()
    (tmp_path / "file.zarr").write_text("text")
    for name in ("folder.zarr", "file.zarr"):
        with pytest.raises(ValueError, match=f"output must be new or a sweep, but .*{name}"):
            featsim.sweep(CONFIG, seeds=2, output=tmp_path / name, **FEW)
    with (
        held.lock(store, store / "pieces"),
        pytest.raises(BlockingIOError, match="must not be in use"),
    ):
        featsim.sweep(CONFIG, seeds=2, output=store, **FEW)
    assert not computed


def test_who_does_not_see_the_store_returns_the_values(tmp_path, monkeypatch):
    def elsewhere(task, *stopped):
        result = compute(task._replace(output=str(tmp_path / "not here")), *stopped)
        assert isinstance(result, dict)
        return result

    compute = sweeping.run_task
    monkeypatch.setattr(sweeping, "run_task", elsewhere)
    out = featsim.sweep(CONFIG, seeds=2, output=tmp_path / "sweep.zarr", **FEW)
    xr.testing.assert_identical(out.load(), featsim.sweep(CONFIG, seeds=2, **FEW))


def test_a_note_reaches_the_disk_before_the_next_block(tmp_path, monkeypatch):
    """What has been synchronized with the disk has the note of each block that was added."""
    synchronized = []

    def fsync(descriptor):
        synchronize(descriptor)
        file = tmp_path / "sweep.zarr" / "pieces" / "notes"
        if file.exists() and os.path.samestat(os.fstat(descriptor), file.stat()):
            synchronized.append(len(notes(tmp_path / "sweep.zarr")))

    synchronize = os.fsync
    monkeypatch.setattr(os, "fsync", fsync)
    featsim.sweep(CONFIG, seeds=2, output=tmp_path / "sweep.zarr", **FEW)
    blocks = len(notes(tmp_path / "sweep.zarr"))
    assert synchronized == list(range(1, blocks + 1))


def test_the_plan_holds_nothing_for_a_setting(monkeypatch):
    """Of 10^9 settings only the values are checked, and only those of one block are made."""
    checked = []
    replace = featsim.Config.replace
    monkeypatch.setattr(
        featsim.Config, "replace", lambda self, **c: checked.append(c) or replace(self, **c)
    )
    axes = {"gamma": range(1, 1001), "max_frequency": np.linspace(0, 1, 1000), "tau": range(1, 9)}
    axes["drift"] = np.linspace(0, 1, 125)
    inits = featsim.inits.resolve("warm")
    plan = sweep_plan.make_plan(CONFIG, axes, inits, [0], (), None, in_memory=False)
    assert plan.grid.size == 10**9
    assert len(checked) < 3000
    assert len(pickle.dumps(plan)) < 100_000
    block = next(blocks(plan))
    assert sum(batch.simulations for batch in block.plan.whole().batches) < 10**6
    assert 10**3 < number_of_blocks(plan) < 10**6


def test_blocks_are_small_where_results_are_large():
    config = featsim.Config(experiments=2000, points_per_chunk=2, test_points=0)
    axes = {"gamma": np.linspace(1, 2, 1000), "tau": range(1, 49)}
    inits = featsim.inits.resolve("warm")
    plan = sweep_plan.make_plan(config, axes, inits, range(100), (), None, in_memory=False)
    assert max(result_bytes(block.plan) for block in itertools.islice(blocks(plan), 9)) <= 2**25


def test_only_so_many_pieces_are_made_ahead(monkeypatch):
    monkeypatch.setattr(sweeping, "AHEAD", 3)
    made, ahead = [], []

    def pieces():
        for number in range(20):
            made.append(number)
            yield number

    def submit(piece):
        future = concurrent.futures.Future()
        future.set_result(-piece)
        return future

    for taken, (piece, result) in enumerate(sweeping._completed(pieces(), submit), 1):
        assert result == -piece
        ahead.append(len(made) - taken)
    assert taken == 20
    assert max(ahead) == 3


def test_a_result_that_memory_or_a_file_does_not_hold_is_for_a_store(monkeypatch, tmp_path):
    monkeypatch.setattr(psutil, "virtual_memory", lambda: SimpleNamespace(available=2**30))
    axes = {"gamma": np.linspace(1, 2, 10**4), "drift": np.linspace(0, 1, 10**4)}
    for output in (None, tmp_path / "sweep.nc"):
        with pytest.raises(MemoryError, match=r"or an output that ends in \.zarr$"):
            featsim.sweep(CONFIG, seeds=2, output=output, **axes)
    config = featsim.Config(experiments=10**5, points_per_chunk=2)
    monkeypatch.undo()
    with pytest.raises(ValueError, match=r"'mean_std', or an output that ends in \.zarr$"):
        featsim.sweep(config, seeds=1000, output=tmp_path / "sweep.nc")


def test_without_zarr_a_sentence_names_the_extra(monkeypatch, tmp_path, capsys):
    monkeypatch.setitem(sys.modules, "zarr", None)
    sentence = "an output that ends in .zarr needs zarr: pip install 'featsim[zarr]'"
    with pytest.raises(ImportError, match=re.escape(sentence)):
        featsim.sweep(CONFIG, seeds=2, output=tmp_path / "sweep.zarr", **AXES)
    assert main(["sweep", "--tau", "1:3", "--output", str(tmp_path / "sweep.zarr")]) == 2
    assert capsys.readouterr().err == f"featsim sweep: error: {sentence}\n"
    assert not list(tmp_path.iterdir())


def test_the_command_estimates_what_is_missing(tmp_path, capsys):
    store = tmp_path / "sweep.zarr"
    flags = "--features 9 --points-per-chunk 60 --experiments 4 --test-points 60 --gamma 2 4 8"
    command = ["sweep", *flags.split(), "--tau", "1:5", "--seeds", "2", "--output", str(store)]
    assert main(command) == 0
    assert re.search(r"about \S+ on \d+ threads, \S+ before compression", capsys.readouterr().err)
    lines = notes(store)
    (store / "pieces" / "notes").write_text("".join(f"{line}\n" for line in lines[:-2]))
    assert main(command) == 0
    assert f"{len(lines) - 2} of {len(lines)} pieces are stored" in capsys.readouterr().err
    assert main(command) == 0
    assert "all are stored" in capsys.readouterr().err


@pytest.mark.slow
def test_a_killed_process_is_continued(tmp_path, computed):
    store = tmp_path / "sweep.zarr"
    options = {"seeds": 2, **AXES}
    featsim.sweep(CONFIG, output=tmp_path / "whole.zarr", **options)
    blocks = len(notes(tmp_path / "whole.zarr"))
    assert blocks > 4
    program = f"""
import os, signal
import featsim
from featsim._sweep import function as sweeping, plan as sweep_plan

def run_task(task, *stopped):
    computed.append(task)
    if len(computed) == 5:
        os.kill(os.getpid(), signal.SIGKILL)
    return compute(task, *stopped)

computed, compute = [], sweeping.run_task
sweeping.run_task = run_task
sweep_plan.SHORTEST_PIECE = 0.0
axes = {{"gamma": [2, 4, 8], "max_frequency": [0.2, 0.5], "tau": range(1, 5)}}
config = featsim.Config.from_json({CONFIG.to_json()!r})
featsim.sweep(config, seeds=2, output={str(store)!r}, workers=1, **axes)
"""
    killed = subprocess.run([sys.executable, "-c", program], check=False)
    assert killed.returncode == -signal.SIGKILL
    stored = {line.split()[0] for line in notes(store)}
    assert stored
    computed.clear()
    out = featsim.sweep(CONFIG, output=store, **options)
    assert len(computed) == blocks - len(stored)
    assert not stored & set(map(str, computed))
    xr.testing.assert_identical(out.load(), featsim.sweep(CONFIG, **options))
