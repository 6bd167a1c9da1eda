"""Random, warm and ideal over 50 experiments (Figure 3).

The paper's synthetic setting, which is the default: 2 classes of 50 features, 1,000 points a chunk,
γ = 50, τ = 3. Lines are means over 10 seeds, bands one standard deviation.

Random and ideal lie on each other in accuracy and in learned features: forgetting the noise costs
nothing. Warm stays far below both: all old points are memorized or well classified, and a feature
has to reach γ among the new ones alone. The third panel is the price: random trains on all points
every time, ideal on few of them and warm on the fewest.
"""

import sys

import xarray as xr
from matplotlib.figure import Figure

import featsim
from figures.__main__ import main


def draw(config: featsim.Config | None = None, *, seeds: int = 10) -> tuple[Figure, xr.Dataset]:
    """Return the figure and the result it shows; the paper's setting if ``config`` is left out."""
    result = featsim.simulate(config or featsim.Config(), seeds=seeds)
    return featsim.three_panels(result), result


if __name__ == "__main__":
    sys.exit(main(["--only", "fig03", *sys.argv[1:]]))
