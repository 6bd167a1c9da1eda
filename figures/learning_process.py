"""Which features are learned, experiment by experiment.

Beyond the paper: one seed of the setting of Figure 3. A row is a feature of either class, the most
frequent on top; a coloured cell says that it is learned after that experiment.

Under random and ideal the border moves down to ever rarer features as data grows. Under warm it
freezes: nearly all that is ever learned is learned in the first experiments, even some frequent
features are missed for good, and features below a certain frequency are out of reach. Random, which
starts anew each time, can lose a feature again for an experiment; ideal and warm cannot.
"""

import sys

import xarray as xr
from matplotlib.figure import Figure

import featsim
from featsim.learned_plot import draw_learned
from figures.__main__ import main


def draw(config: featsim.Config | None = None, *, seed: int = 0) -> tuple[Figure, xr.Dataset]:
    """Return the figure and the result of one seed; the paper's setting without ``config``."""
    result = featsim.simulate(config or featsim.Config(), seeds=[seed]).isel(seed=0)
    return draw_learned(result), result


if __name__ == "__main__":
    sys.exit(main(["--only", "learning_process", *sys.argv[1:]]))
