"""What the simulator costs: ``python -m benchmarks.simulator`` writes docs/performance.md.

Times on a shared machine are noisy, so that speed is told as ratios of runs that take turns: of
all of Figure 3 to NumPy's draw of as many points, of the command to the import of its libraries.
"""

import dataclasses
import functools
import os
import platform
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import tyro
from tabulate import tabulate

import featsim
from featsim._files import replacing
from featsim._workers import processors

PAPER = featsim.Config()


@dataclasses.dataclass(frozen=True, kw_only=True)
class Benchmark:
    """Measure the simulator and write the tables of docs/performance.md."""

    repeats: int = 15
    """Pairs of runs for each ratio."""

    output: Path = Path("docs/performance.md")
    """File to write."""

    largest: int = 10**8
    """Most points of a chunk in the table of growth; 10**9 takes 8 GiB of memory."""


def numpy_draw() -> None:
    """Draw the points of Figure 3 as NumPy would: one array of Booleans a seed and class."""
    rng = np.random.default_rng(0)
    frequencies = 0.2 * rng.random(PAPER.features)
    for _ in range(10 * PAPER.classes):
        _ = rng.random((25_000, PAPER.features)) < frequencies


def seconds(function: Callable[[], object]) -> float:
    """Return the time of one call."""
    start = time.perf_counter()
    function()
    return time.perf_counter() - start


def paired(
    a: Callable[[], object], b: Callable[[], object], repeats: int
) -> tuple[float, float, float]:
    """Return the medians of the times of a and b, run in turn, and of the ratios a / b."""
    pairs = [(seconds(a), seconds(b)) for _ in range(repeats)]
    return (
        statistics.median(x for x, _ in pairs),
        statistics.median(y for _, y in pairs),
        statistics.median(x / y for x, y in pairs),
    )


def table(head: list[str], rows: list[list[str]]) -> str:
    """Return a Markdown table; all columns but the first hold numbers."""
    align = ["left", *["right"] * (len(head) - 1)]
    return tabulate(rows, head, tablefmt="pipe", colalign=align, disable_numparse=True)


def figure_3(repeats: int) -> str:
    """Compare all of Figure 3 with NumPy's draw."""
    rows = []
    for workers in dict.fromkeys((1, processors())):

        def simulate(workers: int = workers) -> object:
            return featsim.simulate(PAPER, seeds=10, workers=workers, progress=False)

        simulate()
        ours, numpy, ratio = paired(simulate, numpy_draw, repeats)
        rows.append([str(workers), f"{1e3 * ours:.1f}", f"{1e3 * numpy:.1f}", f"{ratio:.3f}"])
    return table(["workers", "Figure 3 (ms)", "NumPy's draw (ms)", "ratio"], rows)


def command(repeats: int) -> str:
    """Time ``python -m featsim.run`` as a process: first run, compiled code cached, and warm."""
    with tempfile.TemporaryDirectory() as cache:
        environment = {**os.environ, "NUMBA_CACHE_DIR": cache}

        def run(*arguments: str) -> None:
            subprocess.run(
                [sys.executable, *arguments], env=environment, check=True, capture_output=True
            )

        def simulate() -> None:
            run("-m", "featsim.run", "--init", "warm")

        def libraries() -> None:
            run("-c", "import numba, xarray")

        libraries()
        cold = seconds(simulate)
        ours, imports, ratio = paired(simulate, libraries, max(5, repeats // 2))
    warm = statistics.median(
        seconds(lambda: featsim.simulate(PAPER, inits="warm", progress=False))
        for _ in range(repeats)
    )
    rows = [
        ["`python -m featsim.run --init warm`, nothing compiled", f"{cold:.2f} s", ""],
        ["the same, compiled code cached", f"{ours:.2f} s", f"{ratio:.2f}"],
        ['`python -c "import numba, xarray"`', f"{imports:.2f} s", "1"],
        [
            '`featsim.simulate(config, inits="warm")` in a process that has run it',
            f"{warm:.4f} s",
            "",
        ],
    ]
    return table(["what", "median time", "ratio to the imports"], rows)


def growth(largest: int) -> str:
    """Time one seed of growing settings, all three inits, and give the time for a bit of data."""
    settings: list[tuple[str, featsim.Config]] = []
    n = 10**3
    while n <= largest:
        settings.append(
            (
                f"n = 10^{len(str(n)) - 1}, one chunk",
                PAPER.replace(points_per_chunk=n, experiments=1),
            )
        )
        n *= 10
    for K in (10, 100, 1000):
        settings.append(
            (
                f"K = {K}, n = 10^5, 10 chunks",
                PAPER.replace(features=K, points_per_chunk=10**5, experiments=10),
            )
        )
    for C in (1, 10, 100, 1000):
        settings.append(
            (
                f"C = {C}, n = 10^5, 10 chunks",
                PAPER.replace(classes=C, points_per_chunk=10**5, experiments=10),
            )
        )
    rows = []
    for name, config in settings:
        config = config.replace(gamma=config.points_per_chunk / config.classes / 10)
        one_seed = functools.partial(featsim.simulate, config, seeds=1, progress=False)
        repeats = 1 if config.points_per_chunk > 10**6 else 5
        taken = min(seconds(one_seed) for _ in range(repeats))
        bits = config.points_per_chunk * config.experiments * config.features
        rows.append([name, f"{bits:.1e}", f"{taken:.4f}", f"{1e9 * taken / bits:.3f}"])
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    head = ["setting, one seed, three inits", "bits of data", "time (s)", "ns a bit"]
    return f"{table(head, rows)}\n\nPeak memory of the process: {peak:.1f} GiB."


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


def main() -> None:
    """Measure everything and write the page."""
    benchmark = tyro.cli(Benchmark)
    page = TEMPLATE.format(
        machine=machine(),
        figure_3=figure_3(benchmark.repeats),
        command=command(benchmark.repeats),
        growth=growth(benchmark.largest),
    )
    with replacing(benchmark.output) as temporary:
        temporary.write_text(page, encoding="utf-8")
    print(page)


TEMPLATE = """# Performance

This page is written by `python -m benchmarks.simulator`. Machine: {machine}

## Figure 3 against NumPy's draw

All of Figure 3 (10 seeds, 3 inits, 50 experiments, points, test points and both accuracies, the
labelled result), with compiled code in memory, and what NumPy takes only to draw as many training
points, `rng.random((25_000, 50)) < p`, 20 times, on one thread. Medians of runs that take turns.

{figure_3}

## The command as a whole process

{command}

## Growth

Cost grows linearly in the bits of data: points times features of a class. γ is a tenth of a
class's points in a chunk, so that every size learns. Small settings are ruled by a fixed cost, and
a class with few points in a chunk still takes one word of 64 for each feature and chunk.

{growth}
"""

if __name__ == "__main__":
    main()
