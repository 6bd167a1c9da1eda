"""The first run of all, in two processes: one compiles what the other needs last."""

import os
import signal
import sys
import threading
import warnings
from collections.abc import Sequence

import numpy as np

from featsim._accuracies import class_accuracy
from featsim._experiments import run_class
from featsim._kernels.cache import is_to_be_kept
from featsim._kernels.experiments import run_experiments
from featsim._points import empty_points
from featsim._workers import processors
from featsim.config import Config
from featsim.inits import Init
from featsim.source import ClassPoints, key_of


def compile_ahead(config: Config, inits: Sequence[Init]) -> None:
    """Compile what ``featsim run`` needs last in this process, and the longest part in a copy.

    The longest is ``run_experiments``, more than half of all; when this process comes to it, what
    the copy has kept on disk is there or waited for. Only where it pays and a copy is safe: where
    nothing is kept yet, with a second processor, in a process of one thread. Where the copy fails,
    this process compiles that too.
    """
    needed = config.noise_levels is None and any(
        init.keep_learned == 1.0 and init.keep_memorized in (0.0, 1.0) for init in inits
    )
    alone = sys.platform == "linux" and threading.active_count() == 1
    if not (needed and alone and processors() > 1 and is_to_be_kept(run_experiments)):
        return
    drawn = _one_point(config)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # of threads that no copy needs
            copied = os.fork() == 0
    except OSError:  # there may be no process more
        return
    if copied:
        try:
            _say_nothing()
            _run_experiments(drawn)
        finally:
            os._exit(0)
    class_accuracy(drawn, np.zeros((1, 1, 1, 1), np.bool_), 1)


def _one_point(config: Config) -> ClassPoints:
    """Return one point without features, of the types that ``config`` gives points."""
    points = empty_points(1, np.ones(1, np.int64))
    points.words[:] = 0
    strong = config.strengths is not None or config.max_strength > 1
    return ClassPoints(
        points=points,
        test=points,
        frequencies=np.zeros(1),
        strengths=np.ones(1, np.int64) if strong else None,
    )


def _say_nothing() -> None:
    """End quietly when interrupted, and let nobody who reads the output wait for this process."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in range(3):
        os.dup2(nowhere, stream)


def _run_experiments(drawn: ClassPoints) -> None:
    warm, never = Init("warm", 1.0, 1.0), np.zeros((1, 1), np.bool_)
    run_class(drawn, [1.0], 1, None, (warm,), never, key_of(0, 0), rank=False)
