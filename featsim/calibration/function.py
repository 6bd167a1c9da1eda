"""Calibration: from the accuracy of a cold start back to the parameters of the framework."""

import dataclasses
from typing import Any

from featsim import _checks
from featsim._workers import check_workers
from featsim.calibration.estimate import estimate
from featsim.calibration.identify import identify
from featsim.calibration.law import CONTINUOUS, LAWS, Family, Law
from featsim.calibration.model import Model
from featsim.calibration.observed import Observed, read_observed
from featsim.calibration.profile import profile
from featsim.calibration.result import Fit, make_fit
from featsim.calibration.search import FEATURES, TAUS, families

__all__ = ["fit"]


def fit(
    observed: Any,
    *,
    classes: int,
    points_per_chunk: int | None = None,
    features: int | None = None,
    tau: int | None = None,
    frequency_law: Law | None = None,
    workers: int | None = None,
) -> Fit:
    """Estimate the parameters of the framework from the accuracy of a cold start.

    Least squares over γ/n, τ, the frequency law with its parameters and K, in the mean field, whose
    counts are expectations; where the points of a chunk are known, then in the simulator, on
    common random numbers. τ and, if not given, K are enumerated.

    Parameters
    ----------
    observed
        Accuracy by experiment, of one or several runs, from any experiments that increase: a
        DataArray along ``experiment``; a Dataset with ``accuracy`` and, if known, ``steps``, the
        training time; a mapping from experiments to accuracies; or a mapping or DataFrame of
        columns ``experiment``, ``accuracy`` and, if known, ``run`` and ``steps``.
    classes
        Number of classes, C: at least 2.
    points_per_chunk
        Points of a chunk, n, of all classes: a multiple of them. The fit is of the simulator then.
    features
        Features of each class, K: at least 2; enumerated if not given.
    tau
        τ: 1 … K − 1; enumerated from 1 to 8 if not given.
    frequency_law
        ``"uniform"`` or ``"zipf"``; the likelier of both if not given.
    workers
        Threads of the simulator; as many as there are processors if not given.

    Returns
    -------
    Fit
        Estimates ``gamma_per_point``, ``tau``, ``frequency_law``, ``frequency_exponent``,
        ``max_frequency``, ``features``, their ``intervals``, how good the fit is and what it
        leaves open; ``predict`` and ``place`` for other methods.

    Raises
    ------
    ValueError, TypeError
        If an argument is out of range, a curve has numbers that are no accuracies or experiments
        that do not increase, or has fewer points than there are parameters.
    """
    return solve(
        check(
            observed,
            classes=classes,
            points_per_chunk=points_per_chunk,
            features=features,
            tau=tau,
            frequency_law=frequency_law,
            workers=workers,
        )
    )


@dataclasses.dataclass(frozen=True, eq=False)
class Task:
    """The checked arguments of ``fit``."""

    observed: Observed
    every: list[Family]
    model: Model
    enumerated: int
    """How many of τ and K are."""


def check(
    observed: Any,
    *,
    classes: int,
    points_per_chunk: int | None,
    features: int | None,
    tau: int | None,
    frequency_law: Law | None,
    workers: int | None,
) -> Task:
    """Return the task that the arguments of ``fit`` amount to; errors are as there."""
    C = _checks.integer("classes", classes, 2)
    if points_per_chunk is not None:
        points_per_chunk = _checks.integer("points_per_chunk", points_per_chunk, 1)
        if points_per_chunk % C:
            raise ValueError(
                f"points_per_chunk must be a multiple of classes = {C}, not {points_per_chunk}"
            )
    if features is not None:
        features = _checks.integer("features", features, 2)
    if tau is not None:
        tau = _checks.integer("tau", tau, 1, (features or max(FEATURES)) - 1)
    if frequency_law not in (None, *LAWS):
        raise ValueError(f"frequency_law must be 'uniform' or 'zipf', not {frequency_law!r}")
    laws = LAWS if frequency_law is None else (frequency_law,)
    threads = check_workers(workers)
    curve = read_observed("observed", observed)
    enumerated = (tau is None) + (features is None)
    parameters = max(len(CONTINUOUS[law]) for law in laws) + enumerated
    if curve.experiments.size < parameters:
        raise ValueError(
            f"observed must have at least {parameters} experiments, one for each parameter, "
            f"not {curve.experiments.size}"
        )
    every = families(
        laws,
        C,
        TAUS if tau is None else (tau,),
        FEATURES if features is None else (features,),
    )
    return Task(curve, every, Model(points_per_chunk, threads), enumerated)


def solve(task: Task) -> Fit:
    """Return the fit of a task."""
    found = estimate(task.observed, task.every, task.model)
    region = profile(task.observed, found, task.model, task.enumerated)
    known = identify(task.observed, found, region)
    return make_fit(task.observed, found, region, known, task.model)
