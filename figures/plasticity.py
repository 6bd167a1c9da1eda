"""Plasticity: what can still be learned, and where a gradient is left.

Beyond the paper: at the start of each experiment, the features not in L that at least γ points with
a gradient have (*learnable*), and the rank of the matrix of the points with a gradient and the
features not in L (*rank*), summed over the classes; at its end the learned features. Setting of
Figure 3, means over 5 seeds, bands one standard deviation.

Warm loses its plasticity after the first chunk, and not for lack of a gradient: its rank stays near
the number of features that it has not learned, but the points behind each are too few to reach γ.
Ideal has a few features to learn at a time, and ever fewer as fewer are left. Doubling has nothing
to learn in between, and at each doubling what the grown data has made learnable. Random can learn
nearly all features, as it has forgotten them: that they are learnable does not say they are new.
"""

import sys

import xarray as xr
from matplotlib.figure import Figure

import featsim
from featsim.plotting import FULL_WIDTH, draw_legend, draw_panel, new_figure, style
from figures.__main__ import main

INITS = ("random", "warm", "ideal", "doubling")
PANELS = ("learnable_features", "gradient_rank", "learned_features")


def draw(config: featsim.Config | None = None, *, seeds: int = 5) -> tuple[Figure, xr.Dataset]:
    """Return the figure and the result it shows; the paper's setting if ``config`` is left out."""
    result = featsim.simulate(
        config or featsim.Config(), inits=INITS, seeds=seeds, progress=False, gradient_rank=True
    )
    with style():
        figure = new_figure(FULL_WIDTH, 2.4)
        axes = figure.subplots(1, len(PANELS))
        for ax, variable in zip(axes, PANELS, strict=True):
            draw_panel(ax, result, variable)
            ax.set_xlabel("Experiment")
        draw_legend(figure, axes[0])
    return figure, result


if __name__ == "__main__":
    sys.exit(main(["--only", "plasticity", *sys.argv[1:]]))
