"""Which features are learned, experiment by experiment.

Beyond the paper: one seed of the setting of Figure 3. A row is a feature of either class, the most
frequent on top; a coloured cell says that it is learned after that experiment.

Under random and ideal the border moves down to ever rarer features as data grows. Under warm it
freezes: nearly all that is ever learned is learned in the first experiments, even some frequent
features are missed for good, and features below a certain frequency are out of reach. Random, which
starts anew each time, can lose a feature again for an experiment; ideal and warm cannot.
"""

import sys

import numpy as np
import xarray as xr
from matplotlib.colors import ListedColormap
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

import featsim
from featsim.plotting import FULL_WIDTH, init_styles, new_figure, style
from figures.__main__ import main


def draw(config: featsim.Config | None = None, *, seed: int = 0) -> tuple[Figure, xr.Dataset]:
    """Return the figure and the result of one seed; the paper's setting without ``config``."""
    result = featsim.simulate(config or featsim.Config(), seeds=[seed]).isel(seed=0)
    by_frequency = result[["learned", "frequencies"]].stack(rank=("class", "feature"))
    by_frequency = by_frequency.isel(rank=np.argsort(-by_frequency["frequencies"].to_numpy()))
    experiments = result["experiment"].to_numpy()
    ranks = np.arange(1, by_frequency.sizes["rank"] + 1)
    with style():
        figure = new_figure(FULL_WIDTH, 3.0)
        axes = figure.subplots(1, result.sizes["init"], sharey=True, squeeze=False)[0]
        looks = init_styles(result["init"].to_numpy().tolist())
        for ax, (name, look) in zip(axes, looks.items(), strict=True):
            learned = by_frequency["learned"].sel(init=name).transpose("rank", "experiment")
            ax.pcolormesh(
                experiments,
                ranks,
                learned.to_numpy(),
                cmap=ListedColormap(["#F2F2F2", look.color]),
                vmin=0,
                vmax=1,
                shading="nearest",
                rasterized=True,
            )
            ax.set(title=name, xlabel="Experiment")
            ax.xaxis.set_major_locator(MaxNLocator(5, integer=True, steps=[1, 2, 5, 10]))
        places = np.linspace(0, len(ranks) - 1, 6).round().astype(int)
        shares = by_frequency["frequencies"].to_numpy()[places]
        axes[0].set_yticks(ranks[places], [f"{share:.3f}" for share in shares])
        axes[0].set_ylabel("Feature, by its frequency")
        axes[0].invert_yaxis()
    return figure, result


if __name__ == "__main__":
    sys.exit(main(["--only", "learning_process", *sys.argv[1:]]))
