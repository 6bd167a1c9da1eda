"""The first run of all: a copy of the process compiles the longest kernel, and changes nothing."""

import json
import os
import subprocess
import sys
import threading
from pathlib import Path

import numba
import numpy as np
import pytest

import featsim
from featsim import _experiments
from featsim._commands import ahead
from featsim._kernels.experiments import run_experiments
from featsim._workers import processors

PROGRAM = """
import json
from featsim._commands.run import execute
from featsim._kernels import accuracy, experiments, sampling
execute("--features 4 --points-per-chunk 20 --experiments 2 --gamma 2 --seeds 2".split())
kernels = experiments.run_experiments, accuracy.well_classified, sampling.bernoulli_words
counts = [[sum(k.stats.cache_hits.values()), sum(k.stats.cache_misses.values())] for k in kernels]
print(json.dumps(counts))
"""
RANDOM, WARM = featsim.Init("random", 0, 0), featsim.Init("warm", 1, 1)


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux" or processors() < 2, reason="needs two processors")
def test_the_copy_compiles_what_the_process_takes_from_disk(tmp_path):
    root = str(Path(__file__).parents[1])
    environment = os.environ | {"NUMBA_CACHE_DIR": str(tmp_path), "PYTHONPATH": root}
    runs = [
        subprocess.run(
            [sys.executable, "-c", PROGRAM], env=environment, capture_output=True, check=True
        )
        for _ in range(2)
    ]
    (*first, counts), (*second, counts_again) = (run.stdout.splitlines() for run in runs)
    assert json.loads(counts) == [[1, 0], [0, 1], [0, 1]]
    assert json.loads(counts_again) == [[1, 0]] * 3
    assert first == second
    assert [run.stderr for run in runs] == [b"", b""]


@pytest.fixture
def copies(monkeypatch):
    """Where a copy would be made, count it and make none."""
    made = []
    monkeypatch.setattr(ahead.os, "fork", lambda: made.append(1) or 1)
    monkeypatch.setattr(ahead, "processors", lambda: 2)
    monkeypatch.setattr(ahead, "is_to_be_kept", lambda kernel: True)
    monkeypatch.setattr(ahead.threading, "active_count", lambda: 1)
    monkeypatch.setattr(ahead.sys, "platform", "linux")
    return made


def test_a_copy_is_made_where_it_pays_and_is_safe(copies, monkeypatch):
    config = featsim.Config(features=4)
    ahead.compile_ahead(config, [RANDOM, featsim.Init("half", 1, 0.5)])
    ahead.compile_ahead(config.replace(noise_levels=[(1.0, 0.5), (2.0, 0.5)]), [WARM])
    assert not copies
    ahead.compile_ahead(config, [RANDOM, WARM])
    ahead.compile_ahead(config.replace(strengths=np.full((2, 4), 2)), [WARM])
    assert len(copies) == 2
    for owner, name, value in (
        (ahead, "processors", lambda: 1),
        (ahead, "is_to_be_kept", lambda kernel: False),
        (threading, "active_count", lambda: 2),
        (sys, "platform", "darwin"),
    ):
        with monkeypatch.context() as changed:
            changed.setattr(owner, name, value)
            ahead.compile_ahead(config, [WARM])
    assert len(copies) == 2


def test_the_types_are_those_of_a_run(monkeypatch):
    config = featsim.Config(features=4, points_per_chunk=20, experiments=2, gamma=2)
    seen = []

    def watched(*given):
        seen.append(numba.typeof(given))
        run_experiments(*given)

    monkeypatch.setattr(_experiments, "run_experiments", watched)
    for changed in (config, config.replace(max_strength=3)):
        seen.clear()
        featsim.simulate(changed, inits="warm", seeds=1, workers=1)
        ahead._run_experiments(ahead._one_point(changed))
        assert len(seen) == 3
        assert len(set(seen)) == 1


def test_where_no_copy_can_be_made_nothing_is_lost(copies, monkeypatch):
    def fork():
        raise BlockingIOError

    monkeypatch.setattr(ahead.os, "fork", fork)
    ahead.compile_ahead(featsim.Config(features=4), [WARM])
