"""What the simulator gives on a stream, in the exact numbers that the theorems compare."""

import dataclasses
from collections.abc import Mapping
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from featsim._experiments import Learner, count_well_classified
from featsim._memory import check_memory, stream_bytes
from featsim._points import PackedPoints, pack_rows
from featsim._tallies import Arrays, Tallies
from featsim.inits import Init
from featsim.schedules import When
from featsim.stream import FeatureStream, StreamSource

Bools = npt.NDArray[np.bool_]
RANDOM = Init("random", 0, 0)


@dataclasses.dataclass(frozen=True, eq=False)
class Outcome:
    """Experiments 1 … J by initialization: random, and those that forget noise by a schedule."""

    learned: dict[str, Bools]
    """(J, C, K): L."""

    order: dict[str, list[list[tuple[int, ...]]]]
    """The features learned in an experiment, class by class, in the order of learning."""

    training_time: dict[str, list[int]]
    """T^(1) … T^(J), the running sum of points with non-zero gradient."""

    accuracy: dict[str, list[Fraction]]
    """ACC(L^(1)) … ACC(L^(J)); a combination has its share of all points of the stream."""


def run(stream: FeatureStream, gamma: float, tau: int, schedules: Mapping[str, When]) -> Outcome:
    """Run the experiments from nothing, and forgetting only noise by each of the schedules."""
    names = ("random", *schedules)
    inits = (RANDOM, *(Init(name, 1, 0, when) for name, when in schedules.items()))
    result = _variables(stream, gamma, tau, inits)
    learned = result["learned"]
    C = stream.num_classes
    right = sum(
        count_well_classified(
            _class_points(stream, c), learned[:, :, c].reshape(-1, stream.num_features), tau
        ).reshape(learned.shape[:2])
        for c in range(C)
    )
    times = np.cumsum(result["nonzero_gradient_points"], axis=-1)
    orders = within_classes(result["learn_step"])
    share = [Fraction(1, C), 1 - Fraction(1, C)]
    n = len(stream)
    return Outcome(
        learned=dict(zip(names, learned, strict=True)),
        order=dict(zip(names, orders, strict=True)),
        training_time=dict(zip(names, times.tolist(), strict=True)),
        accuracy={
            init: [share[0] + share[1] * Fraction(count, n) for count in counts]
            for init, counts in zip(names, np.asarray(right).tolist(), strict=True)
        },
    )


def _variables(stream: FeatureStream, gamma: float, tau: int, inits: tuple[Init, ...]) -> Arrays:
    """Return the variables of ``simulate_stream``, (init, J, …), without labels."""
    check_memory(stream_bytes(stream, tau=tau, inits=inits, workers=1))
    tallies = Tallies(StreamSource(stream), [(Learner(gamma, tau), inits)], [0])
    return {name: values[0, 0] for name, values in tallies.on_threads(workers=1).items()}


def _class_points(stream: FeatureStream, label: int) -> PackedPoints:
    """Return the points of a class as one chunk."""
    rows = np.flatnonzero(stream.labels == label)
    return pack_rows(stream.features, rows, np.array([rows.size]))


def within_classes(learn_step: npt.NDArray[np.int64]) -> list[list[list[tuple[int, ...]]]]:
    """Return the features learned, in order, for steps (init, J, C, K) that are −1 where not."""
    order = np.argsort(learn_step, axis=-1, kind="stable").tolist()
    skipped = np.count_nonzero(learn_step < 0, axis=-1).tolist()
    return [
        [
            [tuple(row[skip:]) for row, skip in zip(by_class, skips, strict=True)]
            for by_class, skips in zip(rows, counts, strict=True)
        ]
        for rows, counts in zip(order, skipped, strict=True)
    ]


def orders_from_nothing(
    stream: FeatureStream, gamma: float, tau: int
) -> list[list[tuple[int, ...]]]:
    """Return the order within each class for the random start, experiment by experiment."""
    return within_classes(_variables(stream, gamma, tau, (RANDOM,))["learn_step"])[0]
