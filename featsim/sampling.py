"""The points of a configuration: independent features, drawn from a counter and a key."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from featsim import _checks
from featsim._kernels.sampling import uniform_numbers
from featsim._memory import check_memory
from featsim._points import PackedPoints, draw_points, unpack
from featsim.config import Config
from featsim.stream import FeatureStream

TRAINING, TEST, FREQUENCIES = range(3)


def check_seeds(seeds: int | Sequence[int]) -> Sequence[int]:
    """Return the seeds: 0 … n − 1 for a number n, or the given ones, each once.

    Consecutive seeds stay a range, so that any number of them takes no memory here.
    """
    if not hasattr(seeds, "__len__"):
        seeds = range(_checks.integer("seeds", seeds, 1))
    if isinstance(seeds, range) and seeds:
        for seed in (seeds[0], seeds[-1]):
            check_seeds([seed])
        return seeds
    chosen = [_checks.integer("a seed", seed, 0, 2**31 - 1) for seed in seeds]  # type: ignore[union-attr]
    if not chosen:
        raise ValueError("seeds must be a number of at least 1 or at least one seed, not none")
    if len(set(chosen)) < len(chosen):
        raise ValueError(f"seeds must be different, not {chosen}")
    return chosen


def draw_class(
    config: Config, seed: int, label: int
) -> tuple[npt.NDArray[np.float64], PackedPoints, PackedPoints]:
    """Draw the frequencies (K,), the training points and the test points of one class of a seed.

    Every random word is a function of (seed, class), which make the key, and of the counter: the
    purpose, the feature, the place of the point and the digit. A chunk does not depend on how many
    come after it, nor a seed on the others.
    """
    sequence = np.random.SeedSequence(seed, spawn_key=(label,))
    key = sequence.generate_state(4, np.uint64).astype(np.uint64, copy=False)
    if config.frequencies is None:
        frequencies = np.empty(config.features)
        with np.errstate(over="ignore"):
            uniform_numbers(key, FREQUENCIES, frequencies)
        frequencies *= config.max_frequency
    else:
        frequencies = np.array(config.frequencies[label])
    chunk = config.points_per_chunk // config.classes
    test = np.array([config.test_points // config.classes])
    return (
        frequencies,
        draw_points(frequencies, np.full(config.experiments, chunk), key, TRAINING),
        draw_points(frequencies, test, key, TEST),
    )


def sample_stream(config: Config, seed: int) -> FeatureStream:
    """Return the training points that ``simulate`` uses for a seed, chunk after chunk.

    Within a chunk the points come class after class.
    """
    return _as_stream(config, seed, [config.points_per_chunk] * config.experiments, 1)


def sample_test(config: Config, seed: int) -> FeatureStream:
    """Return the test points that ``simulate`` uses for a seed, as one chunk, class after class."""
    return _as_stream(config, seed, [config.test_points], 2)


def _as_stream(config: Config, seed: int, sizes: list[int], part: int) -> FeatureStream:
    seed = _checks.integer("seed", seed, 0, 2**31 - 1)
    C, J = config.classes, len(sizes)
    # Class by class, together and in their order: each takes a byte for a point and feature.
    check_memory(sum(sizes) * (3 * config.features + 32))
    by_class = [unpack(draw_class(config, seed, c)[part]) for c in range(C)]  # type: ignore[arg-type]
    features = np.stack(by_class).reshape(C, J, sizes[0] // C, config.features)
    shape = features.shape[:3]
    labels, chunks = np.meshgrid(np.arange(C), np.arange(J), indexing="ij")
    return FeatureStream(
        features.swapaxes(0, 1).reshape(-1, config.features),
        np.broadcast_to(labels[..., None], shape).swapaxes(0, 1).ravel(),
        np.broadcast_to(chunks[..., None], shape).swapaxes(0, 1).ravel(),
        C,
    )
