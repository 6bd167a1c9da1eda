"""What a sweep will take: its time, from a few simulations of it, and its memory."""

import dataclasses
import math
import time

import numpy as np

from featsim._memory import check_memory, class_bytes
from featsim._sweep.piece import run_piece
from featsim._sweep.plan import Batch, Plan, learner_of, seconds
from featsim._sweep.result import shapes

SAMPLE_SECONDS, SAMPLES = 0.5, 9
NETCDF_LIMIT = 2**31


def processor_seconds(plan: Plan) -> float:
    """Return about how long one processor takes, scaled from simulations of several settings.

    Settings are taken from all over the sweep, until half a second has passed.
    """
    inits = len(plan.inits)
    first = next(plan.pieces())
    places = np.linspace(0, len(plan.configs) - 1, min(SAMPLES, len(plan.configs))).astype(int)
    expected = measured = 0.0
    for place in places:
        config = plan.configs[place]
        batch = Batch(config, ((0, learner_of(config)),), ((0, plan.seeds[0]),))
        piece = dataclasses.replace(first, batches=(batch,))
        if not expected:
            run_piece(piece)  # compiles, and warms the caches
        start = time.perf_counter()
        run_piece(piece)
        measured += time.perf_counter() - start
        expected += seconds(config, inits)
        if measured > SAMPLE_SECONDS:
            break
    total = sum(seconds(config, inits) for config in plan.configs) * len(plan.seeds)
    return total * measured / expected


def result_bytes(plan: Plan) -> int:
    """Return the memory of the result."""
    return sum(
        math.prod(shape) * np.dtype(dtype).itemsize for shape, dtype in shapes(plan).values()
    )


def check_size(plan: Plan, threads: int, *, filed: bool) -> None:
    """Refuse a sweep that does not fit the memory, or the file that is to hold it.

    Raises
    ------
    MemoryError
        If the result and the points of one class for each thread do not fit what is available.
    ValueError
        If a variable does not fit a NetCDF file, which has whole numbers of 4 bytes.
    """
    points = max(class_bytes(config, plan.inits) for config in plan.configs)
    check_memory(result_bytes(plan) + threads * points)
    largest = max(
        math.prod(shape) * (8 if np.dtype(dtype).kind == "f" else 4)
        for shape, dtype in shapes(plan).values()
    )
    if filed and largest >= NETCDF_LIMIT:
        raise ValueError(
            f"output can hold 2 GiB of a variable, not {largest / 2**30:.1f} GiB: "
            "take fewer values or seeds, or reduce = 'mean_std'"
        )
