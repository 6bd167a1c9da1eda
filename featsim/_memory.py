"""What a simulation needs of the memory, and whether it is there."""

from featsim.config import Config, most_points
from featsim.inits import Init
from featsim.source import Source
from featsim.stream import FeatureStream

UNCHECKED = 2**28
"""Need in bytes that any machine has."""

RESULT_BYTES = 40
"""Bytes that a result and its making take for a seed, init, experiment, class and feature."""

LEVEL_BYTES = 80
"""Bytes that a point takes while those of a class are put in order of their noise."""


MOST_STATE_WORDS = 2**21
"""Words up to which the states after every step of a run are kept."""


def simulation_bytes(config: Config, *, inits: tuple[Init, ...], seeds: int, workers: int) -> int:
    """Return the peak memory of ``simulate``: the result, and a class of points for each worker."""
    C, K, J = config.classes, config.features, config.experiments
    one_class = class_bytes(config, inits) * min(workers, seeds * C)
    return one_class + RESULT_BYTES * seeds * len(inits) * J * C * K


def class_bytes(config: Config, inits: tuple[Init, ...]) -> int:
    """Return the memory of the points and the experiments of one class."""
    J = config.experiments
    points, words = most_points(config)
    tests = J if config.frequencies_change else 1
    test_words = tests * -(-config.test_points // config.classes // 64)
    need = _class_bytes(words + test_words, config.features, config.tau)
    noise = LEVEL_BYTES * points if config.noise_levels else 0
    return need + noise + _masks_bytes(inits, J, words)


def stream_bytes(
    stream: FeatureStream, *, tau: int, inits: tuple[Init, ...], workers: int, noise: bool = False
) -> int:
    """Return the most that ``simulate_stream`` needs beside the stream, whatever its balance.

    ``noise`` says whether points have a strength of noise of their own.
    """
    C, K, J = stream.num_classes, stream.num_features, stream.num_chunks
    words = len(stream) // 64 + J
    one_class = _class_bytes(words, K, min(tau, K + 1)) + _masks_bytes(inits, J, words)
    levels = LEVEL_BYTES * len(stream) if noise else 0
    return one_class * min(workers, C) + levels + RESULT_BYTES * len(inits) * J * C * K


def source_bytes(
    source: Source, *, tau: int, inits: tuple[Init, ...], seeds: int, workers: int
) -> int:
    """Return the most that ``simulate_source`` needs beside what the source itself does."""
    J, C = (int(size) for size in source.sizes.shape)
    K = source.features
    words = int((-(-source.sizes // 64)).sum(axis=0).max())
    one_class = _class_bytes(words, K, min(tau, K + 1)) + _masks_bytes(inits, J, words)
    return one_class * min(workers, seeds * C) + RESULT_BYTES * seeds * len(inits) * J * C * K


def _class_bytes(words: int, features: int, tau: int) -> int:
    """Return the memory of the experiments of one class: points, sets, counters, known counts."""
    states = min(state_words(features, words, tau), MOST_STATE_WORDS)
    return 8 * words * (features + _planes(tau) + 4) + 16 * (features + 1) ** 2 + 8 * states


def state_words(features: int, words: int, tau: int) -> int:
    """Return the words that the states of a run take, if those after every step are kept."""
    return (features + 1) * (_planes(tau) + 1) * words


def _planes(tau: int) -> int:
    return 2 * -(-max(1, (tau - 1).bit_length()) // 2)


def _masks_bytes(inits: tuple[Init, ...], experiments: int, words: int) -> int:
    """Return the memory of the masks of points that are kept by share, twice as they are made."""
    by_share = any(0.0 < init.keep_memorized < 1.0 for init in inits)
    return 16 * experiments * words if by_share else 0


FEWER = "points, experiments (chunks), classes, features, seeds or workers"


def check_memory(need: int, what: str = "setting", fewer: str = FEWER) -> None:
    """Raise a MemoryError if ``need`` bytes are more than the memory that is available.

    ``what`` needs them, and takes less with ``fewer`` of something.
    """
    if need <= UNCHECKED:
        return
    import psutil

    available = psutil.virtual_memory().available
    if need > available:
        raise MemoryError(
            f"the {what} needs {need / 2**30:,.1f} GiB of memory, and "
            f"{available / 2**30:,.1f} GiB are available: take fewer {fewer}"
        )
