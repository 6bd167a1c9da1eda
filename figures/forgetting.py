"""The price of forgetting: ideal's accuracy at the price of warm.

Beyond the paper: accuracy against the training time T, the sum over the experiments of the points
with a gradient, for policies that forget at chosen experiments or by shares; setting of Figure 3,
exact accuracy, means over 10 seeds. Left the last experiment, right the mean over all. Bars are one
standard deviation over the seeds.

Three paths lead from warm, which forgets nothing, to ideal, which forgets all noise before every
experiment. To forget it whenever the data has grown by the factor r (2 is *doubling*) gives the
accuracy of ideal for less training than warm: warm trains on half of each new chunk, and who has
more features on less of it, while old points count again only at the next doubling. Every k
experiments costs more for less. A share φ of the noise, forgotten each time, costs most. To forget
features beside the noise changes no accuracy and multiplies T: with all of them, ideal is random.
The dashed line are the schedules that are best for the mean accuracy at some price of training, as
the mean field finds them from the true frequencies: doubling, which knows nothing, is close to it.
"""

import sys
from collections.abc import Sequence

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator, NullFormatter

import featsim
from featsim.plotting import FULL_WIDTH, INIT_STYLES, new_figure, style
from figures.__main__ import main
from figures._policies import measure, measure_best

PATHS = {
    "doubling": ("noise forgotten at growth by r", INIT_STYLES["doubling"].color, "D"),
    "every": ("every k experiments", "#CC79A7", "v"),
    "share": ("a share φ of it each time", "#E69F00", "P"),
}
"""Label, colour and marker of each path from warm to ideal."""

NUMBERS = {
    "doubling": ((3, 5, "right"), (5, -4, "left")),
    "every": ((0, -10, "center"), (-5, -3, "right")),
    "share": ((5, -7, "left"), (5, -6, "left")),
}
"""Where its numbers stand: beside a point as accurate as ideal, and beside another."""

CORNERS = {"random": (0, -21, "center"), "warm": (7, -9, "left"), "ideal": (4, -12, "left")}
"""The paper's policies, and where their names stand."""

FEATURES = {"warm": ("keep:0.5,1", "forget_features"), "ideal": ("keep:0.5,0", "random")}
"""Half and all of the features forgotten beside what a corner forgets."""

BEST = ("best schedules", "#0072B2")
"""Label and colour of the schedules that theory finds best for the mean accuracy."""

MEASURES = ["training_time", "last", "mean"]
PANELS = {"last": "Accuracy at the end (%)", "mean": "Mean accuracy (%)"}


def draw(
    config: featsim.Config | None = None,
    *,
    factors: Sequence[float] = (1.1, 1.3, 2, 3, 5, 10),
    periods: Sequence[int] = (2, 5, 10, 25),
    shares: Sequence[float] = (0.5, 0.1, 0.02),
    prices: Sequence[float] = (1e-3, 2e-4, 5e-5, 2e-5, 5e-6, 2e-6, 5e-7),
    seeds: int = 10,
) -> tuple[Figure, xr.Dataset]:
    """Return the figure, and accuracy and training time of every policy.

    ``best_training_time``, ``best_last`` and ``best_mean`` are those of the best schedule of each
    price μ.
    """
    base = (config or featsim.Config()).replace(test_points=0)
    steps = {
        "doubling": {f"{r:g}": f"doubling:{r:g}" for r in factors},
        "every": {f"{k}": f"every:{k}" for k in periods},
        "share": {f"{phi:g}": f"keep:1,{1 - phi:g}" for phi in shares},
    }
    names = [*CORNERS, *(name for path in steps.values() for name in path.values())]
    names += [name for pair in FEATURES.values() for name in pair]
    out = measure(base, tuple(dict.fromkeys(names)), seeds)
    best = measure_best(base, out["frequencies"], prices)
    result = out[MEASURES].merge(best[MEASURES].rename({name: f"best_{name}" for name in MEASURES}))
    with style():
        figure = new_figure(FULL_WIDTH, 2.8)
        axes = figure.subplots(1, 2, sharex=True, sharey=True)
        for ax, (variable, label) in zip(axes, PANELS.items(), strict=True):
            _draw(ax, result, variable, steps)
            ax.set(ylabel=label, xlabel="Training time T (thousand points with a gradient)")
        best = result[["best_training_time", "best_mean"]].mean("seed")
        label, color = BEST
        line = best["best_training_time"], best["best_mean"]
        axes[1].plot(*line, color=color, label=label, linewidth=1.2, linestyle="--")
        handles, labels = axes[1].get_legend_handles_labels()
        figure.legend(handles, labels, loc="outside upper center", ncols=len(labels))
    return figure, result


