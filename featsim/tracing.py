"""The learning process of a small stream, step by step, in plain NumPy: for reading, not for speed.

``simulate_stream`` gives the same result fast; a trace also says which points leave at each step.
"""

import dataclasses
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from featsim import _checks
from featsim._keeping import decisions
from featsim._purposes import KEPT_FEATURES, KEPT_POINTS
from featsim.inits import Init, resolve
from featsim.schedules import forgets
from featsim.source import key_of
from featsim.stream import FeatureStream, check_stream

Rows = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]


@dataclasses.dataclass(frozen=True, eq=False)
class Step:
    """One turn of Algorithm 2: the most frequent feature is learned, or the run stops there."""

    active: Rows
    """The points with non-zero gradient, N: their rows in the stream, as everywhere here."""

    counts: npt.NDArray[np.int64]
    """(C, K): points of N that have each feature, |T| · g(v; T, N)."""

    feature: tuple[int, int] | None
    """Class and index of the most frequent feature that is not learned; None if all are."""

    learned: bool
    """Whether that feature has a count of at least γ, and so is learned now."""

    leaving: Rows
    """The points that leave N: well classified from now on; where the run stops, memorized."""


@dataclasses.dataclass(frozen=True, eq=False)
class TrainingRun:
    """One experiment (Algorithm 2)."""

    experiment: int
    """Its number j, from 1: it trains on the chunks 0 … j − 1 of the stream."""

    points: int
    """Points of its training data, |T|."""

    kept: npt.NDArray[np.bool_]
    """(C, K): features that it starts with, L."""

    steps: tuple[Step, ...]
    """All steps in order; only in the last is nothing learned."""

    learned: npt.NDArray[np.bool_]
    """(C, K): features that are learned at its end."""

    memorized: Rows
    """Points that are memorized at its end, M, those of earlier experiments included."""


@dataclasses.dataclass(frozen=True, eq=False)
class Trace:
    """The whole learning process of a stream under one initialization."""

    stream: FeatureStream
    """The points."""

    gamma: float
    """Strength of the noise, γ."""

    tau: int
    """Learned features that a point needs to be well classified, τ."""

    init: "Init | Rule"
    """What each experiment keeps of the one before."""

    runs: tuple[TrainingRun, ...]
    """The experiments, in order."""


Rule = Callable[[Mask, Mask, int], tuple[Mask, Mask]]
"""What is kept before an experiment: from L (C, K) and M (n,), and the number of the chunk, from 0,
that has arrived, to what is left of L and M."""


def trace(
    stream: FeatureStream,
    *,
    gamma: float,
    tau: int,
    init: str | Init | Rule = "random",
    seed: int = 0,
) -> Trace:
    """Follow every step of the learning process (Algorithms 2 to 5) of a small stream.

    Parameters
    ----------
    stream
        The points; experiment j trains on the chunks 0 … j − 1. Time grows with the number of
        points times the number of steps, and so does the memory.
    gamma
        Strength of the noise, γ: a finite number above 0.
    tau
        Learned features that a point needs to be well classified, τ: at least 1.
    init
        A policy as in ``simulate_stream``; or a rule of your own, a function that is given L,
        Booleans (C, K), M, Booleans (n,) by row of the stream, and the number of the chunk that
        has arrived, and returns the L and the M that are kept. It is called before every
        experiment but the first. A rule is for small streams: only a policy runs compiled.
    seed
        What policies that keep a share draw from, as in ``simulate_stream``.

    Returns
    -------
    Trace
        The experiments, each with its steps. Ties go to the lowest class, then lowest feature.

    Raises
    ------
    ValueError, TypeError
        If an argument is out of range or of the wrong type, or a rule returns something else.
    """
    check_stream(stream)
    gamma = _checks.real("gamma", gamma, 0.0, np.inf, open_low=True)
    tau = _checks.integer("tau", tau, 1)
    seed = _checks.check_seed("seed", seed)
    chosen = init if callable(init) else resolve([init])[0]
    rule = chosen if callable(chosen) else rule_of(stream, chosen, seed)
    learned = np.zeros((stream.num_classes, stream.num_features), np.bool_)
    memorized = np.zeros(len(stream), np.bool_)
    runs = []
    for experiment in range(1, stream.num_chunks + 1):
        if experiment > 1:
            kept = rule(learned.copy(), memorized.copy(), experiment - 1)
            learned, memorized = _checked(kept, learned.shape, memorized.shape)
        run = _train(stream, experiment, learned, memorized, gamma, tau)
        learned = run.learned
        memorized = np.isin(np.arange(len(stream)), run.memorized)
        runs.append(run)
    return Trace(stream, gamma, tau, chosen, tuple(runs))


