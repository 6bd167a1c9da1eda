"""Many processes that start at once on an empty cache compile once, and all run right."""

import os
import subprocess
import sys
from pathlib import Path

import featsim

PROCESSES = 5
PROGRAM = """
import pathlib, sys, time
import featsim
from featsim import _accuracy_kernels, _compile_once, _sampling_kernels, _training_kernels
print("ready", flush=True)
sys.stdin.readline()
_compile_once.compile_once()
modules = (_accuracy_kernels, _sampling_kernels, _training_kernels)
values = [value for module in modules for value in vars(module).values()]
kernels = [value for value in values if hasattr(value, "signatures")]
used = [len(kernel.signatures) for kernel in kernels]
out = featsim.simulate(featsim.Config(experiments=5), seeds=1, workers=1)
assert used == [len(kernel.signatures) for kernel in kernels], "compiled more"
misses = sum(sum(kernel.stats.cache_misses.values()) for kernel in kernels)
print(misses, int(out.learned_features.sum()), float(out.test_accuracy.sum()))
"""


def test_processes_that_start_at_once_compile_once(tmp_path):
    environment = {**os.environ, "NUMBA_CACHE_DIR": str(tmp_path)}
    environment["PYTHONPATH"] = str(Path(featsim.__file__).parents[1])
    processes = [
        subprocess.Popen(
            [sys.executable, "-W", "error", "-c", PROGRAM],
            env=environment,
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
    printed = [process.communicate(timeout=100)[0].split() for process in processes]
    assert [process.returncode for process in processes] == [0] * PROCESSES
    out = featsim.simulate(featsim.Config(experiments=5), seeds=1)
    expected = [int(out.learned_features.sum()), float(out.test_accuracy.sum())]
    assert [[int(learned), float(right)] for _, learned, right in printed] == [expected] * PROCESSES
    misses = sorted(int(missed) for missed, *_ in printed)
    assert misses[:-1] == [0] * (PROCESSES - 1)
    assert misses[-1] > 10
