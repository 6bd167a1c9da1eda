"""Weaker and stronger noise (Figure 10).

The setting of Figure 3 with γ = 25, 50 and 100, 10 seeds.

Random and ideal start lower with a larger γ and end at nearly the same accuracy, as the counts of
features grow with the data and pass any γ. Warm never makes up for what it did not learn at first:
with γ = 100, about the largest count that one chunk gives, it stays close to a guess.
"""

import sys
from collections.abc import Sequence

import xarray as xr
from matplotlib.figure import Figure

import featsim
from figures.__main__ import main
from figures._sweep import draw_sweep


def draw(
    config: featsim.Config | None = None, *, gamma: Sequence[float] = (25, 50, 100), seeds: int = 10
) -> tuple[Figure, xr.Dataset]:
    """Return the figure and its result: ``config`` (the paper's if left out) with each γ."""
    base = config or featsim.Config()
    configs = [base.replace(gamma=value) for value in gamma]
    return draw_sweep(configs, "gamma", gamma, "γ", seeds=seeds)


if __name__ == "__main__":
    sys.exit(main(["--only", "fig10", *sys.argv[1:]]))
