"""Compilation under a lock, so that many processes may start on an empty cache at once.

Numba replaces each file of its cache in one step, but takes the number of a new data file from an
index that it has read before: two processes that save different signatures of a function at the
same time can get the same number, and one's index may end beside the other's code (numba#10128,
#4807). So the kernels are compiled, or loaded, by one process at a time.
"""

import functools
from pathlib import Path

import filelock

from featsim._experiments import count_well_classified, missing_probability, run_class
from featsim._training_kernels import run_experiments
from featsim.config import Config
from featsim.inits import NAMED
from featsim.sampling import draw_class

TINY = Config(classes=1, features=2, points_per_chunk=1, experiments=1, tau=1, test_points=1)


@functools.cache
def compile_once() -> None:
    """Compile all kernels that a simulation needs, or load them; a second call does nothing."""
    statistics = getattr(run_experiments, "stats", None)
    if statistics is None:  # NUMBA_DISABLE_JIT: nothing is compiled
        return
    with filelock.FileLock(Path(statistics.cache_path) / "featsim.lock"):
        frequencies, points, test = draw_class(TINY, 0, 0)
        result = run_class(points, TINY.gamma, TINY.tau, tuple(set(NAMED.values())))
        count_well_classified(test, result.learned, TINY.tau)
        missing_probability(frequencies, result.learned, TINY.tau)
