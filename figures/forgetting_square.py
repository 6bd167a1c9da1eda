"""The square of policies: what keeping features and keeping noise are worth.

Beyond the paper: before each experiment every learned feature is kept with one probability, and
every memorized point with another; setting of Figure 3, exact accuracy after the last experiment
and training time T, means over 5 seeds. Three corners are the paper's initializations.

Accuracy goes with the noise alone: a share of the features that is forgotten is learned again, from
points that are not well classified any more. It falls late, between half of the noise kept and all
of it, and fastest at the end. Training time goes with both, and with the features most: to forget
any noise without paying for features, keep all of them. The best place on the right edge is ideal,
and what it costs there is saved by forgetting seldom (see the price of forgetting).
"""

import sys
from collections.abc import Sequence

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.colors import LogNorm
from matplotlib.figure import Figure

import featsim
from featsim.plotting import FULL_WIDTH, new_figure, style
from figures.__main__ import main

SHARES = tuple(float(share) for share in np.round(np.linspace(0.0, 1.0, 11), 2))
CORNERS = {(0, 0): "random", (1, 1): "warm", (1, 0): "ideal", (0, 1): "forget features"}
ACCURACIES = (80, 85, 90, 92, 93, 94)
TIMES = (50_000, 100_000, 200_000, 500_000, 1_000_000)


def draw(
    config: featsim.Config | None = None,
    *,
    shares: Sequence[float] = SHARES,
    seeds: int = 5,
) -> tuple[Figure, xr.Dataset]:
    """Return the figure, and accuracy and training time for every pair of shares."""
    base = (config or featsim.Config()).replace(test_points=0)
    inits = {f"keep:{a:g},{b:g}": (a, b) for a in shares for b in shares}
    out = featsim.simulate(base, inits=list(inits), seeds=seeds, progress=False)
    flat = xr.Dataset(
        {
            "accuracy": 100.0 * out["exact_accuracy"].isel(experiment=-1, drop=True).mean("seed"),
            "training_time": out["nonzero_gradient_points"].sum("experiment").mean("seed"),
        }
    )
    sides = ("keep_learned", "keep_memorized")
    result = flat.drop_vars("init").assign_coords(
        {side: ("init", [pair[i] for pair in inits.values()]) for i, side in enumerate(sides)}
    )
    result = result.set_index(init=sides).unstack("init").assign_attrs(config=base.to_json())
    result["accuracy"].attrs = {"long_name": "exact accuracy at the end", "units": "%"}
    result["training_time"].attrs = {"long_name": "training time T", "units": "points"}
    with style():
        figure = new_figure(FULL_WIDTH, 2.9)
        axes = figure.subplots(1, 2, sharey=True)
        time = result["training_time"] / 1_000.0
        _draw(figure, axes[0], result["accuracy"], ACCURACIES, "Accuracy at the end (%)", None)
        levels = [time / 1_000.0 for time in TIMES]
        _draw(figure, axes[1], time, levels, "T (thousand points with a gradient)", LogNorm())
        axes[0].set_ylabel("Share of the noise kept")
    return figure, result


def _draw(
    figure: Figure,
    ax: Axes,
    values: xr.DataArray,
    levels: Sequence[float],
    label: str,
    norm: LogNorm | None,
) -> None:
    a, b = (values[name].to_numpy() for name in ("keep_learned", "keep_memorized"))
    z = values.transpose("keep_memorized", "keep_learned").to_numpy()
    mesh = ax.pcolormesh(a, b, z, cmap="cividis", norm=norm, shading="nearest")
    lines = ax.contour(a, b, z, levels=levels, colors="white", linewidths=0.8)
    ax.clabel(lines, fmt="{:,.0f}".format, fontsize=6)
    figure.colorbar(mesh, ax=ax, label=label, format="{x:,.0f}")
    for (x, y), name in CORNERS.items():
        ax.annotate(
            name,
            (x, y),
            (3 - 6 * x, 3 - 6 * y),
            textcoords="offset points",
            color="white",
            ha="right" if x else "left",
            va="top" if y else "bottom",
        )
    ax.set(xlabel="Share of the features kept")


if __name__ == "__main__":
    sys.exit(main(["--only", "forgetting_square", *sys.argv[1:]]))
