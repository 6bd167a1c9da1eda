"""A simulation that cannot fit is refused before it starts, by an estimate that holds."""

import subprocess
import sys
import types

import numpy as np
import psutil
import pytest

import featsim
from featsim import _memory
from featsim.inits import PAPER_INITS, resolve

LARGE = (
    ({"points_per_chunk": 2_000_000, "experiments": 4, "class_arrival": 4}, 1, PAPER_INITS),
    ({"features": 2_000}, 1, PAPER_INITS),  # counts of a run, feature by feature
    (
        {"classes": 10, "points_per_chunk": 10, "experiments": 1_000, "test_points": 0},
        3,
        PAPER_INITS,
    ),
    (
        {
            "points_by_chunk": (2_000_000, 2, 0, 1_000_000),
            "experiments": 4,
            "noise_levels": ((0.5, 0.5), (2.0, 0.5)),
        },
        1,
        PAPER_INITS,
    ),
    ({"drift": 0.2, "test_points": 1_000_000, "experiments": 20}, 1, PAPER_INITS),
    (
        {
            "points_per_chunk": 20_000,
            "experiments": 250,
            "features": 4,
            "gamma": 9000.0,
            "tau": 2,
            "test_points": 0,
        },
        1,
        ("keep:1,0.5",),  # masks of the points that are kept
    ),
)
MEASURE = f"""
import os
import featsim
from featsim._memory import simulation_bytes
from featsim.inits import PAPER_INITS, resolve

def peak():
    with open("/proc/self/status") as status:
        return next(1024 * int(line.split()[1]) for line in status if line.startswith("VmHWM"))

small = featsim.Config(points_per_chunk=2, experiments=2, test_points=2)
inits = (*PAPER_INITS, "keep:1,0.5")
for changes in ({{}}, {{"drift": 0.2}}, {{"noise_levels": ((0.5, 0.5), (2.0, 0.5))}}):
    featsim.simulate(small.replace(**changes), inits=inits, seeds=1, workers=1)  # loads kernels

def measure(changes, seeds, inits):
    before = peak()
    config = small.replace(**changes)
    result = featsim.simulate(config, inits=inits, seeds=seeds, workers=1)
    need = simulation_bytes(config, inits=resolve(inits), seeds=seeds, workers=1)
    print(peak() - before, need, flush=True)

for changes, seeds, inits in {LARGE!r}:
    child = os.fork()  # has the peak of its own memory alone
    if child == 0:
        measure(changes, seeds, inits)
        os._exit(0)
    assert os.waitpid(child, 0)[1] == 0
"""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="reads the peak from /proc")
def test_estimate_is_above_the_peak_and_near_it():
    command = [sys.executable, "-W", "ignore", "-c", MEASURE]
    run = subprocess.run(command, capture_output=True, text=True, check=True)
    lines = run.stdout.splitlines()
    for (changes, seeds, _), line in zip(LARGE, lines, strict=True):
        peak, estimate = (int(number) for number in line.split())
        assert peak < estimate + 2**22, (changes, seeds)  # the allocator's own
        assert peak > 0.4 * estimate, (changes, seeds)


@pytest.fixture
def gibibyte(monkeypatch):
    """A machine on which one GiB is left."""
    monkeypatch.setattr(psutil, "virtual_memory", lambda: types.SimpleNamespace(available=2**30))


@pytest.mark.parametrize(
    ("changes", "seeds", "workers"),
    [
        ({"points_per_chunk": 10**15}, 1, 1),
        ({"experiments": 10**7, "points_per_chunk": 2}, 1, 1),
        ({"features": 10**6}, 1, 1),
        ({"test_points": 2 * 10**12}, 1, 1),
        ({"points_per_chunk": 10_000_000}, 1, 2),
        ({}, 100_000, 1),
        ({}, 2**31, 1),
        ({}, range(1, 2**31), 1),
    ],
)
def test_settings_that_do_not_fit(gibibyte, changes, seeds, workers):
    config = featsim.Config(**changes)
    message = r"^the setting needs [\d,]+\.\d GiB of memory, and 1\.0 GiB are available: take fewer"
    with pytest.raises(MemoryError, match=message):
        featsim.simulate(config, seeds=seeds, workers=workers)


def test_a_stream_with_a_far_chunk_does_not_fit(gibibyte):
    stream = featsim.FeatureStream(np.eye(2, dtype=bool), [0, 0], [0, 1_700_000_000])
    with pytest.raises(MemoryError, match=r"the setting needs .*: take fewer"):
        featsim.simulate_stream(stream, gamma=1, tau=1)


def test_noise_of_each_point_counts(monkeypatch):
    """Where one γ just fits, an order of the points by their noise does not."""
    n = 10_000
    stream = featsim.FeatureStream(np.zeros((n, 1), bool), np.zeros(n, np.int8), np.zeros(n, int))
    fits = _memory.stream_bytes(stream, tau=1, inits=resolve("warm"), workers=1)
    monkeypatch.setattr(_memory, "UNCHECKED", 0)
    monkeypatch.setattr(psutil, "virtual_memory", lambda: types.SimpleNamespace(available=fits))
    featsim.simulate_stream(stream, gamma=1, tau=1, inits="warm", workers=1)
    with pytest.raises(MemoryError, match=r"the setting needs .*: take fewer"):
        featsim.simulate_stream(stream, gamma=np.ones(n), tau=1, inits="warm", workers=1)


def test_points_that_do_not_fit(gibibyte):
    config = featsim.Config(points_per_chunk=1_000_000, test_points=50_000_000)
    for sample in (featsim.sample_stream, featsim.sample_test):
        with pytest.raises(MemoryError, match=r"the setting needs .*: take fewer"):
            sample(config, seed=0)


@pytest.mark.slow
def test_small_settings_run_however_little_is_left(monkeypatch):
    monkeypatch.setattr(psutil, "virtual_memory", lambda: types.SimpleNamespace(available=0))
    config = featsim.Config(points_per_chunk=20, experiments=2, test_points=0)
    need = _memory.simulation_bytes(config, inits=resolve(PAPER_INITS), seeds=1, workers=2)
    assert need < _memory.UNCHECKED
    assert featsim.simulate(config, seeds=1).learned_features.shape == (1, 3, 2)
