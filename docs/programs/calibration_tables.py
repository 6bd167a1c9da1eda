"""The tables of docs/calibration.md."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import optimize

from docs.programs.calibration_data import Case, Method
from docs.programs.calibration_words import ends
from docs.programs.theory_limit import table
from featsim.calibration.observed import Observed, read_observed
from featsim.calibration.place import Placement
from featsim.calibration.result import Fit

Reals = npt.NDArray[np.float64]
SHOWN = (1, 2, 3, 5, 8, 10, 16, 20, 25, 29, 50)


def interval(values: tuple[float, float] | None, form: str = ".2f") -> str:
    """Return an interval as text."""
    return "" if values is None else f"{values[0]:{form}} … {values[1]:{form}}"


def fits_table(fits: Sequence[tuple[Case, str, Fit]]) -> str:
    """Return the estimates of each fit."""
    rows = []
    for case, model, fit in fits:
        exponent = ""
        if fit.frequency_exponent is not None:
            exponent = f"{fit.frequency_exponent:.2f}"
            if "frequency_exponent" in fit.intervals:
                exponent += f" ({interval(fit.intervals['frequency_exponent'])})"
        families = dict.fromkeys(f"{tau}/{K}" for _, tau, K in fit.identifiability.families)
        rows.append([
            case.title, model, fit.frequency_law, f"{fit.tau}", f"{fit.features}",
            f"{fit.gamma_per_point:.2g} ({interval(fit.intervals['gamma_per_point'], '.2g')})",
            f"{fit.gamma_per_point * case.points_per_chunk:.2g}",
            f"{fit.max_frequency:.2g} ({interval(fit.intervals['max_frequency'], '.2g')})",
            exponent, ", ".join(families), f"{100 * fit.root_mean_square:.2f}",
        ])  # fmt: skip
    return table(
        ["cold start of", "model", "law", "τ", "K", "γ/n (95 %)", "γ", "largest p (95 %)",
         "exponent (95 %)", "τ/K not ruled out", "rms, points"], rows,
    )  # fmt: skip


def halves_table(halves: Sequence[tuple[Case, Fit, Fit]]) -> str:
    """Return what the first half predicts of the second; the fit to all beside it."""
    rows = []
    for (case, half, whole), end in zip(halves, ends(halves), strict=True):
        observed = whole.observed
        late = observed.experiments > half.observed.experiments[-1]
        last = int(observed.experiments[-1])
        predicted = half.predict("cold", last)["exact_accuracy"].isel(init=0)
        errors = observed.accuracy - predicted.sel(experiment=observed.experiments).to_numpy()
        rows.append([
            case.title, f"1 … {half.observed.experiments[-1]}",
            f"{100 * half.root_mean_square:.2f}",
            f"{100 * np.sqrt(np.mean(errors[late] ** 2)):.2f}",
            f"{100 * np.mean(errors[late]):+.2f}",
            f"{100 * float(predicted[-1]):.1f} ({interval((end.low, end.high), '.1f')})",
            f"{end.measured:.1f}", f"{100 * whole.root_mean_square:.2f}",
        ])  # fmt: skip
    return table(
        ["cold start of", "fitted to", "rms there", "rms after", "measured − predicted, after",
         "predicted at the end (not ruled out)", "measured", "rms, fitted to all"], rows,
    )  # fmt: skip


def predicted_table(case: Case, fits: dict[str, Fit]) -> str:
    """Return measured accuracies, %, beside what the fitted models predict."""
    measured = {"cold": read_observed("cold", case.cold.table)}
    measured |= {one.name: read_observed(one.name, one.table) for one in case.others}
    inits = ("cold", "warm", "ideal", "doubling")
    columns: dict[str, dict[int, float]] = {
        f"{name}, measured": dict(zip(o.experiments.tolist(), o.accuracy, strict=True))
        for name, o in measured.items()
        if name != "cold, run again"
    }
    for model, fit in fits.items():
        out = fit.predict(inits)["exact_accuracy"]
        for init in inits:
            values = out.sel(init=init)
            columns[f"{init}, {model}"] = dict(
                zip(values["experiment"].to_numpy().tolist(), values.to_numpy(), strict=True)
            )
    shown = [j for j in SHOWN if j in columns["cold, measured"]]
    rows = [
        [name, *(f"{100 * values[j]:.1f}" if j in values else "" for j in shown)]
        for name, values in columns.items()
    ]
    return table(["accuracy, %", *map(str, shown)], rows)


def places_table(places: Sequence[tuple[Case, Method, str, Placement]]) -> str:
    """Return where each method lies on the square."""
    rows = []
    for case, method, model, one in places:
        a = ""
        if one.features_kept is not None:
            a = f"{one.features_kept:.2f} ({interval(one.features_interval)})"
        noise = f"{one.noise_kept:.2f} ({interval(one.noise_interval)})"
        ratio = "" if one.time_ratio is None else f"{np.exp(one.time_ratio):.2f}"
        off, mean = f"{100 * one.root_mean_square:.1f}", f"{100 * one.mean_residual:+.1f}"
        verdict = "yes" if one.explained else "**no**"
        rows.append([case.title, method.name, model, noise, a, off, mean, ratio, verdict])
    return table(
        ["setting", "method", "model", "b, noise kept (95 %)", "a, features kept (95 %)",
         "rms, points", "mean, measured − model", "time off by ×", "explained"], rows,
    )  # fmt: skip


def chunks_of(fit: Fit, accuracy: Reals, most: float = 2_000.0) -> Reals:
    """Return how many chunks give the fitted cold start these accuracies, in the mean field."""
    grid: Reals = np.geomspace(1.0, most, 4_000).astype(np.float64)
    curve = fit.estimate.best.family.curve(fit.estimate.best.u, grid)
    return np.interp(accuracy, curve + np.arange(grid.size) * 1e-12, grid)


def shares_table(
    fit: Fit, methods: Sequence[Method], experiments: Sequence[int]
) -> tuple[str, list[tuple[str, float, float, float]]]:
    """Return the share of noise forgotten, experiment by experiment, and its trends.

    A trend is the change of the share for each doubling of the experiment, with its 95 % interval.
    """
    error = 1.96 * np.sqrt(2.0) * max(fit.deviation, fit.root_mean_square)
    rows, trends = [], []
    for method in methods:
        curve = read_observed(method.name, method.table)
        at = curve.experiments >= 3
        j, accuracy = curve.experiments[at].astype(np.float64), curve.accuracy[at]
        share = (chunks_of(fit, accuracy) - 1.0) / (j - 1.0)
        low = (chunks_of(fit, accuracy - error) - 1.0) / (j - 1.0)
        high = (chunks_of(fit, accuracy + error) - 1.0) / (j - 1.0)
        by_experiment = dict(
            zip(j.astype(int).tolist(), zip(share, low, high, strict=True), strict=True)
        )
        rows.append([
            method.name,
            *(f"{by_experiment[k][0]:.2f} ({by_experiment[k][1]:.2f} … {by_experiment[k][2]:.2f})"
              if k in by_experiment else "" for k in experiments),
        ])  # fmt: skip
        trends.append((method.name, *_trend(np.log2(j), share)))
    return table(["share forgotten (95 %)", *map(str, experiments)], rows), trends


def _trend(x: Reals, y: Reals) -> tuple[float, float, float]:
    slope, level = np.polyfit(x, y, 1)
    residuals = y - level - slope * x
    correlation = float(np.clip(residuals[1:] @ residuals[:-1] / (residuals @ residuals), 0, 0.9))
    count = x.size * (1 - correlation) / (1 + correlation)
    spread = np.sqrt(residuals @ residuals / max(x.size - 2, 1))
    half = 1.96 * spread / (x.std() * np.sqrt(count))
    return float(slope), float(slope - half), float(slope + half)


def starts_table(fit: Fit, methods: Sequence[Method]) -> str:
    """Return what a γ of its own for all experiments but the first explains of each method.

    With γ' = κ γ the mean field of a share kept is that of a cold start on W/κ chunks.
    """
    rows = []
    for method in methods:
        curve = read_observed(method.name, method.table)
        kept = _nearest(fit, curve, 0.0)
        free = _nearest(fit, curve, None)
        place = fit.place(method.table)
        forgotten = curve.experiments[1:] / chunks_of(fit, curve.accuracy[1:])
        ends = forgotten[[0, len(forgotten) // 2, -1]]
        rows.append([
            method.name, f"{100 * place.root_mean_square:.1f}",
            f"{kept[0]:.2f}", f"{100 * kept[2]:.1f}",
            f"{free[0]:.2f}", f"{free[1]:.2f}", f"{100 * free[2]:.1f}",
            " ".join(f"{x:.2f}" for x in ends),
        ])  # fmt: skip
    return table(
        ["method", "rms at κ = 1, b free", "κ at b = 0", "its rms", "κ, b free", "b", "its rms",
         "κ at b = 0, alone at the second, middle and last experiment"], rows,
    )  # fmt: skip


def _nearest(fit: Fit, curve: Observed, b: float | None) -> tuple[float, float, float]:
    """Return κ, b and the root mean square of the least squares."""
    best, before = fit.estimate.best, curve.experiments - 1.0

    def residuals(v: Any) -> Reals:
        share = v[1] if b is None else b
        chunks: Reals = (1.0 + (1.0 - share) * before).astype(np.float64)
        chunks[1:] /= np.exp(v[0])
        order = np.argsort(chunks)
        accuracy: Reals = np.empty(chunks.size)
        accuracy[order] = best.family.curve(best.u, chunks[order])
        return curve.accuracy - accuracy

    bounds = [(-4.0, 2.0)] + ([(0.0, 1.0)] if b is None else [])
    found = optimize.differential_evolution(
        lambda v: float(np.mean(residuals(v) ** 2)), bounds, rng=0, popsize=15, maxiter=60
    )
    share = float(found.x[1]) if b is None else b
    return float(np.exp(found.x[0])), share, float(np.sqrt(found.fun))
