"""The limit of infinite data: counts are their expectations, and no point is drawn.

Let p_(1) ≥ p_(2) ≥ … be the frequencies of a class, Q_i = P(|V(x) ∩ L| < τ) for L the i most
frequent features, and n_c the points of the class in a chunk. A feature v ∉ L is independent of
whether a point has fewer than τ features of L, so that the expected count of v over j chunks is
j n_c p_v Q. The factor of p_v is common to all v ∉ L: features are learned in the order of their
frequencies, and without memory the i-th is learned from j chunks if j n_c p_(i) Q_(i−1) ≥ γ. The
left side falls with i, so that random and ideal, which starts from a prefix of the same order,
both learn the longest prefix that meets it. Warm counts the new chunk alone, because what is left
of the old points is memorized: its counts, n_c p_v Q, are below γ since the first experiment.
"""

import dataclasses
from collections.abc import Iterable
from typing import Any

import numpy as np
import numpy.typing as npt
import xarray as xr

from featsim._labels import label
from featsim._tallies import expected_accuracy
from featsim.config import Config
from featsim.inits import PAPER_INITS, Init, resolve
from featsim.sampling import ConfigSource
from featsim.source import key_of
from featsim.theory.accuracy import check_frequencies
from featsim.variables import VARIABLES

Reals = npt.NDArray[np.float64]
Counts = npt.NDArray[np.int64]


@dataclasses.dataclass(frozen=True)
class LearningOrder:
    """The order in which every class is learned, and what is left to learn after each feature."""

    rank: Counts
    """(…, C, K): place of feature k, 0 for the most frequent; of equals, the lowest comes first."""

    share: Reals
    """(…, C, K): p_(i) Q_(i−1), the share of the class's points that count for the i-th feature."""

    below: Reals
    """(…, C, K + 1): Q_i, the share of the class's points below τ after i features."""


def learning_order(frequencies: Reals, tau: int) -> LearningOrder:
    """Return the order for frequencies (…, C, K), from the Poisson-binomial law of prefixes."""
    K = frequencies.shape[-1]
    order = np.argsort(-frequencies, axis=-1, kind="stable")
    p = np.take_along_axis(frequencies, order, axis=-1)
    mass = np.zeros((*p.shape[:-1], tau))
    mass[..., 0] = 1.0
    below = np.ones((*p.shape[:-1], K + 1))
    for i in range(K):
        present = p[..., i, None]
        mass[..., 1:] = mass[..., 1:] * (1.0 - present) + mass[..., :-1] * present
        mass[..., :1] *= 1.0 - present
        if i + 1 >= tau:  # fewer than τ features leave every point below τ
            below[..., i + 1] = mass.sum(axis=-1)
    below = np.minimum.accumulate(below, axis=-1)
    return LearningOrder(np.argsort(order, axis=-1), p * below[..., :-1], below)


def mean_field(
    config: Config,
    frequencies: npt.ArrayLike | None = None,
    *,
    inits: str | Init | Iterable[str | Init] = PAPER_INITS,
) -> xr.Dataset:
    """Return the deterministic limit of ``simulate`` as points and γ grow in proportion.

    The cost does not depend on the number of points: time is O(C K (τ + J)) for each row of
    frequencies.

    Parameters
    ----------
    config
        The setting; counts are in its points, and compared with its γ.
    frequencies
        (C, K), or (S, C, K) for S seeds, such as ``simulate(config).frequencies``. If they are not
        given, the configuration's, or else those that ``simulate`` draws for seed 0.
    inits
        As for ``simulate``. An initialization that forgets features but keeps memorized points has
        no such limit here.

    Returns
    -------
    xarray.Dataset
        The variables of ``simulate`` with expected values: counts and points are real numbers, and
        ``test_accuracy`` is the expected one. With (S, C, K) frequencies, a dim ``seed``.

    Raises
    ------
    ValueError, TypeError
        If frequencies are no such table, or an initialization is unknown or has no limit.
    """
    chosen = resolve(inits)
    for init in chosen:
        if init.keep_memorized and not init.keep_learned:
            raise ValueError(
                "inits must not forget features while keeping memorized points, "
                f"as {init.name!r} does: the limit of that is not known"
            )
    p, seeds = table_of_frequencies(config, frequencies)
    return _label(config, p, chosen, seeds)


