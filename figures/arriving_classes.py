"""Arriving classes, and discarded data (Figures 20, 21 and 23 in the simulator).

Beyond the paper's theory: above, five classes arrive ten experiments apart, all data are kept, and
the test is of the classes seen; below, in the setting of Figure 3, an experiment trains on its
newest chunk alone. Mean and standard deviation over 10 seeds; dotted lines are the mean field.

With arriving classes ideal equals random, as in a stationary stream. Warm learns hardly anything
of a class beyond its first chunk, which holds the fewer points of it the later it comes, so that
each new class leaves it further behind. Doubling by all points comes too seldom for the late
classes; forgetting at the doublings of each class's own data follows ideal.

Where data are discarded, noise has nothing to outlive: ideal, doubling and warm are one line, and
keep what random cannot see, features of chunks that are gone. In the mean field they all coincide;
in finite data chance lifts now one, now another feature above the threshold, and what was learned
stays.
"""

import sys

import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure

import featsim
from featsim.plotting import FULL_WIDTH, draw_legend, draw_panel, init_styles, new_figure, style
from figures.__main__ import main

CLASSES, APART, EXPERIMENTS = 5, 10, 60
BY_CLASS = featsim.Init(
    "doubling by class",
    1.0,
    0.0,
    featsim.At(
        tuple(
            sorted(
                {
                    APART * c + 2**k
                    for c in range(CLASSES)
                    for k in range(1, 7)
                    if APART * c + 2**k <= EXPERIMENTS
                }
            )
        )
    ),
)
"""Forgets when the chunks since the arrival of any class have doubled in number."""

INITS = ("random", "warm", "ideal", "doubling", BY_CLASS)
ROWS = {
    "arriving classes": {
        "classes": CLASSES,
        "experiments": EXPERIMENTS,
        "class_arrival": APART,
    },
    "newest chunk only": {"window": 1},
}
PANELS = ("exact_accuracy", "learned_features")


def draw(config: featsim.Config | None = None, *, seeds: int = 10) -> tuple[Figure, xr.Dataset]:
    """Return the figure, and the series of both streams, simulated and of the mean field."""
    base = (config or featsim.Config()).replace(test_points=0)
    by_row = {name: _series(base.replace(**fields), seeds) for name, fields in ROWS.items()}
    with style():
        figure = new_figure(FULL_WIDTH, 4.2)
        axes = figure.subplots(2, 2)
        for row, (name, result) in zip(axes, by_row.items(), strict=True):
            for ax, variable in zip(row, PANELS, strict=True):
                draw_panel(ax, result.sel(how="simulated"), variable)
                _draw_limit(ax, result.sel(how="mean field"), variable)
                ax.set(xlabel="Experiment", title=name)
        draw_legend(figure, axes[0, 0])
    streams = xr.DataArray(list(by_row), dims="stream", name="stream")
    return figure, xr.concat(by_row.values(), streams, join="outer")


def _series(config: featsim.Config, seeds: int) -> xr.Dataset:
    out = featsim.simulate(config, inits=INITS, seeds=seeds, progress=False)
    limit = featsim.theory.mean_field(config, out["frequencies"], inits=INITS)
    names = [*PANELS, "nonzero_gradient_points"]
    how = xr.DataArray(["simulated", "mean field"], dims="how", name="how")
    return xr.concat([out[names], limit[names]], how)


def _draw_limit(ax: Axes, limit: xr.Dataset, variable: str) -> None:
    scale = 100.0 if variable == "exact_accuracy" else 1.0
    for name, look in init_styles(limit["init"].to_numpy().tolist()).items():
        mean = scale * limit[variable].sel(init=name).mean("seed")
        ax.plot(limit["experiment"], mean, color=look.color, linestyle=":", linewidth=1.0, zorder=6)


if __name__ == "__main__":
    sys.exit(main(["--only", "arriving_classes", *sys.argv[1:]]))
