"""Fewer and more features to classify a point (Figure 11).

The setting of Figure 3 with τ = 1, 3 and 5, 10 seeds.

With a larger τ more features are learned, as points keep their gradient for longer, and accuracy
falls all the same, as fewer points have τ features at all. Warm is below random and ideal, which
lie on each other, for every τ. The price of ideal rises with τ: points that lack τ features have a
gradient in every experiment.
"""

import sys
from collections.abc import Sequence

import xarray as xr
from matplotlib.figure import Figure

import featsim
from figures.__main__ import main
from figures._sweep import draw_sweep


def draw(
    config: featsim.Config | None = None, *, tau: Sequence[int] = (1, 3, 5), seeds: int = 10
) -> tuple[Figure, xr.Dataset]:
    """Return the figure and its result: ``config`` (the paper's if left out) with each τ."""
    base = config or featsim.Config()
    configs = [base.replace(tau=value) for value in tau]
    return draw_sweep(configs, "tau", tau, "τ", seeds=seeds)


if __name__ == "__main__":
    sys.exit(main(["--only", "fig11", *sys.argv[1:]]))
