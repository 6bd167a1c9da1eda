"""How fast the simulator comes to the mean field of streams that change."""

import functools

import numpy as np
import xarray as xr

import featsim
from docs.programs.theory_limit import sizes, table
from featsim import theory

INITS = ("random", "warm", "ideal", "doubling")
SEEDS = 5
STREAMS = {
    "drift 0.1": {"drift": 0.1},
    "drift 0.1, window 3": {"drift": 0.1, "window": 3},
    "label noise 0.3": {"label_noise": 0.3},
    "strengths 1 to 3": {"max_strength": 3, "tau": 5},
    "three levels of noise": {"noise_levels": ((0.5, 0.4), (1.0, 0.3), (5 / 3, 0.3))},
    "a class after 3 experiments": {"class_arrival": 3},
}


@functools.cache
def distances(stream: str, points: int) -> xr.DataArray:
    """Return the mean distance of the accuracies, by initialization, over seeds and experiments."""
    config = featsim.Config(  # type: ignore[arg-type]
        points_per_chunk=points, gamma=points / 20, experiments=10, test_points=0
    ).replace(**STREAMS[stream])
    out = featsim.simulate(config, inits=INITS, seeds=SEEDS, workers=1, progress=False)
    limit = theory.mean_field(config, out["frequencies"], inits=INITS)
    return abs(out["exact_accuracy"] - limit["exact_accuracy"]).mean(("seed", "experiment"))


def convergence_table(largest: int) -> str:
    """Return the distances at the fewest and the most points, and the power of n between."""
    points = sizes(largest)
    rows = []
    for stream in STREAMS:
        by_size = [distances(stream, n) for n in points]
        for init in INITS:
            values = [float(one.sel(init=init)) for one in by_size]
            power = np.polyfit(np.log(points), np.log(values), 1)[0]
            rows.append([stream, init, f"{values[0]:.2g}", f"{values[-1]:.2g}", f"{power:.2f}"])
    return table(
        ["stream", "init", f"n = {points[0]:,}", f"n = {points[-1]:,}", "power of n"], rows
    )
