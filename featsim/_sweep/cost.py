"""What one simulation of a sweep costs, as a model: pieces are cut by it."""

import math

from featsim.config import Config


def seconds(config: Config, inits: int, *, rank: bool = False) -> float:
    """Return about how long one simulation takes."""
    J, K = config.experiments, config.features
    points = sum(config.points_by_chunk or [config.points_per_chunk * J]) // J
    words = J * math.ceil(points // config.classes / 64)
    tests = math.ceil(config.test_points // config.classes / 64)
    trained = inits * words * min(config.window or J, J)
    by_feature = 1e-8 * words + (2e-9 if config.noise_levels else 2e-10) * trained
    if config.frequencies_change:  # each experiment has test points, each chunk an accuracy
        by_feature += J * (1e-8 + 2e-9 * inits) * tests + 1e-9 * inits * J * J * config.tau
    else:
        by_feature += 1e-8 * tests
    if rank:
        by_feature += 4e-9 * inits * J * K * K
    return config.classes * (5e-5 + K * by_feature)
