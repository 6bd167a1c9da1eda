"""Accuracy and training time of policies, and of the schedules that theory finds best."""

from collections.abc import Sequence

import xarray as xr

import featsim
from featsim import theory


def measure(
    config: featsim.Config, inits: Sequence[str | featsim.Init], seeds: int | Sequence[int]
) -> xr.Dataset:
    """Simulate policies; training time and accuracy, at the last experiment and on average.

    ``accuracy`` and ``starting_points`` are by experiment.
    """
    out = featsim.simulate(config, inits=inits, seeds=seeds, progress=False)
    accuracy = 100.0 * out["exact_accuracy"]
    result = xr.Dataset(
        {
            "training_time": out["nonzero_gradient_points"].sum("experiment"),
            "last": accuracy.isel(experiment=-1, drop=True),
            "mean": accuracy.mean("experiment"),
            "accuracy": accuracy,
            "starting_points": out["nonzero_gradient_points"],
            "frequencies": out["frequencies"],
        },
        attrs={"config": config.to_json()},
    )
    result["training_time"].attrs = {"long_name": "training time T", "units": "points"}
    result["last"].attrs = {"long_name": "exact accuracy at the last experiment", "units": "%"}
    result["mean"].attrs = {"long_name": "exact accuracy, mean over experiments", "units": "%"}
    return result


def measure_best(
    config: featsim.Config, frequencies: xr.DataArray, prices: Sequence[float]
) -> xr.Dataset:
    """Simulate the best schedule of each price, which the mean field finds for each seed.

    ``frequencies`` are those of the seeds, (seed, class, feature).
    """
    results = []
    for p in frequencies:
        inits = [
            featsim.Init(f"{mu:g}", 1.0, 0.0, theory.best_schedule(config, mu, p).when)
            for mu in prices
        ]
        results.append(measure(config, inits, [int(p["seed"])]).drop_vars("frequencies"))
    best = xr.concat(results, "seed").rename(init="mu")
    return best.assign_coords(mu=list(prices))
