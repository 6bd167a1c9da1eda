"""Where warm beats cold: over window and drift, and over window and the strength of the noise."""

import functools
from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
import xarray as xr
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

import featsim
from docs.programs.theory_limit import table
from featsim import theory
from featsim.plotting import FULL_WIDTH, new_figure, style

BASE = featsim.Config(test_points=0)
SEEDS = 5
WINDOWS = (1, 2, 3, 4, 5, 7, 10, 15, 20, 30, 50)
PLANES: dict[str, dict[str, Sequence[float]]] = {
    "drift": {"window": WINDOWS, "drift": (0.0, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0)},
    "gamma": {"window": WINDOWS, "gamma": (5, 10, 20, 35, 50, 70, 100, 140, 200, 300, 500, 1000)},
}
LABELS = {"drift": "Drift, chance of a new frequency", "gamma": "Strength of the noise, γ"}
LINES = {"simulated": "-", "mean field": "--"}


@functools.cache
def gap(plane: str, seeds: int = SEEDS) -> xr.Dataset:
    """Return warm − cold by seed, mean of the second half of the experiments, and the limit's."""
    return gaps(BASE, PLANES[plane], seeds)


def gaps(config: featsim.Config, axes: Mapping[str, Sequence[float]], seeds: int) -> xr.Dataset:
    """Return the gaps of a configuration over two axes."""
    out = featsim.sweep(config, inits=("random", "warm"), seeds=seeds, progress=False, **axes)  # type: ignore[arg-type]
    measured = _gap(out)
    predicted = xr.full_like(measured, np.nan)
    name_x, name_y = axes
    for y in axes[name_y]:
        one = config.replace(**{name_y: y})
        p = frequencies(one, seeds)
        for x in axes[name_x]:
            limit = theory.mean_field(one.replace(**{name_x: x}), p, inits=("random", "warm"))
            predicted.loc[{name_x: x, name_y: y}] = _gap(limit)
    return xr.Dataset({"simulated": measured, "mean field": predicted})


def frequencies(config: featsim.Config, seeds: int) -> xr.DataArray:
    """Return the frequencies that are drawn for each seed, from the smallest run."""
    smallest = config.replace(points_per_chunk=config.classes)
    return featsim.simulate(smallest, inits="warm", seeds=seeds, progress=False)["frequencies"]


def _gap(out: xr.Dataset) -> xr.DataArray:
    half = out.exact_accuracy.isel(experiment=slice(out.sizes["experiment"] // 2, None))
    mean = 100.0 * half.mean("experiment")
    return mean.sel(init="warm", drop=True) - mean.sel(init="random", drop=True)  # type: ignore[no-any-return]


def crossing(values: xr.DataArray) -> float:
    """Return the window at which warm − cold falls to 0, linear in log w; inf or 0 if never."""
    x, y = np.log(values.window.to_numpy()), values.to_numpy()
    above = np.flatnonzero(y > 0)
    if above.size == 0:
        return 0.0
    last = int(above[-1])
    if last + 1 == y.size:
        return float("inf")
    return float(np.exp(x[last] + y[last] / (y[last] - y[last + 1]) * (x[last + 1] - x[last])))


def border(values: xr.DataArray, plane: str) -> npt.NDArray[np.float64]:
    """Return the places of the border among the windows; NaN where warm wins nowhere, or in all."""
    windows = values.window.to_numpy()
    crossed = np.array([crossing(values.sel({plane: value})) for value in values[plane]])
    inside = (crossed > 0) & np.isfinite(crossed)
    logs = np.log(np.where(inside, crossed, 1.0))
    return np.where(inside, np.interp(logs, np.log(windows), np.arange(windows.size)), np.nan)


def border_table(plane: str, seeds: int = SEEDS) -> str:
    """Return the window below which warm beats cold for each value of the other axis."""
    data = gap(plane, seeds)
    rows = []
    for value in data[plane].to_numpy():
        one = data.sel({plane: value})
        by_seed = [crossing(one["simulated"].sel(seed=s)) for s in data.seed]
        text = f"{np.mean(by_seed):.1f}"
        if np.isfinite(by_seed).all() and len(by_seed) > 1:
            text += f" ± {np.std(by_seed, ddof=1):.1f}"
        first, limit = one["simulated"].isel(window=0), crossing(one["mean field"].mean("seed"))
        rows.append([
            f"{value:g}", text.replace("inf", "all"), f"{limit:.1f}".replace("inf", "all"),
            f"{float(first.mean()):+.1f} ± {float(first.std(ddof=1)):.1f}",
            f"{float(one['mean field'].isel(window=0).mean()):+.1f}",
            f"{float(one['simulated'].isel(window=-1).mean()):+.1f}",
            f"{float(one['mean field'].isel(window=-1).mean()):+.1f}",
        ])  # fmt: skip
    return table(
        [plane, "border, window", "of the mean field", "warm − cold, window 1",
         "of the mean field", "all data", "of the mean field"], rows,
    )  # fmt: skip


def draw(seeds: int = SEEDS) -> Figure:
    """Draw the gap over both planes, and the two borders."""
    data = {plane: gap(plane, seeds) for plane in PLANES}
    with style():
        figure = new_figure(FULL_WIDTH, 2.7)
        row = figure.subplots(1, 2)
        for ax, (plane, both) in zip(row, data.items(), strict=True):
            mean = both.mean("seed")
            x, y = np.arange(both.window.size), np.arange(both[plane].size)
            highest = float(abs(mean["simulated"]).max())
            mesh = ax.pcolormesh(
                x, y, mean["simulated"].transpose(plane, "window"), cmap="PuOr",
                vmin=-highest, vmax=highest, shading="nearest",
            )  # fmt: skip
            for name, linestyle in LINES.items():
                places = border(mean[name], plane)
                ax.plot(places, y, color="black", linestyle=linestyle, linewidth=1.2)
                if not (mean[name] > 0).any():
                    ax.text(
                        0.03, 0.96, f"{name}:\nwarm never wins", transform=ax.transAxes, va="top",
                        fontsize=7,
                    )  # fmt: skip
            ax.set_xticks(x, [f"{w}" for w in both.window.to_numpy()])
            ax.set_yticks(y, [f"{v:g}" for v in both[plane].to_numpy()])
            ax.set(xlabel="Window w (chunks)", ylabel=LABELS[plane])
            figure.colorbar(mesh, ax=ax, label="warm − cold (points)")
        keys = [Line2D([], [], color="black", linestyle=s, label=f"border, {name}")  # type: ignore[arg-type]
                for name, s in LINES.items()]  # fmt: skip
        figure.legend(handles=keys, loc="outside upper center", ncols=2)
    return figure
