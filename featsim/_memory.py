"""What a simulation needs of the memory, and whether it is there."""

from featsim.config import Config
from featsim.stream import FeatureStream

UNCHECKED = 2**28
"""Need in bytes that any machine has."""

RESULT_BYTES = 40
"""Bytes that a result and its making take for a seed, init, experiment, class and feature."""


def simulation_bytes(config: Config, *, inits: int, seeds: int, workers: int) -> int:
    """Return the peak memory of ``simulate``: the result, and a class of points for each worker."""
    C, K, J = config.classes, config.features, config.experiments
    return class_bytes(config) * min(workers, seeds * C) + RESULT_BYTES * seeds * inits * J * C * K


def class_bytes(config: Config) -> int:
    """Return the memory of the points and the experiments of one class."""
    C, J = config.classes, config.experiments
    words = J * -(-config.points_per_chunk // C // 64) + -(-config.test_points // C // 64)
    return _class_bytes(words, config.features, config.tau)


def stream_bytes(stream: FeatureStream, *, tau: int, inits: int, workers: int) -> int:
    """Return the most that ``simulate_stream`` needs beside the stream, whatever its balance."""
    C, K, J = stream.num_classes, stream.num_features, stream.num_chunks
    one_class = _class_bytes(len(stream) // 64 + J, K, min(tau, K + 1))
    return one_class * min(workers, C) + RESULT_BYTES * inits * J * C * K


def _class_bytes(words: int, features: int, tau: int) -> int:
    """Return the memory of the experiments of one class: points, sets, counters, known counts."""
    planes = 2 * -(-max(1, (tau - 1).bit_length()) // 2)
    return 8 * words * (features + planes + 4) + 16 * (features + 1) ** 2


def check_memory(need: int) -> None:
    """Raise a MemoryError if ``need`` bytes are more than the memory that is available."""
    if need <= UNCHECKED:
        return
    import psutil

    available = psutil.virtual_memory().available
    if need > available:
        raise MemoryError(
            f"the setting needs {need / 2**30:,.1f} GiB of memory, and "
            f"{available / 2**30:,.1f} GiB are available: take fewer "
            "points, experiments (chunks), classes, features, seeds or workers"
        )
