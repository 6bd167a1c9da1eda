"""Phase diagram: where warm falls behind, and where infinite data would have it.

Beyond the paper: the accuracy of random minus that of warm after the last experiment, exact for the
true frequencies, mean over 10 seeds, in the setting of Figure 3. On the left γ and τ vary, on the
right the number of features and their largest frequency. Colours are simulations, from a sweep. On
the lines the gap is 2, 10 and 30 percentage points: dashed in the simulations, white in the
mean-field limit for the same frequencies, which has no points at all.

The gap fills a region between two phases: for a small γ one chunk is enough to learn what matters,
for a large one not even all chunks are. Where γ exceeds all counts of one chunk, warm learns
nothing, and the limit agrees: it has the right edge and the upper one. Elsewhere the limit sees a
wider region and a larger gap. There warm stops where the counts of a new chunk are just below γ,
and in finite data some of many chunks stray above it: warm goes on learning, slower and slower.
"""

import functools
import itertools
import sys
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import xarray as xr
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

import featsim
from featsim.plotting import FIELD_LABELS, FULL_WIDTH, new_figure, style
from figures.__main__ import main

LEVELS = (2.0, 10.0, 30.0)
LINES: dict[str, tuple[str, Any]] = {
    "simulated": ("#E69F00", "--"),
    "mean-field limit": ("white", "-"),
}
GAMMAS = tuple(float(gamma) for gamma in np.unique(np.round(np.geomspace(2, 5_000, 97))))
NOISE = {"gamma": GAMMAS, "tau": tuple(range(1, 13))}
DATA = {
    "features": tuple(range(10, 101, 6)),
    "max_frequency": tuple(float(p) for p in np.round(np.linspace(0.05, 0.6, 23), 3)),
}


def draw(
    config: featsim.Config | None = None,
    *,
    noise: Mapping[str, Sequence[float]] = NOISE,
    data: Mapping[str, Sequence[float]] = DATA,
    seeds: int = 10,
) -> tuple[Figure, xr.Dataset]:
    """Return the figure, and the gap and its prediction for every (γ, τ) and for every (K, p)."""
    base = (config or featsim.Config()).replace(test_points=0)
    result = xr.merge([gaps(base, "noise", noise, seeds), gaps(base, "data", data, seeds)])
    return _draw(result), result


def gaps(
    config: featsim.Config, plane: str, axes: Mapping[str, Sequence[float]], seeds: int
) -> xr.Dataset:
    """Return the gap over two axes, ``<plane>_gap``, and its prediction, ``<plane>_predicted``."""
    options: dict[str, Any] = {"inits": ("random", "warm"), "seeds": seeds, **axes}
    swept = featsim.sweep(config, progress=False, **options)
    gap = _gap(swept["exact_accuracy"].mean("seed"))
    frequencies = functools.cache(true_frequencies)
    # All γ of a setting have one learning order.
    gammas = axes.get("gamma", (config.gamma,))
    others = {name: values for name, values in axes.items() if name != "gamma"}
    predicted = xr.full_like(gap, np.nan)
    for point in itertools.product(*others.values()):
        place = dict(zip(others, point, strict=True))
        setting = config.replace(**place)
        # γ and τ do not change the frequencies, and the smallest run has them.
        smallest = setting.replace(points_per_chunk=config.classes, experiments=1, gamma=1.0, tau=1)
        limit = [
            featsim.theory.accuracy_gap(setting, table, gammas)
            for table in frequencies(smallest, seeds).to_numpy()
        ]
        mean = 100.0 * np.mean(limit, axis=0)
        predicted.loc[place] = mean if "gamma" in axes else mean.item()
    return xr.Dataset({f"{plane}_gap": gap, f"{plane}_predicted": predicted})


def true_frequencies(config: featsim.Config, seeds: int) -> xr.DataArray:
    """Return the frequencies of every seed, (seed, class, feature), of a small run."""
    return featsim.simulate(config, inits="warm", seeds=seeds, progress=False)["frequencies"]


def _gap(accuracy: xr.DataArray) -> xr.DataArray:
    last = accuracy.isel(experiment=-1, drop=True)
    gap = 100.0 * (last.sel(init="random", drop=True) - last.sel(init="warm", drop=True))
    return gap.assign_attrs(long_name="accuracy of random minus warm", units="percentage points")


def _draw(result: xr.Dataset) -> Figure:
    highest = max(float(result[f"{plane}_gap"].max()) for plane in ("noise", "data"))
    with style():
        figure = new_figure(FULL_WIDTH, 2.6)
        row = figure.subplots(1, 2)
        for ax, plane in zip(row, ("noise", "data"), strict=True):
            gap, predicted = result[f"{plane}_gap"], result[f"{plane}_predicted"]
            name_x, name_y = gap.dims
            x, y = gap[name_x].to_numpy(), gap[name_y].to_numpy()
            mesh = ax.pcolormesh(
                x, y, gap.to_numpy().T, cmap="cividis", vmin=0.0, vmax=highest, shading="nearest"
            )
            for values, (color, linestyle) in zip((gap, predicted), LINES.values(), strict=True):
                lines = ax.contour(
                    x, y, values.to_numpy().T, levels=LEVELS, colors=color, linestyles=linestyle
                )
                lines.set_linewidth(1.0)
            ax.clabel(lines, fmt="%g", fontsize=7)
            ax.set(xlabel=FIELD_LABELS[str(name_x)], ylabel=FIELD_LABELS[str(name_y)])
        row[0].set_xscale("log")
        figure.colorbar(mesh, ax=row, label="Random − warm (percentage points)", pad=0.02)
        keys = [
            Line2D([], [], color=c, linestyle=s, label=label) for label, (c, s) in LINES.items()
        ]
        row[0].legend(handles=keys, loc="upper left", labelcolor="white", ncols=2)
    return figure


if __name__ == "__main__":
    sys.exit(main(["--only", "phase_diagram", *sys.argv[1:]]))
