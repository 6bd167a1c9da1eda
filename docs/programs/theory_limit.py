"""The mean field, its fluctuations and its critical values beside the simulator."""

import functools
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from tabulate import tabulate

import featsim
from featsim import theory
from featsim.plotting import COLUMN_WIDTH, INIT_STYLES, new_figure, save_figure, style

INITS = ("random", "warm", "ideal")
SEEDS = 10
NAMES = {"exact_accuracy": "accuracy", "learned_features": "learned features"}


def setting(points: int) -> featsim.Config:
    """Return Figure 3 with ten experiments and γ in proportion to the points of a chunk."""
    return featsim.Config(points_per_chunk=points, gamma=points / 20, experiments=10, test_points=0)


@functools.cache
def errors(points: int) -> xr.Dataset:
    """Return the mean distance of simulator and mean field, by initialization, over ten seeds."""
    config = setting(points)
    out = featsim.simulate(config, seeds=SEEDS, workers=1, progress=False)
    limit = theory.mean_field(config, out.frequencies)
    distance = xr.Dataset({name: abs(out[name] - limit[name]) for name in NAMES})
    scale = points * out.experiment
    distance["below"] = abs(out.memorized_points - limit.memorized_points) / scale
    return distance.mean(("seed", "experiment"))


def sizes(largest: int) -> list[int]:
    """Return numbers of points a chunk from 1,000, each four times the one before."""
    chosen = [1_000]
    while 4 * chosen[-1] <= largest:
        chosen.append(4 * chosen[-1])
    return chosen


def rate(points: list[int], name: str, init: str) -> float:
    """Return the power of n that fits the distances."""
    distances = [float(errors(n)[name].sel(init=init)) for n in points]
    return float(np.polyfit(np.log(points), np.log(distances), 1)[0])


def convergence_table(largest: int) -> str:
    """Return the distance between simulator and mean field against the points of a chunk."""
    columns = [(name, init) for name in NAMES for init in INITS]
    rows = [
        [f"{n:,}", *(f"{float(errors(n)[name].sel(init=init)):.2g}" for name, init in columns)]
        for n in sizes(largest)
    ]
    rows.append(["power of n", *(f"{rate(sizes(largest), *column):.2f}" for column in columns)])
    return table(["points a chunk", *(f"{NAMES[n]}, {i}" for n, i in columns)], rows)


def fluctuation_table(sizes: Sequence[int] = (1_000, 10_000, 100_000)) -> str:
    """Return estimated and simulated standard deviations, root mean squares over settings."""
    rows = []
    for points in sizes:
        measured = []
        for seed in range(5):
            config = setting(points)
            small = config.replace(points_per_chunk=2, experiments=1)
            drawn: xr.DataArray = featsim.simulate(small, seeds=[seed], workers=1)["frequencies"]
            p = theory.mean_field(config, drawn[0]).frequencies
            fixed = config.replace(frequencies=p.to_numpy())
            out = featsim.simulate(fixed, seeds=range(100, 140), workers=1, progress=False)
            pair = [theory.fluctuations(fixed), out.std("seed", ddof=1)]
            measured.append(xr.concat([one[list(NAMES)] for one in pair], "kind"))
        root = (xr.concat(measured, "setting") ** 2).mean(("setting", "experiment")) ** 0.5
        for init in INITS:
            values = [root[name].sel(init=init).to_numpy() for name in NAMES]
            rows.append([f"{points:,}", init, *(f"{x:.2g}" for pair in values for x in pair)])
    header = [f"{label}, {kind}" for label in NAMES.values() for kind in ("estimated", "simulated")]
    return table(["points a chunk", "init", *header], rows)


def critical_table(config: featsim.Config) -> str:
    """Return the critical values of Figure 3's setting for several τ, frequencies of seed 0."""
    rows = []
    for tau in (1, 2, 3, 5, 10, 20):
        found = theory.critical(config.replace(tau=tau))
        rows.append([
            str(tau), f"{found.gamma_open:.3g}", f"{found.gamma_close:.4g}",
            str(len(found.gamma_intervals)), f"{found.gamma_widest:.3g}", f"{found.widest_gap:.1%}",
            str(found.first_experiment),
        ])  # fmt: skip
    return table(
        ["τ", "γ opens", "γ closes", "intervals", "γ of the widest gap", "widest gap",
         f"first experiment at γ = {config.gamma:g}"], rows,
    )  # fmt: skip


def draw_all(folder: Path, largest: int) -> None:
    """Draw the two pictures of docs/theory.md."""
    folder.mkdir(exist_ok=True)
    with style():
        figure = new_figure(COLUMN_WIDTH, 2.4)
        draw_convergence(figure.add_subplot(), sizes(largest))
        save_figure(figure, folder / "limit.png")
        figure = new_figure(COLUMN_WIDTH, 2.4)
        draw_critical(figure.add_subplot(), featsim.Config(test_points=0))
        save_figure(figure, folder / "critical.png")


def draw_convergence(ax: Axes, points: list[int]) -> None:
    """Draw the distance from the mean field against the points of a chunk."""
    for init in INITS:
        look = INIT_STYLES[init]
        ax.loglog(
            points, [float(errors(n)["exact_accuracy"].sel(init=init)) for n in points],
            color=look.color, marker=look.marker, linestyle=look.linestyle, label=init,
            linewidth=look.linewidth, markersize=look.markersize, zorder=look.layer,
        )  # fmt: skip
    start = float(errors(points[0])["exact_accuracy"].sel(init="random"))
    guide = [start * (n / points[0]) ** -0.5 for n in points]
    ax.loglog(points, guide, color="0.6", linewidth=0.8, linestyle=":", label="$n^{-1/2}$")
    ax.set_xlabel("Points a chunk, $n$")
    ax.set_ylabel("Distance of the accuracy\nfrom the mean field")
    ax.legend()


def draw_critical(ax: Axes, config: featsim.Config) -> None:
    """Draw the gap between random and warm in the last experiment against γ, for three τ."""
    p = theory.mean_field(config).frequencies.to_numpy()
    gammas = np.geomspace(0.2, 8_000, 2_000)
    for tau, color, marker in ((1, "#009E73", "o"), (3, "#0072B2", "s"), (5, "#CC79A7", "^")):
        one = config.replace(tau=tau, frequencies=p)
        predicted = 100.0 * theory.accuracy_gap(one, None, gammas)
        ax.plot(gammas, predicted, color=color, label=f"τ = {tau}")
        tried = np.geomspace(0.5, 5_000, 15)
        runs = [
            featsim.simulate(one.replace(gamma=gamma), inits=("random", "warm"), seeds=5, workers=1)
            for gamma in tried
        ]
        last = [run.exact_accuracy.isel(experiment=-1) for run in runs]
        gaps = 100.0 * np.array([run.sel(init="random") - run.sel(init="warm") for run in last])
        ax.errorbar(
            tried, gaps.mean(axis=1), gaps.std(axis=1, ddof=1), color=color, marker=marker,
            markersize=3, linestyle="none", linewidth=0.8,
        )  # fmt: skip
    ax.set_xscale("log")
    ax.set_xlabel("Strength of the noise, γ")
    ax.set_ylabel("Accuracy, random − warm (points)")
    ax.legend()


def table(header: list[str], rows: list[list[str]]) -> str:
    """Return a table in Markdown; every cell is a text and stays as it is."""
    return tabulate(rows, header, tablefmt="pipe", disable_numparse=True)
