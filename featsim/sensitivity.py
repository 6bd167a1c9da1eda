"""Global sensitivity: which parameter of the framework matters, for what, and when."""

import dataclasses
import json
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import numpy.typing as npt

from featsim import _checks, _tables
from featsim._labels import versions
from featsim._workers import check_workers, watched
from featsim.config import Config, check_config
from featsim.inits import PAPER_INITS, Init, resolve
from featsim.simulation import simulate
from featsim.theory.limit import mean_field

if TYPE_CHECKING:
    import xarray as xr

Reals = npt.NDArray[np.float64]

INTEGERS = ("features", "points_per_chunk", "tau")
REALS = ("gamma", "max_frequency", "frequency_exponent")
QUANTITIES = ("accuracy", "training_time", "learned_features", "gap")
RESAMPLES = 100

__all__ = ["sensitivity"]


def sensitivity(
    config: Config,
    ranges: Mapping[str, tuple[float, float]],
    *,
    inits: str | Init | Iterable[str | Init] = PAPER_INITS,
    samples: int = 256,
    model: Literal["mean_field", "simulator"] = "mean_field",
    seeds: int = 5,
    seed: int = 0,
    workers: int | None = None,
    progress: bool | None = None,
) -> "xr.Dataset":
    """Return Sobol indices of parameters: how much of a result's variance each accounts for.

    Parameters are uniform on their ranges and independent; integers are rounded. With N samples
    and D parameters, N (D + 2) settings are computed (Saltelli, Computer Physics Communications
    145, 2002), by SALib.

    Parameters
    ----------
    config
        The fields that have no range.
    ranges
        Low and high end by field: at least two of ``gamma``, ``tau``, ``features``,
        ``max_frequency``, ``frequency_exponent``, ``points_per_chunk``.
    inits
        As for ``simulate``; the gap is random's accuracy less that of each.
    samples
        N, a power of two of at least 8.
    model
        ``"mean_field"`` for ``theory.mean_field`` with the frequencies of seed 0, or
        ``"simulator"`` for the mean of ``simulate`` over seeds.
    seeds
        Seeds of the simulator: at least 1.
    seed
        Seed of the samples and of the confidence intervals.
    workers, progress
        As for ``simulate``.

    Returns
    -------
    xarray.Dataset
        ``first_order`` and ``total`` with half the width of their 95 % confidence intervals,
        ``first_order_confidence`` and ``total_confidence``, by ``quantity`` (accuracy, training
        time T^(j) so far, learned features, gap), ``parameter``, ``init`` and ``experiment``. They
        are NaN where the quantity does not vary.

    Raises
    ------
    ValueError, TypeError
        If an argument is out of range, or a corner of the ranges is no configuration.
    ImportError
        If SALib is not installed.
    """
    check_config(config)
    box = _checked(config, ranges)
    N = _checks.integer("samples", samples, 8)
    if N & (N - 1):
        raise ValueError(f"samples must be a power of two, not {N}")
    if model not in ("mean_field", "simulator"):
        raise ValueError(f"model must be 'mean_field' or 'simulator', not {model!r}")
    chosen = resolve(inits)
    number = _checks.integer("seeds", seeds, 1)
    first = _checks.integer("seed", seed, 0, 2**32 - 1)
    threads = check_workers(workers)
    try:
        from SALib.sample import sobol
    except ImportError:
        raise ImportError("sensitivity needs SALib: pip install 'featsim[analysis]'") from None
    problem = {"num_vars": len(box), "names": list(box), "bounds": list(box.values())}
    points = sobol.sample(problem, N, calc_second_order=False, seed=first)
    both = resolve(("random", *chosen))
    places = [both.index(init) for init in chosen]
    results = []
    settings = [_at(config, dict(zip(box, row, strict=True))) for row in points.tolist()]
    for one in watched(iter(settings), len(settings), progress):
        if model == "mean_field":
            out = mean_field(one, inits=both)
        else:
            out = simulate(one, inits=both, seeds=number, workers=threads, progress=False)
            out = out.drop_dims("feature", errors="ignore").mean("seed")
        results.append(_quantities(out))
    return _labelled(problem, np.stack(results)[:, :, places], chosen, config, first)


