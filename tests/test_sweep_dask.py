"""A sweep on a real Dask cluster: a scheduler and two workers of their own on this machine."""

import collections
import concurrent.futures
import contextlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import xarray as xr

import featsim
from featsim.__main__ import main
from featsim._sweep import function as sweeping
from featsim._sweep import plan as sweep_plan

distributed = pytest.importorskip("distributed")

ROOT = Path(__file__).parents[1]
CONFIG = featsim.Config(features=20, experiments=10, test_points=0)
SWEEP = {"seeds": 2, "gamma": range(5, 45), "tau": (1, 2, 3)}


@contextlib.contextmanager
def dask(*arguments, folder, **environment):
    """Run a command of Dask until the block ends."""
    with open(folder / f"{arguments[0]}-{len(list(folder.iterdir()))}.log", "w") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "dask", *arguments],
            env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
            cwd=folder,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        try:
            yield process
        finally:
            process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(10)
            process.kill()
            process.wait()


def worker(folder, address, *, name, **environment):
    gate = str(ROOT / "tests" / "sweep" / "gate.py")
    options = ("--nthreads", "1", "--no-nanny", "--no-dashboard", "--host", "127.0.0.1")
    log = {"GATE_LOG": str(folder), **environment}
    return dask(
        "worker", address, *options, "--name", name, "--preload", gate, folder=folder, **log
    )


def wait_for(condition, seconds=40):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.02)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("dask")


@pytest.fixture(scope="module")
def scheduler(folder):
    """Yield the address of a scheduler."""
    file = folder / "scheduler.json"
    options = ("--host", "127.0.0.1", "--port", "0", "--no-dashboard", "--no-show")
    with dask("scheduler", *options, "--scheduler-file", str(file), folder=folder):
        wait_for(lambda: file.exists() and file.read_text().endswith("}"))
        with distributed.Client(scheduler_file=str(file), set_as_default=False) as client:
            yield client.scheduler.address


@pytest.fixture(scope="module")
def steady_worker(scheduler, folder):
    with worker(folder, scheduler, name="steady"):
        yield


@pytest.fixture
def many_pieces(monkeypatch):
    """Cut the small sweep into pieces."""
    monkeypatch.setattr(sweep_plan, "SHORTEST_PIECE", 0.0)


def noted(folder, what, process="*"):
    """Return the keys of the pieces that workers have noted, each with how often."""
    files = folder.glob(f"{what}-*-{process}-*")
    return collections.Counter(file.name.split("-")[1] for file in files)


@pytest.mark.slow
@pytest.mark.usefixtures("many_pieces", "steady_worker")
def test_a_killed_worker_costs_the_piece_that_it_had(scheduler, folder, monkeypatch):
    taken = []  # the pieces whose results have arrived

    def completed(pieces, submit):
        for piece, arrays in compute(pieces, submit):
            taken.append(piece.key)
            yield piece, arrays

    compute = sweeping._completed
    monkeypatch.setattr(sweeping, "_completed", completed)
    with (
        concurrent.futures.ThreadPoolExecutor(1) as thread,
        distributed.Client(scheduler, set_as_default=False) as client,
        worker(folder, scheduler, name="held", GATE_HOLDS="yes") as held,
    ):
        client.wait_for_workers(2, timeout=40)
        running = thread.submit(
            featsim.sweep, CONFIG, executor=client.get_executor(), progress=False, **SWEEP
        )
        wait_for(lambda: noted(folder, "held"))
        # The result of its first piece must have been fetched and given up, or is computed again.
        addresses = client.scheduler_info()["workers"]
        [address] = [place for place, about in addresses.items() if about["name"] == "held"]
        [first] = noted(folder, "end", held.pid)
        wait_for(lambda: first in taken and not client.has_what([address])[address])
        assert not running.done()
        held.send_signal(signal.SIGKILL)
        out = running.result(timeout=60)
    [killed] = noted(folder, "held")
    assert len(taken) > 10
    every = collections.Counter(taken)
    assert set(every.values()) == {1}
    assert killed in every
    assert noted(folder, "start") == noted(folder, "end") == every
    xr.testing.assert_identical(out, featsim.sweep(CONFIG, workers=2, **SWEEP))


@pytest.mark.slow
@pytest.mark.usefixtures("many_pieces", "steady_worker")
def test_the_command_on_a_cluster(scheduler, folder, tmp_path):
    file = tmp_path / "sweep.nc"
    flags = "--features 20 --experiments 10 --test-points 0 --gamma 5:45 --tau 1 2 3 --seeds 2"
    assert (
        main(["sweep", *flags.split(), "--quiet", "--scheduler", scheduler, "--output", str(file)])
        == 0
    )
    out = xr.load_dataset(file, engine="scipy")
    xr.testing.assert_equal(out, featsim.sweep(CONFIG, workers=2, **SWEEP))


@pytest.mark.slow
@pytest.mark.usefixtures("many_pieces", "steady_worker")
def test_workers_write_their_blocks_into_a_store(scheduler, tmp_path, monkeypatch):
    pytest.importorskip("zarr")
    results = []

    def completed(pieces, submit):
        for piece, result in compute(pieces, submit):
            results.append(result)
            yield piece, result

    compute = sweeping._completed
    monkeypatch.setattr(sweeping, "_completed", completed)
    with distributed.Client(scheduler, set_as_default=False) as client:
        out = featsim.sweep(
            CONFIG, executor=client.get_executor(), output=tmp_path / "sweep.zarr", **SWEEP
        )
    assert len(results) > 10
    assert {type(result) for result in results} == {str}  # digests, and no values
    xr.testing.assert_identical(out.load(), featsim.sweep(CONFIG, workers=2, **SWEEP))
