"""The limit of infinite data: counts are their expectations, and no point is drawn.

In a class with frequencies p_(1) ≥ p_(2) ≥ … and n_c points a chunk, a_i = p_(i) Q_(i−1) is the
share of points that count for the i-th feature (``featsim.theory.order``). Without memory it is
learned from j chunks if j n_c a_i ≥ γ, so that random and ideal, which starts from a prefix of the
same order, both learn the longest prefix that meets it. Warm counts the new chunk alone, because
what is left of the old points is memorized: its counts, n_c p_v Q, are below γ since the first
experiment. All other policies lie between (``featsim.theory.expectations``).
"""

import dataclasses
from collections.abc import Iterable

import numpy as np
import numpy.typing as npt
import xarray as xr

from featsim.config import Config
from featsim.inits import PAPER_INITS, Init, resolve
from featsim.theory.expectations import expectations
from featsim.theory.order import Reals, learning_order
from featsim.theory.streams import (
    beyond,
    labelled,
    mean_field_of_stream,
    steps_of,
    tables_of,
)

SUPPORTED = (
    "classes", "features", "points_per_chunk", "experiments", "gamma", "tau", "max_frequency",
    "test_points", "frequencies", "frequency_law", "frequency_exponent",
)  # fmt: skip
"""Fields that the closed form knows; the others must have their defaults."""


def mean_field(
    config: Config,
    frequencies: npt.ArrayLike | None = None,
    *,
    inits: str | Init | Iterable[str | Init] = PAPER_INITS,
) -> xr.Dataset:
    """Return the deterministic limit of ``simulate`` as points and γ grow in proportion.

    The cost does not depend on the number of points: time is O(C K (τ + J)) for each row of
    frequencies, and O(C K (τ² + τ J + J²)) at most for a policy that forgets features and keeps
    noise.

    Parameters
    ----------
    config
        The setting; counts are in its points, and compared with its γ. Where it goes beyond the
        paper, the limit is that of ``featsim.theory.streams``, found experiment by experiment.
    frequencies
        (C, K), or (S, C, K) for S seeds, such as ``simulate(config).frequencies``; where they
        change, (J, C, K) or (S, J, C, K). If they are not given, the configuration's, or else
        those that ``simulate`` draws for seed 0.
    inits
        As for ``simulate``, with any shares and schedules; beyond the paper, those that keep
        memorized points must keep all features.

    Returns
    -------
    xarray.Dataset
        The variables of ``simulate`` with expected values: counts and points are real numbers, and
        ``test_accuracy`` is the expected one. With (S, C, K) frequencies, a dim ``seed``.
        What is learned does not depend on which features are kept, and points are expected over
        it; but where a policy keeps a share of features between 0 and 1, chance decides for
        ``learn_count`` of those that it may have kept, and for ``learnable_features``, even for
        infinite data. They are NaN there, and ``learn_step`` counts the other features alone.

    Raises
    ------
    ValueError, TypeError
        If frequencies are no such table, or an initialization is unknown or has no known limit.
    """
    chosen = resolve(inits)
    if beyond(config):
        return mean_field_of_stream(config, frequencies, chosen)
    p, seeds = table_of_frequencies("mean_field", config, frequencies)
    return _label(config, p, chosen, seeds)


def table_of_frequencies(
    user: str, config: Config, frequencies: npt.ArrayLike | None
) -> tuple[Reals, list[int] | None]:
    """Return frequencies (C, K) or (S, C, K) for a configuration, and the S seeds, if any.

    A ValueError if the configuration has what the closed form, which ``user`` needs, does not know.
    """
    for field in dataclasses.fields(config):
        value = getattr(config, field.name)
        if field.name not in SUPPORTED and value != field.default:
            raise ValueError(f"{field.name} must be {field.default} for {user}, not {value}")
    if config.frequencies_change:
        raise ValueError(f"frequencies must not change for {user}")
    tables, seeds = tables_of(config, frequencies)
    return (tables[0] if seeds is None else tables), seeds


def one_table(user: str, config: Config, frequencies: npt.ArrayLike | None) -> Reals:
    """Return frequencies (C, K) for a configuration; a ValueError if they are of several seeds."""
    p, seeds = table_of_frequencies(user, config, frequencies)
    if seeds is not None:
        raise ValueError(f"frequencies must have the shape (C, K), not {p.shape}")
    return p


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
    arrays["learn_step"] = steps_of(np.nan_to_num(arrays["learn_count"], nan=-1.0), None)
    arrays["frequencies"] = p
    if config.test_points:
        arrays["test_accuracy"] = arrays["exact_accuracy"]
    return labelled(config, arrays, chosen, seeds)
