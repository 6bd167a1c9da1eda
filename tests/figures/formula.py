"""A result of fixed numbers: pictures of it change only with the drawing, not the simulator."""

import numpy as np
import xarray as xr

from featsim.inits import resolve
from featsim.schedules import Doubling, Every


def noise_kept(init):
    """Return a share of the noise that is the larger, the less often a policy forgets."""
    if isinstance(init.when, Doubling | Every):
        often = init.when.factor if isinstance(init.when, Doubling) else init.when.k
        return 1.0 - 1.0 / often
    return init.keep_memorized


def simulate(
    config, *, inits=("random", "warm", "ideal"), seeds=10, progress=None, gradient_rank=False
):
    """Return a Dataset with the variables of ``featsim.simulate`` that pictures use."""
    seed_list = range(seeds) if isinstance(seeds, int) else seeds
    seed = xr.DataArray(np.array(seed_list), dims="seed", name="seed")
    experiment = xr.DataArray(np.arange(1, config.experiments + 1), dims="experiment")
    policies = resolve(inits)
    init = xr.DataArray([policy.name for policy in policies], dims="init")
    kept = xr.DataArray([policy.keep_learned for policy in policies], dims="init")
    noise = xr.DataArray([noise_kept(policy) for policy in policies], dims="init")
    feature = xr.DataArray(np.arange(config.features), dims="feature")
    label = xr.DataArray(np.arange(config.classes), dims="class")
    reach = noise * 0.3 + (1.0 - noise) * (1.0 - 0.7 / experiment)
    reach = reach / (1.0 + config.gamma / 2_000.0)
    share = (reach + 0.01 * (seed - seed.mean())).clip(0.0, 1.0)
    accuracy = (1.0 + share / (1.0 + config.tau / 10.0)) / 2.0
    n = config.points_per_chunk
    alone = n * (0.5 + noise * 0.2 + 0.05 * experiment)
    points = kept * alone + (1.0 - kept) * n * experiment
    frequencies = config.max_frequency * (1.0 - feature / config.features) + 0.001 * label
    result = xr.Dataset(
        {
            "learned": (feature + 0.5 * label) < share * config.features,
            "learned_features": (share * config.features * config.classes).round(),
            "nonzero_gradient_points": points * (1.0 + 0.02 * (seed - seed.mean())),
            "memorized_points": points / 2.0,
            "learnable_features": 100.0 * (1.0 - share),
            "test_accuracy": accuracy,
            "exact_accuracy": accuracy,
            "frequencies": frequencies.expand_dims(seed=seed).transpose("seed", "class", "feature"),
        },
        {"seed": seed, "init": init, "experiment": experiment},
        {"config": config.to_json()},
    )
    if gradient_rank:
        result["gradient_rank"] = 90.0 * (1.0 - noise * share)
    return result.transpose("seed", "init", "experiment", "class", "feature")
