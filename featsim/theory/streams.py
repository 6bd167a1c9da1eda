"""The limit of infinite data beyond the paper's setting: drift, windows, noise and strengths.

Counts are their expectations, as in ``featsim.theory.limit``, but chunks may have frequencies and
sizes of their own. With the clean points n_d of chunk d and Q_d = P(|V(x) ∩ L| < τ) there, V(x)
counted by strengths, experiment j learns the v ∉ L of the largest

    s_v Σ_d w_d n_d p_dv Q_d

as long as it reaches γ. Old chunks have w_d = φ, the share of the noise that is forgotten before j:
a point below τ at the end of an experiment is memorized there, whatever its features, and stays
so with probability 1 − φ. The newest chunk has w_d = 1, chunks that have left the window 0.

- **Drift** makes the sum a mixture, so that the order depends on L, and is found step by step.
- **Strengths** in a stationary stream: Q is common to all v, and the order that of s_v p_v.
- **Label noise** leaves n_d = (1 − η) n: what is learned is what γ / (1 − η) lets be learned. But
  the points without features have a gradient until they are memorized, in every experiment anew
  if noise is forgotten.
- **Levels** γ_1 > … > γ_G with shares q_g of the points: features are learned while the best
  count times Σ_{h ≥ g} q_h reaches γ_g, then level g is memorized. The thresholds γ_g and the
  counts fall in turns.
"""

from typing import Any

import numpy as np
import numpy.typing as npt
import xarray as xr

from featsim import _tables
from featsim._accuracies import class_accuracy
from featsim._keeping import kept_features
from featsim._kernels.expectation import expect_experiments
from featsim._labels import label
from featsim._points import pack_points
from featsim._tallies import expected_accuracy
from featsim.config import Config
from featsim.inits import Init
from featsim.sampling import ConfigSource
from featsim.schedules import forgets
from featsim.source import ClassPoints, Counts, Reals, key_of
from featsim.theory.accuracy import check_frequencies
from featsim.variables import VARIABLES

Arrays = dict[str, npt.NDArray[Any]]
NO_POINTS = pack_points(np.zeros((0, 1), np.bool_), np.zeros(1, np.int64))
REAL = ("learn_count", "nonzero_gradient_points", "memorized_points", "learnable_features")
"""Expectations of what is a whole number in a simulation."""

BEYOND = (
    "label_noise",
    "class_arrival",
    "points_by_chunk",
    "window",
    "max_strength",
    "strengths",
    "noise_levels",
)
"""Fields that take a configuration beyond the closed form of ``featsim.theory.limit``."""


def beyond(config: Config) -> bool:
    """Whether a configuration uses what only ``mean_field_of_stream`` knows."""
    default = Config()
    return config.frequencies_change or any(
        getattr(config, name) != getattr(default, name) for name in BEYOND
    )


def mean_field_of_stream(
    config: Config, frequencies: npt.ArrayLike | None, inits: tuple[Init, ...]
) -> xr.Dataset:
    """Return the limit of ``simulate`` for any configuration; see ``mean_field``.

    Parameters
    ----------
    config
        The setting.
    frequencies
        As for ``mean_field``; where they change, (J, C, K), or (S, J, C, K) for S seeds. Strengths
        and the features that a policy keeps by share are those that ``simulate`` draws for a seed.
    inits
        Those that keep memorized points must keep all features.

    Raises
    ------
    ValueError
        If frequencies are no such table, or the limit of an initialization is not known.
    """
    for init in inits:
        if init.keep_memorized > 0.0 and init.keep_learned < 1.0:
            raise ValueError(
                "inits must not forget features while keeping memorized points in such a stream, "
                f"as {init.name!r} does: the limit of that is not known"
            )
    tables, seeds = tables_of(config, frequencies)
    drawn_for = [0] if seeds is None else seeds
    by_seed = [_one_seed(config, p, inits, s) for p, s in zip(tables, drawn_for, strict=True)]
    arrays = {name: np.stack([one[name] for one in by_seed]) for name in by_seed[0]}
    if seeds is None:
        arrays = {name: array[0] for name, array in arrays.items()}
    return labelled(config, arrays, inits, seeds)


def labelled(
    config: Config, arrays: Arrays, inits: tuple[Init, ...], seeds: list[int] | None
) -> xr.Dataset:
    """Label expected values as a result, but for its whole numbers, which these are not."""
    whole = {name: np.nan_to_num(arrays[name]) if name in REAL else arrays[name] for name in arrays}
    result = label(whole, inits=inits, seeds=seeds, settings=config.to_json())
    for name in REAL:
        result[name] = (result[name].dims, arrays[name], result[name].attrs)
    return result


