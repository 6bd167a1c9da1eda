"""Many processes that start at once on an empty cache compile once, and all run right."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from featsim import _keeping, _points
from featsim._kernels import accuracy, cache, curve, expectation, experiments, sampling

PROCESSES = 4
ROOT = Path(__file__).parents[1]
KERNELS = """
from featsim._kernels.compile import kernel, part

@part
def plus(x, y):
    return x + y

@kernel
def one(x):
    return plus(x, 1)

@kernel
def two(x):
    return plus(x, 2)

@kernel
def unused(x):
    return plus(x, 3)
"""
PROGRAM = """
import json, os, sys
from kernels import one, two, unused

gate, opened = os.pipe()
for _ in range(int(sys.argv[1])):
    if os.fork() == 0:
        os.read(gate, 1)  # until all are there
        values = [one(1), two(1), one(0.5)]
        misses = [sum(kernel.stats.cache_misses.values()) for kernel in (one, two, unused)]
        os.write(1, (json.dumps([values, misses]) + "\\n").encode())
        os._exit(0)
os.write(opened, b"." * int(sys.argv[1]))
for _ in range(int(sys.argv[1])):
    assert os.wait()[1] == 0
"""


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "fork"), reason="forks its processes")
def test_processes_that_start_at_once_compile_each_kernel_once(tmp_path):
    (tmp_path / "kernels.py").write_text(KERNELS)
    path = os.pathsep.join([str(ROOT), str(tmp_path)])
    environment = {"NUMBA_CACHE_DIR": str(tmp_path / "cache"), "PYTHONPATH": path}
    command = [sys.executable, "-W", "error", "-c", PROGRAM, str(PROCESSES)]
    run = subprocess.run(
        command, env=os.environ | environment, capture_output=True, text=True, check=True
    )
    printed = [json.loads(line) for line in run.stdout.splitlines()]
    assert [values for values, _ in printed] == [[2, 3, 1.5]] * PROCESSES
    misses = [sum(counts) for counts in zip(*(counts for _, counts in printed), strict=True)]
    assert misses == [2, 1, 0]  # of one, for whole and for real numbers


def test_every_kernel_is_kept_so():
    modules = (_keeping, _points, accuracy, curve, expectation, experiments, sampling)
    kernels = {
        value
        for module in modules
        for value in vars(module).values()
        if hasattr(value, "stats") and value.stats.cache_path
    }
    assert {"run_experiments", "run_gammas", "run_afresh", "bernoulli_words"} <= {
        kernel.__name__ for kernel in kernels
    }
    for kernel in kernels:
        assert isinstance(kernel._cache._cache_file, cache._CheckedFile)
        assert kernel.compile.__qualname__ == "_by_one_process.<locals>.compile_locked"
