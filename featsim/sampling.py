"""The points of a configuration: independent features, drawn from a counter and a key."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from featsim import _purposes
from featsim._checks import check_seed
from featsim._kernels.sampling import uniform_numbers
from featsim._memory import check_memory
from featsim._points import PackedPoints, Words, draw_points, unpack
from featsim.config import Config, check_config
from featsim.source import ClassPoints, Counts, Reals, Source, key_of
from featsim.stream import FeatureStream


class ConfigSource(Source):
    """The data that a configuration describes.

    Every random word is a function of (seed, class), which make the key, and of the counter: the
    purpose, the feature, the place of the point and the digit. A chunk does not depend on how many
    come after it, nor a seed on the others.
    """

    def __init__(self, config: Config) -> None:
        self.config = config
        self.classes, self.features = config.classes, config.features
        J, C = config.experiments, config.classes
        known = np.full(J, C)
        if config.class_arrival:
            known = np.minimum(np.arange(J) // min(config.class_arrival, J) + 1, C)
        self._seen = np.arange(C) < known[:, None]
        points = np.array(config.points_by_chunk or [config.points_per_chunk] * J)
        share, rest = np.divmod(points, known)
        self.sizes = np.where(self._seen, share[:, None] + (np.arange(C) < rest[:, None]), 0)

    @property
    def seen(self) -> npt.NDArray[np.bool_]:
        """(J, C): whether a class has arrived."""
        return self._seen

    def draw(self, seed: int, label: int) -> ClassPoints:
        """Draw the points of one class of a seed."""
        config, key = self.config, key_of(seed, label)
        frequencies = self.frequencies(key, label)
        points = draw_points(
            frequencies, np.ascontiguousarray(self.sizes[:, label]), key, _purposes.TRAINING
        )
        if config.label_noise:
            wrong = draw_points(
                np.array([config.label_noise]), points.sizes, key, _purposes.LABEL_NOISE
            )
            points.words[:] &= ~wrong.words
        test = None
        if config.test_points:
            chunks = 1 if frequencies.ndim == 1 else config.experiments
            sizes = np.full(chunks, config.test_points // config.classes)
            test = draw_points(frequencies, sizes, key, _purposes.TEST)
        return ClassPoints(
            points=points,
            test=test,
            frequencies=frequencies,
            strengths=self.strengths(key, label),
            noise=self.noise(key, points),
        )

    def frequencies(self, key: Words, label: int) -> Reals:
        """Return the frequencies of a class, (K,), or (J, K) where they change."""
        config = self.config
        if config.frequencies is not None:
            return np.ascontiguousarray(np.array(config.frequencies)[..., label, :])
        if config.frequency_law == "zipf":
            ranks = np.arange(1, config.features + 1)
            first = config.max_frequency * ranks ** np.float64(-config.frequency_exponent)
        else:
            first = self._uniform(key, _purposes.FREQUENCIES) * config.max_frequency
        if not config.drift:
            return first
        by_chunk = [first]
        for j in range(1, config.experiments):
            chosen = self._uniform(key, _purposes.DRIFTS, j) < config.drift
            fresh = self._uniform(key, _purposes.DRIFTED, j)
            row = by_chunk[-1].copy()
            if config.frequency_law == "zipf":
                row[chosen] = row[chosen][np.argsort(fresh[chosen], kind="stable")]
            else:
                row[chosen] = fresh[chosen] * config.max_frequency
            by_chunk.append(row)
        return np.stack(by_chunk)

    def strengths(self, key: Words, label: int) -> Counts | None:
        """Return the strengths of a class, (K,), or None where all are 1."""
        config = self.config
        if config.strengths is not None:
            return np.array(config.strengths[label])
        if config.max_strength == 1:
            return None
        drawn = self._uniform(key, _purposes.STRENGTHS)
        return 1 + np.floor(drawn * config.max_strength).astype(np.int64)

    def noise(self, key: Words, points: PackedPoints) -> Reals | None:
        """Return the noise of the points in units of γ, (n,), or None where all have γ."""
        if self.config.noise_levels is None:
            return None
        factors, shares = np.array(self.config.noise_levels).T
        drawn = np.empty(points.sizes.sum())
        with np.errstate(over="ignore"):
            uniform_numbers(key, _purposes.NOISE_LEVELS, 0, drawn)
        noise: Reals = factors[np.searchsorted(np.cumsum(shares)[:-1], drawn, side="right")]
        return noise

    def _uniform(self, key: Words, purpose: int, place: int = 0) -> Reals:
        drawn = np.empty(self.config.features)
        with np.errstate(over="ignore"):
            uniform_numbers(key, purpose, place, drawn)
        return drawn


def sample_stream(config: Config, seed: int) -> FeatureStream:
    """Return the training points that ``simulate`` uses for a seed, chunk after chunk.

    Within a chunk the points come class after class. Neither strengths nor noise are part of a
    stream: ``simulate_stream`` repeats ``simulate`` with a ``max_strength`` only if it is given
    ``strengths``, those of the result of ``simulate``, and with ``noise_levels`` only if its
    ``gamma`` is what ``sample_noise`` returns.
    """
    check_config(config)
    seed = check_seed("seed", seed)
    _check_rows(config, config.points_by_chunk, config.points_per_chunk, config.experiments)
    source = ConfigSource(config)
    return _as_stream(config, source.sizes, [drawn.points for drawn in _classes(source, seed)])


def sample_test(config: Config, seed: int) -> FeatureStream:
    """Return the test points that ``simulate`` uses for a seed, class after class.

    They are one chunk, or, where frequencies change, one for each experiment.
    """
    check_config(config)
    seed = check_seed("seed", seed)
    chunks = config.experiments if config.frequencies_change else 1
    _check_rows(config, None, config.test_points, chunks)
    source = ConfigSource(config)
    sizes = np.full((chunks, config.classes), config.test_points // config.classes)
    if not config.test_points:
        none = np.empty(0, np.int64)
        return FeatureStream(np.empty((0, config.features), np.bool_), none, none, config.classes)
    return _as_stream(config, sizes, [drawn.test for drawn in _classes(source, seed)])


def sample_noise(config: Config, seed: int) -> Reals:
    """Return the noise γ_x of the training points of a seed, (n,), in ``sample_stream``'s order.

    Strengths are apart from it, see there.
    """
    check_config(config)
    seed = check_seed("seed", seed)
    _check_rows(config, config.points_by_chunk, config.points_per_chunk, config.experiments)
    source = ConfigSource(config)
    labels, _ = _order(source.sizes)
    noise = np.full(labels.size, config.gamma)
    for c, drawn in enumerate(_classes(source, seed)):
        if drawn.noise is not None:
            noise[labels == c] = config.gamma * drawn.noise
    return noise


def _classes(source: ConfigSource, seed: int) -> list[ClassPoints]:
    return [source.draw(seed, c) for c in range(source.classes)]


def _order(sizes: Counts) -> tuple[Counts, Counts]:
    """Return the class and the chunk of each point, (n,), for sizes (J, C)."""
    J, C = sizes.shape
    labels, chunks = np.tile(np.arange(C), J), np.repeat(np.arange(J), C)
    return np.repeat(labels, sizes.ravel()), np.repeat(chunks, sizes.ravel())


def _as_stream(config: Config, sizes: Counts, by_class: list[Any]) -> FeatureStream:
    labels, chunks = _order(sizes)
    features = np.empty((labels.size, config.features), np.bool_)
    for c, points in enumerate(by_class):
        features[labels == c] = unpack(points)
    return FeatureStream(features, labels, chunks, config.classes)


def _check_rows(config: Config, sizes: Sequence[int] | None, points: int, chunks: int) -> None:
    """Raise a MemoryError if the rows do not fit: each takes a byte for a feature, three times."""
    check_memory((sum(sizes) if sizes else points * chunks) * (3 * config.features + 32))
