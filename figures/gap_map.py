"""The gap between random and warm over γ and τ.

Beyond the paper: the accuracy of random minus that of warm after the last experiment, exact for the
true frequencies, mean over 10 seeds, in the setting of Figure 3 for every γ and τ. On the white
line the gap is 0.1 percentage points; outside of it, the gap has vanished.

The gap vanishes at both ends: for a small γ one chunk is enough to learn all features, for a large
one (5,000 is the largest count that all chunks together give) nobody learns. It is widest where γ
just exceeds every count of one chunk, about 100: warm learns nothing, and random all that matters.
With a larger τ hardly any point has τ features, and there is less to lose.
"""

import sys
from collections.abc import Sequence
from typing import Any

import numpy as np
import xarray as xr
from matplotlib.figure import Figure

import featsim
from featsim.plotting import COLUMN_WIDTH, new_figure, style
from figures.__main__ import main

VANISHED = 0.1
GAMMAS = tuple(float(gamma) for gamma in np.unique(np.round(np.geomspace(1, 10_000, 97))))
TAUS = tuple(range(1, 14))


def draw(
    config: featsim.Config | None = None,
    *,
    gammas: Sequence[float] = GAMMAS,
    taus: Sequence[int] = TAUS,
    seeds: int = 10,
) -> tuple[Figure, xr.Dataset]:
    """Return the figure and the accuracies of the last experiment, for every (γ, τ)."""
    base = (config or featsim.Config()).replace(test_points=0)

    options: dict[str, Any] = {"gamma": gammas, "tau": taus, "progress": False}
    swept = featsim.sweep(base, inits=("random", "warm"), seeds=seeds, **options)
    accuracy = swept["exact_accuracy"].isel(experiment=-1)
    difference = accuracy.sel(init="random", drop=True) - accuracy.sel(init="warm", drop=True)
    gap = 100.0 * difference.mean("seed")
    gap.attrs = {"long_name": "accuracy of random minus warm", "units": "percentage points"}
    result = xr.Dataset({"exact_accuracy": accuracy, "gap": gap}, attrs={"config": base.to_json()})
    return _draw(gap), result


def _draw(gap: xr.DataArray) -> Figure:
    with style():
        figure = new_figure(COLUMN_WIDTH, 2.6)
        ax = figure.subplots()
        x, y, z = gap["gamma"].to_numpy(), gap["tau"].to_numpy(), gap.to_numpy().T
        mesh = ax.pcolormesh(x, y, z, cmap="cividis", vmin=0.0, shading="nearest")
        lines = ax.contour(x, y, z, levels=[VANISHED], colors="white", linewidths=1.2)
        ax.clabel(lines, fmt={VANISHED: f"{VANISHED:g}"}, fontsize=7)
        figure.colorbar(mesh, label="Random − warm (percentage points)")
        ax.set_xscale("log")
        ax.set(xlabel="Strength of the noise, γ", ylabel="Features to classify a point, τ")
        ax.set_yticks(y[:: max(1, len(y) // 6)])
    return figure


if __name__ == "__main__":
    sys.exit(main(["--only", "gap_map", *sys.argv[1:]]))
