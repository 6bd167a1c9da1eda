"""What a sweep will take: its time, from a few simulations of it, and its memory."""

import dataclasses
import itertools
import math
import time
from pathlib import Path

import numpy as np

from featsim._memory import check_memory, class_bytes
from featsim._sweep.blocks import blocks
from featsim._sweep.grid import SETTING, Columns, Grid
from featsim._sweep.piece import Batch, run_piece
from featsim._sweep.plan import Plan
from featsim._sweep.result import dims, result_bytes, shapes
from featsim._sweep.zarr_store import is_zarr
from featsim.long_table import check_file, is_table

SAMPLE_SECONDS, SAMPLES = 0.5, 9
NETCDF_LIMIT = 2**31
MEMORY = (
    *("classes", "features", "points_per_chunk", "tau", "test_points"),
    *("drift", "class_arrival", "keep_memorized"),
)
"""The fields that say what the points of a class take."""

ZARR = "or an output that ends in .zarr"


def processor_seconds(plan: Plan) -> float:
    """Return about how long one processor takes, scaled from simulations of several settings.

    Settings are taken from all over the sweep, until half a second has passed.
    """
    places = np.linspace(0, plan.grid.size - 1, min(SAMPLES, plan.grid.size))
    expected = measured = 0.0
    for place in places.astype(int).tolist():
        config, _ = plan.grid.at(place)
        batch = Batch(config, (plan.setting(place),), ((0, plan.seeds[0]),))
        piece = dataclasses.replace(plan.piece([batch]), reduce=None)
        if not expected:
            run_piece(piece)  # compiles, and warms the caches
        start = time.perf_counter()
        run_piece(piece)
        measured += time.perf_counter() - start
        expected += plan.cost(config)
        if measured > SAMPLE_SECONDS:
            break
    return plan.total_cost * measured / expected


def check_size(plan: Plan, threads: int, *, output: str | Path | None) -> None:
    """Refuse a sweep that does not fit the memory, or the file that is to hold it.

    Raises
    ------
    MemoryError
        If the result and the points of one class for each thread do not fit what is available. In a
        Zarr store the result takes no memory, but a block of it for each thread does.
    ValueError
        If a variable does not fit a NetCDF file, which has whole numbers of 4 bytes, or of 8 where
        counts are large; or a table has too many rows, or a variable by class and feature.
    """
    fewer = "values, seeds, points, experiments or workers"
    ends = _ends(plan.grid)
    points = threads * max(itertools.starmap(class_bytes, map(ends.at, range(ends.size))))
    if output is not None and is_zarr(Path(output)):
        block = next(blocks(plan)).plan
        check_memory(points + 3 * max(threads, 1) * result_bytes(block), "sweep", fewer)
        return
    check_memory(points + result_bytes(plan), "sweep", f"{fewer}, {ZARR}")
    if output is None:
        return
    if is_table(Path(output)):
        for name in plan.variables:
            if "class" in dims(plan, name):
                raise ValueError(
                    f"keep must be without {name} where output is a table: "
                    "its variables are by experiment"
                )
        over = 2 if plan.reduce else len(plan.seeds)
        rows = plan.grid.size * over * len(plan.inits) * plan.config.experiments
        check_file(rows, len(plan.variables) + len(plan.grid.varied) + 3)
        return
    counted = max(plan.grid.values("points_per_chunk")) * plan.config.experiments
    if plan.config.points_by_chunk is not None:
        counted = sum(plan.config.points_by_chunk)
    wide = {"f": 8, "i": 8 if counted >= 2**31 else 4}
    largest = max(
        math.prod(shape) * wide.get(np.dtype(dtype).kind, 1)
        for shape, dtype in shapes(plan).values()
    )
    if largest >= NETCDF_LIMIT:
        raise ValueError(
            f"output can hold 2 GiB of a variable, not {largest / 2**30:.1f} GiB: "
            f"take fewer values or seeds, reduce = 'mean_std', {ZARR}"
        )


def _ends(grid: Grid) -> Grid:
    """Return a grid that has the settings whose points take most, and few others.

    Memory rises or falls along an axis, but for a share of the points, which needs masks within.
    """
    dims: dict[str, Columns] = {}
    for dim, columns in grid.dims.items():
        dims[dim] = columns
        if dim != SETTING:
            values = columns[dim]
            within = [value for value in values if dim == "keep_memorized" and 0 < value < 1]
            few = {min(values), max(values), *within[:1]} if dim in MEMORY else values[:1]
            dims[dim] = {dim: tuple(few)}
    return dataclasses.replace(grid, dims=dims)
