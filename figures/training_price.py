"""The price of training: accuracy against training time.

Beyond the paper: the training time T, the sum over the experiments of the points with a gradient,
against the test accuracy after the last, in the setting of Figure 3 with other values of γ (left)
and τ (right). Means over 10 seeds; bars are one standard deviation. A number is the value of γ or
τ; where points crowd, the first has those of all.

Random has one price, whatever the setting: every point, every time. Ideal reaches the same accuracy
for a fraction of it. Warm is the cheapest and pays with accuracy; with a γ that no chunk reaches it
only guesses, and both that and its price stay as they are.
"""

import sys
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure

import featsim
from featsim.plotting import FULL_WIDTH, init_styles, new_figure, style
from figures.__main__ import main
from figures._sweep import simulate_each

Reals = npt.NDArray[Any]


def draw(
    config: featsim.Config | None = None,
    *,
    gammas: Sequence[float] = (10, 25, 50, 100, 300, 1000),
    taus: Sequence[int] = (1, 2, 3, 4, 5),
    seeds: int = 10,
) -> tuple[Figure, xr.Dataset]:
    """Return the figure and the price and accuracy of every setting: first each γ, then each τ."""
    base = config or featsim.Config()
    configs = [base.replace(gamma=gamma) for gamma in gammas]
    configs += [base.replace(tau=tau) for tau in taus]
    settings = xr.DataArray(np.arange(len(configs)), dims="setting", name="setting")
    series = simulate_each(configs, settings, seeds=seeds)
    result = xr.Dataset(
        {
            "training_time": series["nonzero_gradient_points"].sum("experiment"),
            "accuracy": 100.0 * series["test_accuracy"].isel(experiment=-1, drop=True),
        },
        {
            "gamma": ("setting", [config.gamma for config in configs]),
            "tau": ("setting", [config.tau for config in configs]),
        },
    )
    result["training_time"].attrs = {"long_name": "training time T", "units": "points"}
    result["accuracy"].attrs = {"long_name": "test accuracy at the end", "units": "%"}
    with style():
        figure = new_figure(FULL_WIDTH, 2.5)
        axes = figure.subplots(1, 2, sharey=True)
        _draw(
            axes[0],
            result.isel(setting=slice(len(gammas))),
            "gamma",
            f"γ as written, τ = {base.tau}",
        )
        _draw(
            axes[1],
            result.isel(setting=slice(len(gammas), None)),
            "tau",
            f"τ as written, γ = {base.gamma:g}",
        )
        axes[0].set_ylabel("Test accuracy at the end (%)")
        axes[1].legend()
    return figure, result


def _draw(ax: Axes, result: xr.Dataset, coordinate: str, title: str) -> None:
    mean, spread = result.mean("seed"), result.std("seed", ddof=min(1, result.sizes["seed"] - 1))
    for name, look in init_styles(result["init"].to_numpy().tolist()).items():
        x, y = mean.sel(init=name)["training_time"], mean.sel(init=name)["accuracy"]
        ax.errorbar(
            x,
            y,
            spread.sel(init=name)["accuracy"],
            spread.sel(init=name)["training_time"],
            color=look.color,
            elinewidth=0.8,
            label=name,
            linestyle=look.linestyle,
            linewidth=1.0,
            marker=look.marker,
            markersize=look.markersize,
            zorder=look.layer,
        )
        _write_values(ax, result[coordinate].to_numpy(), x.to_numpy(), y.to_numpy())
    ax.set_xscale("log")
    ax.set_xlim(right=4 * float(mean["training_time"].max()))  # for the numbers of random
    ax.set(title=title, xlabel="Training time T (points with a gradient)")


def _write_values(ax: Axes, values: Reals, x: Reals, y: Reals) -> None:
    """Write the values of the setting beside each point, those of points close to it in one."""
    crowds: list[list[int]] = []
    for i in range(len(values)):
        for crowd in crowds:
            k = crowd[0]
            if abs(np.log10(x[i] / x[k])) < 0.15 and abs(y[i] - y[k]) < 2.5:
                crowd.append(i)
                break
        else:
            crowds.append([i])
    for crowd in crowds:
        text = ", ".join(f"{values[i]:g}" for i in crowd)
        place = (x[crowd[0]], y[crowd[0]])
        ax.annotate(text, place, (5, 3), textcoords="offset points", fontsize=6)


if __name__ == "__main__":
    sys.exit(main(["--only", "training_price", *sys.argv[1:]]))
