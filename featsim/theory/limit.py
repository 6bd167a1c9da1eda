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


def _label(
    config: Config, p: Reals, chosen: tuple[Init, ...], seeds: list[int] | None
) -> xr.Dataset:
    order = learning_order(p, config.tau)
    by_init = [expectations(config, p, order, init) for init in chosen]
    axis = p.ndim - 2  # the seeds, if any, come first
    arrays = {
        name: np.stack([np.moveaxis(one[name], 0, axis) for one in by_init], axis=axis)
        for name in by_init[0]
    }
    count = np.nan_to_num(arrays["learn_count"], nan=-1.0)
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