def _draw(ax: Axes, result: xr.Dataset, variable: str, steps: dict[str, dict[str, str]]) -> None:
    mean = result.mean("seed")
    spread = result.std("seed", ddof=min(1, result.sizes["seed"] - 1))

    def places(names: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
        chosen = mean.sel(init=list(names))
        return chosen["training_time"].to_numpy(), chosen[variable].to_numpy()

    for start, (half, whole) in FEATURES.items():
        ax.plot(*places([start, half, whole]), color="0.6", linestyle=":", linewidth=1.2, zorder=1)
        ax.plot(*places([half]), "o", color="0.6", markerfacecolor="white", markersize=4, zorder=2)
    ax.plot(*places(["forget_features"]), "o", color="0.6", markersize=4, zorder=2)
    x, y = places(["forget_features"])
    text = "half (○) or all (●) of the\nfeatures forgotten too"
    _annotate(ax, text, (x[0], y[0]), (20, 6, "right"), "0.4", 6)
    for path, (label, color, marker) in PATHS.items():
        x, y = places(["ideal", *steps[path].values(), "warm"])
        ax.plot(
            x,
            y,
            color=color,
            label=label,
            linewidth=1.2,
            marker=marker,
            markersize=4,
            markevery=range(1, len(x) - 1),
        )
        _write(ax, path, list(steps[path]), x[1:-1], y[1:-1], float(y[0]))
    for name, place in CORNERS.items():
        color, corner = INIT_STYLES[name].color, spread.sel(init=name)
        x, y = places([name])
        ax.errorbar(
            x,
            y,
            corner[variable],
            corner["training_time"],
            color=color,
            elinewidth=0.8,
            marker=INIT_STYLES[name].marker,
            markersize=6,
            zorder=6,
        )
        _annotate(ax, name, (x[0], y[0]), place, color, 7)
    ax.set_xscale("log")
    ax.margins(x=0.1)
    ax.xaxis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0)))
    ax.xaxis.set_major_formatter(lambda value, _: f"{value / 1_000:,.0f}")
    ax.xaxis.set_minor_formatter(NullFormatter())


def _write(
    ax: Axes, path: str, values: Sequence[str], x: np.ndarray, y: np.ndarray, ideal: float
) -> None:
    """Write the value of each point beside it, unless one that is written is close to it."""
    written: list[int] = []
    for i, value in enumerate(values):
        if all(abs(np.log10(x[i] / x[k])) > 0.08 or abs(y[i] - y[k]) > 0.6 for k in written):
            beside, apart = NUMBERS[path]
            place = beside if abs(y[i] - ideal) < 1.0 else apart
            _annotate(ax, value, (x[i], y[i]), place, PATHS[path][1], 6)
            written.append(i)


def _annotate(
    ax: Axes,
    text: str,
    point: tuple[float, float],
    place: tuple[int, int, str],
    color: str,
    size: int,
) -> None:
    x, y, side = place
    ax.annotate(
        text, point, (x, y), textcoords="offset points", color=color, fontsize=size, ha=side
    )


if __name__ == "__main__":
    sys.exit(main(["--only", "forgetting", *sys.argv[1:]]))
