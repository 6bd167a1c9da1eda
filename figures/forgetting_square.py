"""The square of policies: what forgetting features and forgetting noise are worth.

Beyond the paper: before each experiment every learned feature is forgotten with one probability,
and every memorized point with another; setting of Figure 3, exact accuracy after the last
experiment and training time T, means over 10 seeds. The corners are the paper's initializations and
a fourth.

Accuracy goes with the noise alone: features that are forgotten are learned again, from the points
that are well classified no longer. It rises fast: a fiftieth of the noise, forgotten each time,
brings two fifths of what ideal gains. Training time goes with both, and most with the features: to
forget a fifth of them costs more than to forget all noise. Whoever forgets the same share of both
pays for the features and gains from the noise.
"""

import sys
from collections.abc import Sequence

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.colors import LogNorm, Normalize
from matplotlib.figure import Figure

import featsim
from featsim.plotting import FULL_WIDTH, new_figure, style
from figures.__main__ import main

SHARES = (0.0, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0)
CORNERS = {
    (0.0, 0.0): "warm",
    (1.0, 1.0): "random",
    (0.0, 1.0): "ideal",
    (1.0, 0.0): "forget\nfeatures",
}
"""Name of a corner by the shares of features and noise forgotten."""


def draw(
    config: featsim.Config | None = None,
    *,
    shares: Sequence[float] = SHARES,
    seeds: int = 10,
) -> tuple[Figure, xr.Dataset]:
    """Return the figure, and accuracy and training time for every pair of shares forgotten."""
    base = (config or featsim.Config()).replace(test_points=0)
    pairs = [(a, b) for a in shares for b in shares]
    out = featsim.simulate(
        base,
        inits=[featsim.Init(f"{a:g}, {b:g}", 1.0 - a, 1.0 - b) for a, b in pairs],
        seeds=seeds,
        progress=False,
    )
    accuracy = 100.0 * out["exact_accuracy"].isel(experiment=-1)
    time = out["nonzero_gradient_points"].sum("experiment")
    square = ("features_forgotten", "noise_forgotten")
    sides = (len(shares), len(shares))
    result = xr.Dataset(
        {
            "accuracy": (square, accuracy.mean("seed").to_numpy().reshape(sides)),
            "training_time": (square, time.mean("seed").to_numpy().reshape(sides)),
        },
        {side: list(shares) for side in square},
        {"config": base.to_json()},
    )
    result["accuracy"].attrs = {"long_name": "exact accuracy at the end", "units": "%"}
    result["training_time"].attrs = {"long_name": "training time T", "units": "points"}
    with style():
        figure = new_figure(FULL_WIDTH, 3.2)
        axes = figure.subplots(1, 2, sharey=True)
        _draw(axes[0], result["accuracy"], "{:.1f}", Normalize())
        axes[0].set(title="Accuracy at the end (%)", ylabel="Share of the noise forgotten")
        _draw(axes[1], result["training_time"] / 1_000.0, "{:,.0f}", LogNorm())
        axes[1].set(title="Training time T (thousand points with a gradient)")
    return figure, result


def _draw(ax: Axes, values: xr.DataArray, form: str, norm: Normalize) -> None:
    features, noise = ([float(share) for share in values[name]] for name in values.dims)
    ax.imshow(values.to_numpy().T, cmap="cividis", norm=norm, origin="lower", aspect="auto")
    dark = np.asarray(norm(values.to_numpy())) < 0.5
    for (x, y), value in np.ndenumerate(values.to_numpy()):
        corner = CORNERS.get((features[x], noise[y]))
        ax.text(
            x,
            y,
            form.format(value) + (f"\n{corner}" if corner else ""),
            color="white" if dark[x, y] else "black",
            fontsize=5.5,
            ha="center",
            linespacing=1.0,
            va="center",
        )
    ax.set_xticks(range(len(features)), [f"{share:g}" for share in features])
    ax.set_yticks(range(len(noise)), [f"{share:g}" for share in noise])
    ax.tick_params(length=0)
    ax.spines[:].set_visible(False)
    ax.set_xlabel("Share of the features forgotten")


if __name__ == "__main__":
    sys.exit(main(["--only", "forgetting_square", *sys.argv[1:]]))
