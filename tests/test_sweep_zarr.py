"""A sweep in a Zarr store: the same values as in memory, continued after a kill, none trusted."""

import signal
import subprocess
import sys
import time

import numpy as np
import pytest
import xarray as xr

import featsim
from featsim._sweep import function as sweeping
from featsim._sweep import plan as sweep_plan
from featsim._sweep import zarr_store
from featsim._sweep.blocks import blocks

pytest.importorskip("zarr")

CONFIG = featsim.Config(features=9, points_per_chunk=60, experiments=4, gamma=3, test_points=60)
AXES = {"gamma": [2, 4, 8], "max_frequency": [0.2, 0.5], "tau": range(1, 5)}
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
    expected = featsim.sweep(CONFIG, seeds=2, output=store, **AXES).load()
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
        out = featsim.sweep(CONFIG, seeds=2, output=store, **AXES)
    assert len(computed) == 1
    xr.testing.assert_identical(out.load(), expected)


def test_another_sweep_or_thing_is_refused(tmp_path, computed):
    store = tmp_path / "sweep.zarr"
    featsim.sweep(CONFIG, seeds=2, output=store, **AXES)
    computed.clear()
    with pytest.raises(ValueError, match=r"of the same sweep, but .* has gamma = .* and not \[2"):
        featsim.sweep(CONFIG, seeds=2, output=store, **{**AXES, "gamma": [2, 5]})
    (tmp_path / "folder.zarr").mkdir()
    (tmp_path / "file.zarr").write_text("text")
    for name in ("folder.zarr", "file.zarr"):
        with pytest.raises(ValueError, match=f"output must be new or a sweep, but .*{name}"):
            featsim.sweep(CONFIG, seeds=2, output=tmp_path / name, **AXES)
    with (
        zarr_store.lock(store, store / "pieces"),
        pytest.raises(BlockingIOError, match="must not be in use"),
    ):
        featsim.sweep(CONFIG, seeds=2, output=store, **AXES)
    assert not computed


def test_who_does_not_see_the_store_returns_the_values(tmp_path, monkeypatch):
    def elsewhere(task, *stopped):
        result = compute(task._replace(output=str(tmp_path / "not here")), *stopped)
        assert isinstance(result, dict)
        return result

    compute = sweeping.run_task
    monkeypatch.setattr(sweeping, "run_task", elsewhere)
    out = featsim.sweep(CONFIG, seeds=2, output=tmp_path / "sweep.zarr", **AXES)
    xr.testing.assert_identical(out.load(), featsim.sweep(CONFIG, seeds=2, **AXES))


@pytest.mark.slow
def test_a_killed_process_is_continued(tmp_path, computed):
    store = tmp_path / "sweep.zarr"
    program = f"""
import featsim
from featsim._sweep import plan as sweep_plan
sweep_plan.SHORTEST_PIECE = 0.0
config = featsim.Config(experiments=30)
featsim.sweep(config, seeds=10, gamma=range(5, 25), output={str(store)!r}, workers=1)
"""
    with subprocess.Popen([sys.executable, "-c", program]) as process:
        while not (store / "pieces" / "notes").exists() or len(notes(store)) < 3:
            assert process.poll() is None
            time.sleep(0.01)
        process.send_signal(signal.SIGKILL)
    stored = {line.split()[0] for line in notes(store)}
    config, options = featsim.Config(experiments=30), {"seeds": 10, "gamma": range(5, 25)}
    out = featsim.sweep(config, output=store, **options)
    assert computed
    assert not stored & set(computed)
    xr.testing.assert_identical(out.load(), featsim.sweep(config, **options))