def table_of_frequencies(
    config: Config, frequencies: npt.ArrayLike | None
) -> tuple[Reals, list[int] | None]:
    """Return frequencies (C, K) or (S, C, K) for a configuration, and the S seeds, if any."""
    if frequencies is None and config.frequencies is None:
        source = ConfigSource(config)
        rows = [source.frequencies(key_of(0, c), c) for c in range(config.classes)]
        return np.stack(rows), None
    given = config.frequencies if frequencies is None else frequencies
    p = np.asarray(given, np.float64)
    C, K = config.classes, config.features
    if p.ndim not in (2, 3) or p.shape[-2:] != (C, K):
        raise ValueError(
            f"frequencies must have the shape ({C}, {K}) or (S, {C}, {K}), not {p.shape}"
        )
    check_frequencies(p)
    if p.ndim == 2:
        return p, None
    seeds = given.coords["seed"] if isinstance(given, xr.DataArray) else np.arange(len(p))
    return p, [int(seed) for seed in seeds]


def prefixes(config: Config, order: LearningOrder) -> Counts:
    """Return how many features are learned from j chunks without memory, (J, …, C)."""
    points = config.points_per_chunk / config.classes
    learned = [
        np.count_nonzero(j * points * order.share >= config.gamma, axis=-1)
        for j in range(1, config.experiments + 1)
    ]
    return np.stack(learned)


def left_below(order: LearningOrder, sizes: Counts) -> Reals:
    """Return Q_i of every class for prefixes of i features, both (J, …, C)."""
    last = np.moveaxis(sizes, 0, -1)
    return np.moveaxis(np.take_along_axis(order.below, last, axis=-1), -1, 0)


def _expectations(
    config: Config, order: LearningOrder, whole: Counts, init: Init
) -> dict[str, npt.NDArray[Any]]:
    """Return the variables of one initialization, with the experiments first."""
    points = config.points_per_chunk / config.classes
    chunks = np.arange(1, config.experiments + 1).reshape(-1, *[1] * (whole.ndim - 1))
    size = np.broadcast_to(whole[:1], whole.shape) if init.keep_memorized else whole
    before = np.zeros_like(size)
    if init.keep_learned:
        before[1:] = size[:-1]
    trained = points * (np.ones_like(chunks) if init.keep_memorized else chunks)
    learned = order.rank < size[..., None]
    fresh = learned & (order.rank >= before[..., None])
    share = np.take_along_axis(order.share, order.rank, axis=-1)
    below = left_below(order, size)
    return {
        "learned": learned,
        "learn_count": np.where(fresh, trained[..., None] * share, -1.0),
        "learned_features": size.sum(axis=-1),
        "nonzero_gradient_points": (trained * left_below(order, before)).sum(axis=-1),
        "memorized_points": (chunks * points * below).sum(axis=-1),
        "exact_accuracy": expected_accuracy(below),
    }


def _label(
    config: Config, p: Reals, chosen: tuple[Init, ...], seeds: list[int] | None
) -> xr.Dataset:
    order = learning_order(p, config.tau)
    whole = prefixes(config, order)
    by_init = [_expectations(config, order, whole, init) for init in chosen]
    axis = p.ndim - 2  # the seeds, if any, come first
    arrays = {
        name: np.stack([np.moveaxis(one[name], 0, axis) for one in by_init], axis=axis)
        for name in by_init[0]
    }
    count = arrays["learn_count"]
    flat = count.reshape(*count.shape[:-2], -1)
    step = np.argsort(np.argsort(-flat, axis=-1, kind="stable"), axis=-1).reshape(count.shape)
    arrays["learn_step"] = np.where(count < 0, -1, step)
    arrays["frequencies"] = p
    if config.test_points:
        arrays["test_accuracy"] = arrays["exact_accuracy"]
    result = label(arrays, inits=chosen, seeds=seeds, settings=config.to_json())
    outer = () if seeds is None else ("seed",)
    for name in ("learn_count", "nonzero_gradient_points", "memorized_points"):  # real, not whole
        result[name] = ((*outer, *VARIABLES[name].dims), arrays[name], result[name].attrs)
    return result
