"""Label noise: little lost in accuracy, all in training time.

Beyond the paper: each training point has a wrong label with probability η, and then no feature
that could be learned. In the setting of Figure 3, mean over its experiments, mean and standard
deviation over 10 seeds; lines are the mean field.

For what is learned, η only thins the data: counts are those of a share 1 − η of the points.
Random, ideal and doubling lose little until most labels are wrong, as all chunks together still
show what is frequent. Warm learns from one chunk, and guesses from where a chunk has too few clean
points. The price is training time: wrong points have a gradient until they are memorized, in
ideal's case in every experiment anew, so that with more wrong labels its advantage over random
goes. Doubling pays for them only when it forgets.
"""

import sys
from collections.abc import Sequence

import numpy as np
import xarray as xr
from matplotlib.figure import Figure

import featsim
from featsim.plotting import FULL_WIDTH, draw_legend, new_figure, style
from figures import _limit
from figures.__main__ import main

INITS = ("random", "warm", "ideal", "doubling")
SHARES = tuple(float(share) for share in np.round(np.arange(0, 1, 0.1), 1))


def draw(
    config: featsim.Config | None = None, *, shares: Sequence[float] = SHARES, seeds: int = 10
) -> tuple[Figure, xr.Dataset]:
    """Return the figure, and accuracy and training time for every share of wrong labels."""
    base = (config or featsim.Config()).replace(test_points=0)
    pairs = [_limit.series(base.replace(label_noise=share), INITS, seeds) for share in shares]
    values = xr.DataArray(list(shares), dims="label_noise", name="label_noise")
    result = _limit.both(pairs, values)
    with style():
        figure = new_figure(FULL_WIDTH, 2.6)
        left, right = figure.subplots(1, 2)
        _limit.draw_both(left, result, "accuracy", "label_noise")
        _limit.draw_both(right, result, "training_time", "label_noise")
        left.set_ylabel("Mean accuracy (%)")
        right.set_ylabel("Training time T (points)")
        right.set_yscale("log")
        for ax in (left, right):
            ax.set_xlabel("Share of wrong labels, η")
        draw_legend(figure, left)
    return figure, result


if __name__ == "__main__":
    sys.exit(main(["--only", "label_noise", *sys.argv[1:]]))
