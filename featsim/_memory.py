"""What a simulation needs of the memory, and whether it is there."""

from featsim.config import Config

UNCHECKED = 2**28
"""Need in bytes that any machine has."""

RESULT_BYTES = 40
"""Bytes that a result and its making take for a seed, init, experiment, class and feature."""


def simulation_bytes(config: Config, *, inits: int, seeds: int, workers: int) -> int:
    """Return the peak memory of ``simulate``: the result, and a class of points for each worker."""
    C, K, J = config.classes, config.features, config.experiments
    words = J * -(-config.points_per_chunk // C // 64) + -(-config.test_points // C // 64)
    planes = 2 * -(-max(1, (config.tau - 1).bit_length()) // 2)
    rows = K + planes + 4
    return 8 * words * rows * min(workers, seeds * C) + RESULT_BYTES * seeds * inits * J * C * K


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
            "points_per_chunk, experiments, features, seeds or workers"
        )
