"""More classes (Figure 9).

The setting of Figure 3 with 2, 5 and 10 classes, 10 seeds. A class keeps its 500 points a chunk, so
that a chunk grows with the classes: with 1,000 points shared by 10 classes no feature would reach
γ in a chunk, and warm would learn nothing at all.

What is learned in each class stays the same, so that the three panels keep their shape. The gap of
warm in accuracy widens, as a guess is worth less among more classes.
"""

import sys
from collections.abc import Sequence

import xarray as xr
from matplotlib.figure import Figure

import featsim
from figures.__main__ import main
from figures._sweep import draw_sweep


def draw(
    config: featsim.Config | None = None, *, classes: Sequence[int] = (2, 5, 10), seeds: int = 10
) -> tuple[Figure, xr.Dataset]:
    """Return the figure and its result: ``config`` (the paper's if left out) with each C."""
    base = config or featsim.Config()
    per_class = base.points_per_chunk // base.classes
    configs = [base.replace(classes=value, points_per_chunk=per_class * value) for value in classes]
    return draw_sweep(configs, "classes", classes, "C", seeds=seeds)


if __name__ == "__main__":
    sys.exit(main(["--only", "fig09", *sys.argv[1:]]))
