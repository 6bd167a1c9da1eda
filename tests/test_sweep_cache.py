"""Many processes that start at once on an empty cache compile once, and all run right."""

import collections
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import featsim

PROCESSES = 4
PROGRAM = """
import json, sys
import featsim
from featsim._kernels import accuracy, sampling, training
modules = (accuracy, sampling, training)
kernels = {k for m in modules for k in vars(m).values() if hasattr(k, "stats")}
cached = [kernel for kernel in kernels if kernel.stats.cache_path]
print("ready", flush=True)
sys.stdin.readline()
out = featsim.simulate(featsim.Config(experiments=5), seeds=1)
misses = {kernel.__name__: sum(kernel.stats.cache_misses.values()) for kernel in cached}
print(json.dumps([misses, out.learned_features.values.tolist(), out.test_accuracy.values.tolist()]))
"""


@pytest.mark.slow
def test_processes_that_start_at_once_compile_each_kernel_once(tmp_path):
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
    printed = [json.loads(process.communicate(timeout=100)[0]) for process in processes]
    assert [process.returncode for process in processes] == [0] * PROCESSES
    compiled = collections.Counter()
    out = featsim.simulate(featsim.Config(experiments=5), seeds=1)
    for misses, learned_features, test_accuracy in printed:
        compiled.update(misses)
        assert learned_features == out.learned_features.values.tolist()
        assert test_accuracy == out.test_accuracy.values.tolist()
    assert compiled.pop("run_gammas") == 0  # sweeps alone take it
    assert {"run_experiments", "bernoulli_words"} <= set(compiled)
    assert set(compiled.values()) == {1}