def tables_of(config: Config, frequencies: npt.ArrayLike | None) -> tuple[Reals, list[int] | None]:
    """Return frequencies (S, [J,] C, K), and the seeds, or None for one row without a seed."""
    if frequencies is None and config.frequencies is None:
        source = ConfigSource(config)
        rows = [source.frequencies(key_of(0, c), c) for c in range(config.classes)]
        return np.stack(rows, axis=-2)[None], None
    _tables.refuse_masked("frequencies", frequencies)
    given = config.frequencies if frequencies is None else frequencies
    p = np.asarray(given, np.float64)
    shape = [config.classes, config.features]
    if config.frequencies_change:
        shape.insert(0, config.experiments)
    if p.ndim not in (len(shape), len(shape) + 1) or list(p.shape[-len(shape) :]) != shape:
        sizes = ", ".join(map(str, shape))
        raise ValueError(
            f"frequencies must have the shape ({sizes}) or (S, {sizes}), not {p.shape}"
        )
    check_frequencies(p)
    if p.ndim == len(shape):
        return p[None], None
    seeds = given.coords["seed"] if isinstance(given, xr.DataArray) else np.arange(len(p))
    return p, [int(seed) for seed in seeds]


def _one_seed(config: Config, p: Reals, inits: tuple[Init, ...], seed: int) -> Arrays:
    """Return the variables of one seed, with the frequencies ([J,] C, K)."""
    source = ConfigSource(config)
    keys = [key_of(seed, c) for c in range(config.classes)]
    drawn = [source.strengths(key, c) for c, key in enumerate(keys)]
    strengths = None if drawn[0] is None else np.array(drawn)
    times = [None] * config.classes if strengths is None else list(strengths)
    J, C, K = config.experiments, config.classes, config.features
    series = (len(inits), J, C)
    missing, so_far = np.empty(series), np.empty(series)
    expected: Arrays = {
        "learned": np.empty((*series, K), np.bool_),
        "learn_count": np.empty((*series, K)),
        "nonzero_gradient_points": np.empty(series),
        "memorized_points": np.empty(series),
        "learnable_features": np.empty(series),
    }
    for i, c in np.ndindex(len(inits), C):
        one = _one_class(config, p[..., c, :], source.sizes[:, c], times[c], inits[i], keys[c])
        for name, array in zip(expected, one, strict=True):
            expected[name][i, :, c] = array
    learned = expected["learned"]
    for c in range(C):
        law = ClassPoints(
            points=NO_POINTS, frequencies=np.ascontiguousarray(p[..., c, :]), strengths=times[c]
        )
        judged = class_accuracy(law, learned[:, None, :, c], config.tau)
        for array, values in ((missing, judged.missing), (so_far, judged.missing_so_far)):
            if values is not None:
                array[..., c] = values[:, 0]
    for name, array in expected.items():
        if "class" not in VARIABLES[name].dims:
            expected[name] = array.sum(axis=-1)
    expected["learned_features"] = learned.sum(axis=(-2, -1))
    expected["learn_step"] = steps_of(expected["learn_count"], strengths)
    expected["exact_accuracy"] = expected_accuracy(missing, source.seen)
    if config.test_points:
        expected["test_accuracy"] = expected["exact_accuracy"]
    if config.frequencies_change:
        expected["exact_accuracy_so_far"] = expected_accuracy(so_far, source.seen)
    expected["frequencies"] = p
    if strengths is not None:
        expected["strengths"] = strengths
    return {name: expected[name] for name in VARIABLES if name in expected}


def _one_class(
    config: Config, p: Reals, sizes: Counts, strengths: Counts | None, init: Init, key: Any
) -> tuple[npt.NDArray[Any], ...]:
    """Return what the kernel fills for one class, (J,) and (J, K)."""
    J, K = config.experiments, config.features
    levels = np.array(config.noise_levels or [(1.0, 1.0)])
    levels = levels[levels[:, 1] > 0.0]
    levels = levels[np.argsort(-levels[:, 0], kind="stable")]
    kept = np.full((J, K), init.keep_learned == 1.0)
    if 0.0 < init.keep_learned < 1.0:
        kept = kept_features(key, init.keep_learned, J, K)
    by_chunk = ConfigSource(config).sizes.sum(axis=1)
    out = (
        np.empty((J, K), np.bool_),
        np.empty((J, K)),
        np.empty(J),
        np.empty(J),
        np.empty(J),
    )
    expect_experiments(
        np.array(p, order="C").reshape(-1, K),  # read-only ones would be compiled for as well
        sizes.astype(np.float64),
        config.label_noise,
        np.ones(K, np.int64) if strengths is None else strengths,
        (config.gamma * levels[:, 0], np.ascontiguousarray(levels[:, 1])),
        config.tau,
        min(config.window or J, J),
        forgets(init.when, by_chunk),
        kept,
        init.keep_memorized,
        out,
    )
    return out


def steps_of(counts: Reals, strengths: Counts | None) -> Counts:
    """Return the order of learning over all classes from (init, J, C, K) counts."""
    weighted = counts if strengths is None else np.where(counts < 0, -1.0, counts * strengths)
    flat = weighted.reshape(*counts.shape[:-2], -1)
    step = np.argsort(np.argsort(-flat, axis=-1, kind="stable"), axis=-1).reshape(counts.shape)
    return np.where(counts < 0, -1, step)
