"""A fit: what was estimated, how well, and what it predicts of other methods."""

import dataclasses
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from featsim import _checks
from featsim.calibration.estimate import Estimate
from featsim.calibration.identify import Identifiability
from featsim.calibration.law import Law
from featsim.calibration.misfit import root_mean_square
from featsim.calibration.model import Model
from featsim.calibration.observed import Observed, read_observed
from featsim.calibration.place import Placement, place, time_factor
from featsim.calibration.profile import Region
from featsim.inits import Init, resolve

if TYPE_CHECKING:
    import xarray as xr

Reals = npt.NDArray[np.float64]


@dataclasses.dataclass(frozen=True, eq=False)
class Fit:
    """The setting of the framework whose cold start is nearest to what was observed."""

    gamma_per_point: float
    """γ/n, n all points of a chunk."""

    tau: int
    """τ, learned features that a point needs."""

    frequency_law: Law
    """``"uniform"`` or ``"zipf"``."""

    frequency_exponent: float | None
    """Exponent s of Zipf's law; None for a uniform law."""

    max_frequency: float
    """Largest feature frequency."""

    features: int
    """K, features of a class."""

    classes: int
    """C, as given."""

    points_per_chunk: int | None
    """n, as given; None for a fit in the mean field."""

    intervals: dict[str, tuple[float, float]]
    """95 % intervals by name, those of τ and K over the values not ruled out."""

    root_mean_square: float
    """Of the residuals."""

    deviation: float
    """Estimated standard deviation of one run in one experiment, beside what the model draws."""

    correlation: float
    """Estimated correlation of the errors of neighbouring observations."""

    identifiability: Identifiability
    """Which parameters trade off, and which curves would separate them."""

    curve: "xr.Dataset"
    """``observed``, ``fitted`` and ``residual`` along ``experiment``."""

    estimate: Estimate = dataclasses.field(repr=False)
    region: Region = dataclasses.field(repr=False)
    observed: Observed = dataclasses.field(repr=False)
    model: Model = dataclasses.field(repr=False)

    def predict(
        self, inits: str | Init | Iterable[str | Init], experiments: int | None = None
    ) -> "xr.Dataset":
        """Return what the fitted setting predicts of policies, by the model that was fitted.

        Parameters
        ----------
        inits
            As for ``featsim.simulate``.
        experiments
            Experiments 1 … J to predict: at least 1; up to the largest observed if not given.

        Returns
        -------
        xarray.Dataset
            ``exact_accuracy`` and ``active_chunks`` (points with non-zero gradient at the start,
            in points of a chunk) by ``init`` and ``experiment``.
        """
        import xarray as xr

        last = int(self.observed.experiments[-1])
        J = last if experiments is None else _checks.integer("experiments", experiments, 1)
        chosen = resolve(inits)
        best = self.estimate.best
        outcome = self.model.outcome(best.family, best.u, J, chosen)
        dims = ("init", "experiment")
        return xr.Dataset(
            {
                "exact_accuracy": (dims, outcome.accuracy, {"units": "1"}),
                "active_chunks": (
                    dims,
                    outcome.active,
                    {"long_name": "points with non-zero gradient at the start", "units": "chunks"},
                ),
            },
            {"init": [init.name for init in chosen], "experiment": np.arange(1, J + 1)},
            self.curve.attrs,
        )

    def place(self, accuracy: Any, steps: Any = None) -> Placement:
        """Return the shares of features and of noise that a method keeps, by its curve.

        Parameters
        ----------
        accuracy
            The method's accuracy by experiment, as ``observed`` of ``featsim.fit``.
        steps
            Its training time, where ``accuracy`` does not hold it: a mapping from experiments, or
            an array along those of ``accuracy``. It is compared up to one factor, which the cold
            start's fixes.

        Returns
        -------
        Placement
            The share b of noise with its interval; the share a of features only with training
            time; and whether the pair explains the curve at all.

        Raises
        ------
        ValueError, TypeError
            If a curve is not as said, or steps are given without those of the cold start.
        """
        curve = read_observed("accuracy", accuracy)
        if steps is not None:
            curve = dataclasses.replace(curve, steps=_steps(curve, steps))
        factor = None
        if curve.steps is not None and self.observed.steps is not None:
            factor = time_factor(self.observed)
        elif steps is not None:
            raise ValueError("steps must not be given where the fit has no steps of a cold start")
        return place(curve, self.estimate, self.region, self.model, self.root_mean_square, factor)

    def __str__(self) -> str:
        """Return estimates with their intervals, the goodness of the fit and what is open."""
        from tabulate import tabulate

        rows = [["frequency_law", self.frequency_law, ""]]
        for name, (low, high) in self.intervals.items():
            value = getattr(self, name)
            shown = "" if value is None else f"{value:.4g}"
            rows.append([name, shown, f"{low:.4g} … {high:.4g}"])
        table = tabulate(rows, ["parameter", "estimate", "95 % interval"], disable_numparse=True)
        return (
            f"{table}\n\nroot mean square {100 * self.root_mean_square:.2f} percentage points; "
            f"errors of a run {100 * self.deviation:.2f}, correlation {self.correlation:.1f}\n\n"
            f"{self.identifiability}"
        )


def _steps(curve: Observed, steps: Any) -> Reals:
    import xarray as xr

    if isinstance(steps, xr.DataArray):
        steps = dict(zip(steps["experiment"].to_numpy().tolist(), steps.to_numpy(), strict=True))
    if isinstance(steps, Mapping):
        missing = [int(j) for j in curve.experiments if int(j) not in steps]
        if missing:
            raise ValueError(f"steps must be given for experiment {missing[0]}, as accuracy is")
        steps = [steps[int(j)] for j in curve.experiments]
    array = np.asarray(steps, np.float64)
    if array.shape != curve.experiments.shape:
        raise ValueError(
            f"steps must be one for each of the {curve.experiments.size} experiments of accuracy, "
            f"not of the shape {array.shape}"
        )
    bad = array[~((array > 0.0) & (array < np.inf))]
    if bad.size:
        raise ValueError(f"steps must be finite numbers above 0, not {bad[0]:g}")
    return array


def make_fit(observed: Observed, found: Estimate, region: Region, known: Identifiability,
             model: Model) -> Fit:  # fmt: skip
    """Return the fit that an estimate amounts to."""
    import xarray as xr

    from featsim._labels import versions

    family, u = found.best.family, found.best.u
    zipf = family.law == "zipf"
    intervals = dict(region.intervals)
    if not zipf:
        intervals.pop("frequency_exponent", None)
    residuals = observed.accuracy - found.fitted
    curve = xr.Dataset(
        {
            "observed": ("experiment", observed.accuracy),
            "fitted": ("experiment", found.fitted),
            "residual": ("experiment", residuals),
        },
        {"experiment": observed.experiments},
        versions(),
    )
    return Fit(
        gamma_per_point=float(np.exp(u[0])),
        tau=family.tau,
        frequency_law=family.law,
        frequency_exponent=float(u[2]) if zipf else None,
        max_frequency=float(np.exp(u[1])),
        features=family.features,
        classes=family.classes,
        points_per_chunk=model.points_per_chunk,
        intervals=intervals,
        root_mean_square=root_mean_square(residuals),
        deviation=found.errors.deviation,
        correlation=found.errors.correlation,
        identifiability=known,
        curve=curve,
        estimate=found,
        region=region,
        observed=observed,
        model=model,
    )
