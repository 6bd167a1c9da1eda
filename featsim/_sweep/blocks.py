"""The blocks of a sweep: hyper-rectangles of its grid, each a smaller sweep and a chunk of a store.

A piece of a plan is a set of settings that need not be neighbours in the grid. A block is: all its
variables are one chunk each of a Zarr array with the dims of the result, so that writers never
share a chunk, and the store looks like the result in memory.
"""

import dataclasses
import itertools
import math
from collections.abc import Iterator
from typing import NamedTuple

from featsim._memory import RESULT_BYTES
from featsim._sweep.grid import POLICY
from featsim._sweep.plan import Plan
from featsim._sweep.result import result_bytes
from featsim.config import LEARNER

BLOCK_BYTES = 2**25
"""Most that a block has of the result, and most that is made at once for its values of γ."""


class Block(NamedTuple):
    """A part of a sweep, as a sweep of its own, and the region that it fills."""

    number: int
    plan: Plan
    region: tuple[slice, ...]
    """Places along each dim and along the seeds (or statistics)."""


def block_shape(plan: Plan) -> tuple[int, ...]:
    """Return how many places of each dim, and seeds, a block has: about as long as a piece.

    First come the dims that share their points, γ before all, then the seeds, then the others.
    """
    lengths = dict(zip((*plan.grid.dims, "seed"), (*plan.grid.shape, len(plan.seeds)), strict=True))
    shape = dict.fromkeys(lengths, 1)
    room = plan.piece_seconds / (plan.total_cost / plan.simulations)
    room = int(min(room, BLOCK_BYTES * plan.simulations / result_bytes(plan)))
    if plan.reduce:
        shape["seed"] = lengths["seed"]
        room //= lengths["seed"]
    sizes = plan.config.experiments, max(plan.grid.values("features")), len(plan.inits)
    gammas = max(1, BLOCK_BYTES // (RESULT_BYTES * math.prod(sizes)))

    def turn(dim: str) -> int:
        columns = plan.grid.dims.get(dim, {})
        if dim == "seed":
            return 2
        return 0 if set(columns) == {"gamma"} else 1 if {*columns} <= {*LEARNER, *POLICY} else 3

    for dim in sorted(lengths, key=turn):
        if shape[dim] == 1:
            most = min(room, gammas) if "gamma" in plan.grid.dims.get(dim, ()) else room
            shape[dim] = max(1, min(lengths[dim], most))
            room //= shape[dim]
    return tuple(shape.values())


def number_of_blocks(plan: Plan) -> int:
    """Return how many blocks a sweep has."""
    lengths = (*plan.grid.shape, len(plan.seeds))
    pairs = zip(lengths, block_shape(plan), strict=True)
    return math.prod(-(-length // size) for length, size in pairs)


def blocks(plan: Plan) -> Iterator[Block]:
    """Yield the blocks of a sweep, the last dim fastest."""
    lengths, shape = (*plan.grid.shape, len(plan.seeds)), block_shape(plan)
    starts = (range(0, length, size) for length, size in zip(lengths, shape, strict=True))
    for number, corner in enumerate(itertools.product(*starts)):
        region = tuple(
            slice(start, min(start + size, length))
            for start, size, length in zip(corner, shape, lengths, strict=True)
        )
        *places, seeds = region
        part = dataclasses.replace(plan, grid=plan.grid.part(places), seeds=plan.seeds[seeds])
        yield Block(number, part, (*places, slice(0, 2)) if plan.reduce else region)