def _checked(kept: Any, *shapes: tuple[int, ...]) -> tuple[Mask, Mask]:
    try:
        L, M = (np.array(part) for part in kept)
    except (TypeError, ValueError):
        raise TypeError(f"init must return the pair (L, M), not {kept!r}") from None
    for name, array, shape in zip("LM", (L, M), shapes, strict=True):
        if array.dtype != np.bool_ or array.shape != shape:
            raise ValueError(
                f"init must return {name} as Booleans of shape {shape}, "
                f"not {array.dtype} of shape {array.shape}"
            )
    return L, M


def rule_of(stream: FeatureStream, init: Init, seed: int) -> Rule:
    """Return what a policy keeps before an experiment."""
    C, K, J = stream.num_classes, stream.num_features, stream.num_chunks
    before = forgets(init.when, np.bincount(stream.chunks, minlength=J))
    features = np.full((J, C, K), init.keep_learned == 1.0)
    points = np.full((J, len(stream)), init.keep_memorized == 1.0)
    for c in range(C):
        key = key_of(seed, c)
        if 0.0 < init.keep_learned < 1.0:
            features[:, c] = decisions(key, KEPT_FEATURES, init.keep_learned, J, K)
        if 0.0 < init.keep_memorized < 1.0:
            rows = np.flatnonzero(stream.labels == c)
            rows = rows[np.argsort(stream.chunks[rows], kind="stable")]
            points[:, rows] = decisions(key, KEPT_POINTS, init.keep_memorized, J, rows.size)

    def rule(L: Mask, M: Mask, chunk: int) -> tuple[Mask, Mask]:
        return (L & features[chunk], M & points[chunk]) if before[chunk] else (L, M)

    return rule


def _train(
    stream: FeatureStream,
    experiment: int,
    kept: npt.NDArray[np.bool_],
    memorized: npt.NDArray[np.bool_],
    gamma: float,
    tau: int,
) -> TrainingRun:
    """Run Algorithm 2 from the features and the points that were kept."""
    arrived = stream.chunks < experiment
    learned = kept.copy()
    steps: list[Step] = []
    while not steps or steps[-1].learned:
        active = arrived & ~memorized & (_learned_features(stream, learned) < tau)
        counts = np.zeros(learned.shape, np.int64)
        np.add.at(counts, stream.labels[active], stream.features[active])
        candidates = np.where(learned, -1, counts)
        c, k = np.unravel_index(candidates.argmax(), candidates.shape)
        learns = bool(candidates[c, k] >= gamma)
        leaving = active
        if learns:
            learned[c, k] = True
            leaving = active & (_learned_features(stream, learned) >= tau)
        steps.append(
            Step(
                active=np.flatnonzero(active),
                counts=counts,
                feature=None if candidates[c, k] < 0 else (int(c), int(k)),
                learned=learns,
                leaving=np.flatnonzero(leaving),
            )
        )
    return TrainingRun(
        experiment=experiment,
        points=int(arrived.sum()),
        kept=kept,
        steps=tuple(steps),
        learned=learned,
        memorized=np.flatnonzero(memorized | leaving),
    )


def _learned_features(
    stream: FeatureStream, learned: npt.NDArray[np.bool_]
) -> npt.NDArray[np.int64]:
    """Return |V(x) ∩ L| of each point."""
    counts: npt.NDArray[np.int64] = np.sum(stream.features & learned[stream.labels], axis=1)
    return counts
