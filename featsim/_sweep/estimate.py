"""What a sweep will take: its time, from a few simulations of it, and its memory."""

import dataclasses
import math
import time
from pathlib import Path

import numpy as np

from featsim._memory import check_memory, class_bytes
from featsim._sweep.blocks import blocks
from featsim._sweep.piece import Batch, run_piece
from featsim._sweep.plan import Plan
from featsim._sweep.result import shapes
from featsim._sweep.zarr_store import is_zarr
from featsim.config import Config

SAMPLE_SECONDS, SAMPLES = 0.5, 9
NETCDF_LIMIT = 2**31


def processor_seconds(plan: Plan) -> float:
    """Return about how long one processor takes, scaled from simulations of several settings.

    Settings are taken from all over the sweep, until half a second has passed.
    """
    first = next(plan.pieces())
    places = np.linspace(0, len(plan.configs) - 1, min(SAMPLES, len(plan.configs)))
    expected = measured = 0.0
    for place in places.astype(int).tolist():
        config = plan.configs[place]
        batch = Batch(config, (plan.setting(place),), ((0, plan.seeds[0]),))
        piece = dataclasses.replace(first, batches=(batch,), reduce=None)
        if not expected:
            run_piece(piece)  # compiles, and warms the caches
        start = time.perf_counter()
        run_piece(piece)
        measured += time.perf_counter() - start
        expected += plan.cost(config)
        if measured > SAMPLE_SECONDS:
            break
    return plan.total_cost * measured / expected


def result_bytes(plan: Plan) -> int:
    """Return the memory of the result."""
    return sum(
        math.prod(shape) * np.dtype(dtype).itemsize for shape, dtype in shapes(plan).values()
    )


def check_size(plan: Plan, threads: int, *, output: str | Path | None) -> None:
    """Refuse a sweep that does not fit the memory, or the file that is to hold it.

    Raises
    ------
    MemoryError
        If the result and the points of one class for each thread do not fit what is available.
    ValueError
        If a variable does not fit a NetCDF file, which has whole numbers of 4 bytes, or of 8 where
        counts are large.
    """
    points = max(map(class_bytes, plan.configs, plan.policies))
    zarr = output is not None and is_zarr(Path(output))
    # A store takes the result: memory has, for each thread, a block and what it is made of.
    part = 2 * threads * result_bytes(next(blocks(plan)).plan) if zarr else result_bytes(plan)
    need = part + threads * points
    check_memory(need, "sweep", "values, seeds, points, experiments or workers")
    if output is None or zarr:
        return
    count = 8 if any(_points(config) >= 2**31 for config in plan.configs) else 4
    wide = {"f": 8, "i": count}
    largest = max(
        math.prod(shape) * wide.get(np.dtype(dtype).kind, 1)
        for shape, dtype in shapes(plan).values()
    )
    if largest >= NETCDF_LIMIT:
        raise ValueError(
            f"output can hold 2 GiB of a variable, not {largest / 2**30:.1f} GiB: "
            "take fewer values or seeds, reduce = 'mean_std', or a name that ends in .zarr"
        )


def _points(config: Config) -> int:
    """Return the number of points of all chunks, the largest that a count can be."""
    if config.points_by_chunk is not None:
        return sum(config.points_by_chunk)
    return config.points_per_chunk * config.experiments
