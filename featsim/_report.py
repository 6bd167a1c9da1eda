"""A result as text: the setting, a compact table over experiments, and what the theory predicts."""

import itertools
import json

import numpy as np
import xarray as xr

from featsim.config import Config

SHOWN_EXPERIMENTS = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)

METRICS = {
    "test_accuracy": ("test accuracy (%)", 100.0, ".2f"),
    "exact_accuracy": ("exact accuracy (%)", 100.0, ".2f"),
    "learned_features": ("learned features", 1.0, ",.1f"),
    "nonzero_gradient_points": ("points with non-zero gradient", 1.0, ",.0f"),
    "memorized_points": ("memorized points", 1.0, ",.0f"),
}
ACCURACIES = ("test_accuracy", "exact_accuracy")


def report(result: xr.Dataset) -> str:
    """Return what ``python -m featsim.run`` prints of a result of ``simulate``."""
    accuracy = next(name for name in ACCURACIES if name in result)
    metrics = [name for name in METRICS if name == accuracy or name not in ACCURACIES]
    sections = [_setting(result)]
    if result.sizes["init"] == 1:
        init = result["init"].item()
        columns = {METRICS[name][0]: (result[name].sel(init=init), name) for name in metrics}
        sections.append(f"init {init}\n{_table(columns)}")
    else:
        for name in metrics:
            columns = {init: (result[name].sel(init=init), name) for init in result["init"].values}
            sections.append(f"{METRICS[name][0]}\n{_table(columns)}")
    sections.append(_training_time(result))
    if {"random", "warm"} <= set(result["init"].values.tolist()):
        sections.append(_predictions(result, accuracy))
    return "\n\n".join(sections)


def _setting(result: xr.Dataset) -> str:
    config = Config.from_json(result.attrs["config"])
    seeds = json.loads(result.attrs["seeds"])
    frequencies = (
        f"uniform on [0, {config.max_frequency:g}]" if config.frequencies is None else "given"
    )
    listed = f"{len(seeds)} seeds ({seeds[0]} … {seeds[-1]})" if seeds[1:] else f"seed {seeds[0]}"
    return (
        f"featsim {result.attrs['featsim_version']}: {config.experiments} experiments, "
        f"C = {config.classes} classes, K = {config.features} features a class, "
        f"frequencies {frequencies},\n"
        f"{config.points_per_chunk:,} points a chunk, γ = {config.gamma:g}, τ = {config.tau}, "
        f"{config.test_points:,} test points, {listed}\n"
        "mean ± standard deviation over the seeds"
    )


def _spread(values: xr.DataArray, form: str) -> str:
    """Return mean ± standard deviation over the seeds, of one value the value alone."""
    numbers = values.values
    if numbers.size == 1:
        return f"{numbers.item():{form}}"
    return f"{numbers.mean():{form}} ± {numbers.std(ddof=1):{form.lstrip('+')}}"


def _table(columns: dict[str, tuple[xr.DataArray, str]]) -> str:
    """Return a row for each shown experiment; a column is a variable's values and its name."""
    experiments = next(iter(columns.values()))[0]["experiment"].values.tolist()
    rows = [["experiment", *columns]]
    for j in [j for j in SHOWN_EXPERIMENTS if j < experiments[-1]] + experiments[-1:]:
        row = [str(j)]
        for values, name in columns.values():
            _, scale, form = METRICS[name]
            row.append(_spread(values.sel(experiment=j) * scale, form))
        rows.append(row)
    return _align(rows)


def _align(rows: list[list[str]]) -> str:
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    return "\n".join(
        "  " + "   ".join(cell.rjust(width) for cell, width in zip(row, widths, strict=True))
        for row in rows
    )


def _total_time(result: xr.Dataset) -> xr.DataArray:
    """Return T^(J), the sum over experiments of the points with non-zero gradient at the start."""
    return result["nonzero_gradient_points"].sum("experiment")


def _training_time(result: xr.Dataset) -> str:
    time = _total_time(result)
    inits = time["init"].values.tolist()
    rows = [["", *inits], ["T", *(_spread(time.sel(init=init), ",.0f") for init in inits)]]
    return (
        "training time (points with non-zero gradient, summed over the experiments)\n"
        f"{_align(rows)}"
    )


def _predictions(result: xr.Dataset, accuracy: str) -> str:
    """Compare the initializations as the theorems do, seed by seed, at the last experiment."""
    last = result[accuracy].isel(experiment=-1) * 100.0
    time = _total_time(result)
    seeds = result.sizes["seed"]

    def share(holds: xr.DataArray) -> str:
        return f"{int(np.count_nonzero(holds))} of {seeds} seeds"

    warm, random = last.sel(init="warm"), last.sel(init="random")
    rows = [
        ["", "theory", "measured", "holds in"],
        [
            "accuracy, warm − random",
            "below 0",
            _spread(warm - random, "+.2f"),
            share(warm < random),
        ],
    ]
    order = ["warm", "random"]
    if "ideal" in last["init"]:
        gap = last.sel(init="ideal") - random
        rows.append(["accuracy, ideal − random", "0", _spread(gap, "+.2f"), share(gap == 0.0)])
        order = ["warm", "ideal", "random"]
    times = [time.sel(init=init) for init in order]
    rising = xr.concat([a < b for a, b in itertools.pairwise(times)], "pair").all("pair")
    ratios = " : ".join(f"{float((t / times[-1]).mean()):.3f}" for t in times)
    rows.append([f"T, {' : '.join(order)}", "rising", ratios, share(rising)])
    return (
        "what Theorems 3.4 and 3.6 predict, at the last experiment "
        f"(sampled points meet their assumptions only on average)\n{_align(rows)}"
    )
