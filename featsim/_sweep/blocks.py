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

from featsim._sweep.axes import POLICY
from featsim._sweep.piece import Piece
from featsim._sweep.plan import Plan
from featsim.config import LEARNER


class Block(NamedTuple):
    """A part of a sweep, as a sweep of its own, and the region that it fills."""

    key: str
    plan: Plan
    region: tuple[slice, ...]
    """Places along each axis and along the seeds (or statistics)."""

    def piece(self) -> Piece:
        """Return the block as one piece of its own plan."""
        batches = (batch for piece in self.plan.pieces() for batch in piece.batches)
        plan = self.plan
        return Piece(tuple(batches), plan.variables, plan.by_chunk, plan.reduce)


def block_shape(plan: Plan) -> tuple[int, ...]:
    """Return how many values of each axis, and seeds, a block has: about as long as a piece.

    First come the axes that share their points, γ before all, then the seeds, then the others.
    """
    lengths = {name: len(values) for name, values in plan.axes.items()}
    lengths["seed"] = len(plan.seeds)
    room = max(1, int(plan.piece_seconds / (plan.total_cost / plan.simulations)))
    shape = dict.fromkeys(lengths, 1)
    if plan.reduce:
        shape["seed"] = lengths["seed"]
        room = max(1, room // lengths["seed"])
    others = (name for name in plan.axes if name not in (*LEARNER, *POLICY))
    for name in (*LEARNER, *POLICY, "seed", *others):
        if name in lengths and shape[name] == 1:
            shape[name] = min(lengths[name], room)
            room //= shape[name]
    return tuple(shape.values())


def blocks(plan: Plan) -> Iterator[Block]:
    """Yield the blocks of a sweep, the last axis fastest."""
    values = (*plan.axes.values(), plan.seeds)
    starts = [
        range(0, len(along), size) for along, size in zip(values, block_shape(plan), strict=True)
    ]
    shape = block_shape(plan)
    for number, corner in enumerate(itertools.product(*starts)):
        region = tuple(
            slice(start, min(start + size, len(along)))
            for start, size, along in zip(corner, shape, values, strict=True)
        )
        part = _part(plan, region)
        yield Block(str(number), part, (*region[:-1], slice(0, 2)) if plan.reduce else region)


def _part(plan: Plan, region: tuple[slice, ...]) -> Plan:
    """Return the sweep of some values of each axis, and of some seeds."""
    axes = {
        name: values[some]
        for (name, values), some in zip(plan.axes.items(), region[:-1], strict=True)
    }
    lengths = [len(values) for values in plan.axes.values()]
    strides = [math.prod(lengths[i + 1 :]) for i in range(len(lengths))]
    places = [
        sum(i * stride for i, stride in zip(point, strides, strict=True))
        for point in itertools.product(*(range(s.start, s.stop) for s in region[:-1]))
    ]
    return dataclasses.replace(
        plan,
        axes=axes,
        seeds=plan.seeds[region[-1]],
        configs=tuple(plan.configs[place] for place in places),
        policies=tuple(plan.policies[place] for place in places),
    )
