"""How benchmarks measure: in turn, as times on a shared machine are noisy; and how they tell it."""

import platform
import statistics
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from tabulate import tabulate

from featsim._workers import processors


def seconds(function: Callable[[], object]) -> float:
    """Return the time of one call."""
    start = time.perf_counter()
    function()
    return time.perf_counter() - start


def in_turn(
    a: Callable[[], object], b: Callable[[], object], repeats: int
) -> list[tuple[float, float]]:
    """Return the times of a and b, run in turn."""
    return [(seconds(a), seconds(b)) for _ in range(repeats)]


def paired(
    a: Callable[[], object], b: Callable[[], object], repeats: int
) -> tuple[float, float, float]:
    """Return the medians of the times of a and b, run in turn, and of the ratios a / b."""
    pairs = in_turn(a, b, repeats)
    return (
        statistics.median(x for x, _ in pairs),
        statistics.median(y for _, y in pairs),
        statistics.median(x / y for x, y in pairs),
    )


def table(head: list[str], rows: list[list[str]]) -> str:
    """Return a Markdown table; all columns but the first hold numbers."""
    align = ["left", *["right"] * (len(head) - 1)]
    return tabulate(rows, head, tablefmt="pipe", colalign=align, disable_numparse=True)


def machine() -> str:
    """Describe the machine: processors, Python, libraries."""
    import numba

    model = platform.processor() or platform.machine()
    info = Path("/proc/cpuinfo")
    if info.exists():
        lines = [line for line in info.read_text().splitlines() if line.startswith("model name")]
        model = lines[0].partition(":")[2].strip() if lines else model
    return (
        f"{processors()} processors ({model}), Python {platform.python_version()}, "
        f"NumPy {np.__version__}, Numba {numba.__version__}."
    )
