"""Which features are learned, experiment by experiment, as a picture of one seed."""

import numpy as np
import xarray as xr
from matplotlib.colors import ListedColormap
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from featsim.plotting import FULL_WIDTH, init_styles, new_figure, style


def draw_learned(result: xr.Dataset) -> Figure:
    """Draw a row for each feature of each class, the most frequent on top: coloured while learned.

    ``result`` is that of one seed, without the dim ``seed``. Where frequencies change, their mean
    over the experiments counts.
    """
    frequencies = result["frequencies"]
    if "experiment" in frequencies.dims:
        frequencies = frequencies.mean("experiment")
    by_frequency = xr.Dataset({"learned": result["learned"], "frequencies": frequencies})
    by_frequency = by_frequency.stack(rank=("class", "feature"))
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
    return figure
