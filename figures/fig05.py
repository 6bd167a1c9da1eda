"""The learning process of six points (Figure 5).

One class, six features v b g m y p, γ = 2 and τ = 2. A column is a point: its features, and the
grey noise that no other point shares. Below, the number of points with a gradient that have each
feature.

The feature of most points is learned at each step, as long as it reaches the dotted threshold.
After v and b the points x1, x3 and x4 have two learned features and leave, so that the counts fall;
after g, x2 and x5 leave. No feature of x6 reaches the threshold: its noise is memorized.
The paper fixes which features are learned and which points leave; where y and p sit is our choice.
"""

import sys

import numpy as np
import xarray as xr
from matplotlib.figure import Figure

import featsim
from figures.__main__ import main

NAMES = "vbgmyp"
POINTS = ("vby", "vg", "vb", "vbp", "vgy", "m")


def worked_example() -> featsim.FeatureStream:
    """Return the six points, of one class and one chunk."""
    features = np.array([[name in point for name in NAMES] for point in POINTS])
    return featsim.FeatureStream(features, np.zeros(6, int), np.zeros(6, int))


def draw() -> tuple[Figure, xr.Dataset]:
    """Return the figure and the simulator's result on the same points."""
    stream = worked_example()
    figure = featsim.draw_process(featsim.trace(stream, gamma=2, tau=2), names=NAMES)
    return figure, featsim.simulate_stream(stream, gamma=2, tau=2)


if __name__ == "__main__":
    sys.exit(main(["--only", "fig05", *sys.argv[1:]]))
