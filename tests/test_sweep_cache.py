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
import json, sys
from kernels import one, two, unused
print("ready", flush=True)
sys.stdin.readline()
values = [one(1), two(1), one(0.5)]
misses = [sum(kernel.stats.cache_misses.values()) for kernel in (one, two, unused)]
print(json.dumps([values, misses]))
"""


@pytest.mark.slow
def test_processes_that_start_at_once_compile_each_kernel_once(tmp_path):
    (tmp_path / "kernels.py").write_text(KERNELS)
    path = os.pathsep.join([str(ROOT), str(tmp_path)])
    environment = {"NUMBA_CACHE_DIR": str(tmp_path / "cache"), "PYTHONPATH": path}
    processes = [
        subprocess.Popen(
            [sys.executable, "-W", "error", "-c", PROGRAM],
            env=os.environ | environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(PROCESSES)
    ]
    for process in processes:
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        process.stdin.write("go\n")
        process.stdin.flush()
    printed = [json.loads(process.communicate(timeout=100)[0]) for process in processes]
    assert [process.returncode for process in processes] == [0] * PROCESSES
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