def _checked(config: Config, ranges: Any) -> dict[str, tuple[float, float]]:
    if not isinstance(ranges, Mapping):
        raise TypeError(f"ranges must be a mapping from fields to (low, high), not {ranges!r}")
    if len(ranges) < 2:
        raise ValueError(f"ranges must be of at least two fields, not {len(ranges)}")
    box: dict[str, tuple[float, float]] = {}
    for name, ends in ranges.items():
        if name not in (*INTEGERS, *REALS):
            raise ValueError(
                f"ranges must be of fields among {', '.join((*INTEGERS, *REALS))}, not {name!r}"
            )
        if _tables.array(f"the range of {name}", ends).shape != (2,):
            raise ValueError(f"the range of {name} must be (low, high), not {ends!r}")
        low, high = (_checks.real(f"an end of {name}", end, -np.inf, np.inf) for end in ends)
        if low >= high:
            raise ValueError(f"the range of {name} must have low below high, not {ends!r}")
        if name == "points_per_chunk" and low < 1:
            raise ValueError(f"the range of {name} must begin at 1 or more, not {ends!r}")
        box[name] = (low, high)
    for corner in np.ndindex(*[2] * len(box)):
        _at(config, {name: box[name][i] for name, i in zip(box, corner, strict=True)})
    return box


def _at(config: Config, values: dict[str, float]) -> Config:
    """Return the configuration at a point; points of a chunk are a multiple of the classes."""
    changes: dict[str, Any] = {}
    for name, value in values.items():
        changes[name] = round(value) if name in INTEGERS else value
        if name == "points_per_chunk":
            changes[name] = max(1, round(value / config.classes)) * config.classes
    try:
        return dataclasses.replace(config, **changes)
    except ValueError as error:
        raise ValueError(f"every corner of ranges must be a configuration: {error}") from None


def _quantities(out: "xr.Dataset") -> Reals:
    """Return (quantity, init, experiment), the first initialization being random."""
    accuracy = out["exact_accuracy"].to_numpy()
    active = out["nonzero_gradient_points"].to_numpy()
    return np.stack(
        [
            accuracy,
            np.cumsum(active, axis=-1),
            out["learned_features"].to_numpy(),
            accuracy[:1] - accuracy,
        ]
    )


def _labelled(
    problem: dict[str, Any], results: Reals, inits: tuple[Init, ...], config: Config, seed: int
) -> "xr.Dataset":
    import xarray as xr
    from SALib.analyze import sobol

    D = problem["num_vars"]
    series = results.shape[1:]
    names = {
        "first_order": "S1", "first_order_confidence": "S1_conf",
        "total": "ST", "total_confidence": "ST_conf",
    }  # fmt: skip
    arrays = {name: np.full((series[0], D, *series[1:]), np.nan) for name in names}
    for place in np.ndindex(*series):
        values = results[:, *place]
        if np.ptp(values) <= 1e-12 * max(1.0, float(abs(values).max())):
            continue
        indices = sobol.analyze(
            problem, values, calc_second_order=False, num_resamples=RESAMPLES, seed=seed
        )
        for name, theirs in names.items():
            arrays[name][place[0], :, *place[1:]] = indices[theirs]
    dims = ("quantity", "parameter", "init", "experiment")
    return xr.Dataset(
        {name: (dims, array, {"units": "1"}) for name, array in arrays.items()},
        {
            "quantity": list(QUANTITIES),
            "parameter": problem["names"],
            "init": [init.name for init in inits],
            "experiment": np.arange(1, config.experiments + 1),
        },
        {"config": config.to_json(), "ranges": json.dumps(problem["bounds"]), **versions()},
    )
