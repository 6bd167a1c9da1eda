"""A result of fixed numbers: pictures of it change only with the drawing, not the simulator."""

import numpy as np
import xarray as xr


def simulate(config, *, inits=("random", "warm", "ideal"), seeds=10, progress=None):
    """Return a Dataset with the variables of ``featsim.simulate`` that pictures use."""
    seed_list = range(seeds) if isinstance(seeds, int) else seeds
    seed = xr.DataArray(np.array(seed_list), dims="seed", name="seed")
    experiment = xr.DataArray(np.arange(1, config.experiments + 1), dims="experiment")
    init = xr.DataArray(list(inits), dims="init")
    feature = xr.DataArray(np.arange(config.features), dims="feature")
    label = xr.DataArray(np.arange(config.classes), dims="class")
    warm = init == "warm"
    reach = xr.where(warm, 0.3, 1.0 - 0.7 / experiment) / (1.0 + config.gamma / 2_000.0)
    share = (reach + 0.01 * (seed - seed.mean())).clip(0.0, 1.0)
    accuracy = (1.0 + share / (1.0 + config.tau / 10.0)) / 2.0
    n = config.points_per_chunk
    points = xr.where(init == "random", n * experiment, n * (0.5 + warm * 0.2 + 0.05 * experiment))
    frequencies = config.max_frequency * (1.0 - feature / config.features) + 0.001 * label
    result = xr.Dataset(
        {
            "learned": (feature + 0.5 * label) < share * config.features,
            "learned_features": (share * config.features * config.classes).round(),
            "nonzero_gradient_points": points * (1.0 + 0.02 * (seed - seed.mean())),
            "memorized_points": points / 2.0,
            "test_accuracy": accuracy,
            "exact_accuracy": accuracy,
            "frequencies": frequencies.expand_dims(seed=seed).transpose("seed", "class", "feature"),
        },
        {"seed": seed, "init": init, "experiment": experiment},
        {"config": config.to_json()},
    )
    return result.transpose("seed", "init", "experiment", "class", "feature")
