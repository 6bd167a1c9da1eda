"""What the simulator costs: ``python -m benchmarks.simulator`` writes docs/performance.md.

Times on a shared machine are noisy, so that speed is told as ratios of runs that take turns: of
all of Figure 3 to NumPy's draw of as many points, of the command to the import of its libraries.
"""

import dataclasses
import functools
import itertools
import os
import resource
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import tyro

import featsim
from benchmarks.measuring import in_turn, machine, paired, seconds, table
from featsim._files import replacing
from featsim._kernels.sampling import bernoulli_words
from featsim._workers import processors

PAPER = featsim.Config()


@dataclasses.dataclass(frozen=True, kw_only=True)
class Benchmark:
    """Measure the simulator and write the tables of docs/performance.md."""

    repeats: int = 41
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


def figure_3(repeats: int) -> str:
    """Compare all of Figure 3 with NumPy's draw."""
    rows = []
    for workers in dict.fromkeys((1, processors())):

        def simulate(workers: int = workers) -> object:
            return featsim.simulate(PAPER, seeds=10, workers=workers, progress=False)

        simulate()
        pairs = in_turn(simulate, numpy_draw, repeats)
        for name, which in (("median", statistics.median), ("best", min)):
            ours, numpy = (which(times) for times in zip(*pairs, strict=True))
            times = [f"{1e3 * ours:.1f}", f"{1e3 * numpy:.1f}", f"{ours / numpy:.3f}"]
            rows.append([f"{workers}, {name}", *times])
    return table(["workers", "Figure 3 (ms)", "NumPy's draw (ms)", "ratio"], rows)


def gamma_axis(repeats: int) -> str:
    """Compare sweeps along γ, whose values run together, with one simulation for each setting."""
    sweeps: dict[str, dict[str, Any]] = {
        "50 γ": {"gamma": range(10, 501, 10)},
        "51 γ × 4 τ": {"gamma": range(4, 208, 4), "tau": range(2, 6)},
        "8 γ × 5 τ": {"gamma": (10, 20, 30, 40, 50, 70, 100, 150), "tau": range(1, 6)},
        "5 τ": {"tau": range(1, 6)},
    }
    rows = []
    for name, axes in sweeps.items():
        settings = [
            PAPER.replace(**dict(zip(axes, values, strict=True)))
            for values in itertools.product(*axes.values())
        ]

        def together(axes: dict[str, Any] = axes) -> object:
            return featsim.sweep(PAPER, seeds=2, workers=1, progress=False, **axes)

        def alone(settings: list[featsim.Config] = settings) -> None:
            for config in settings:
                featsim.simulate(config, seeds=2, workers=1, progress=False)

        together()
        swept, simulated, ratio = paired(together, alone, max(3, repeats // 3))
        rates = [f"{2 * len(settings) / taken:,.0f}" for taken in (swept, simulated)]
        rows.append([name, *rates, f"{1 / ratio:.1f}"])
    head = ["axes", "settings a second, sweep", "settings a second, one by one", "ratio"]
    pairs = in_turn(
        lambda: featsim.sweep(PAPER, seeds=2, workers=1, progress=False, **sweeps["50 γ"]),
        lambda: featsim.simulate(PAPER.replace(gamma=110), seeds=2, workers=1, progress=False),
        max(5, repeats // 3),
    )
    swept, simulated = (min(times) for times in zip(*pairs, strict=True))
    return (
        f"{table(head, rows)}\n\nBy the least time of each, 50 simulations at γ = 110, one of the "
        f"values, take {50 * simulated / swept:.1f} times as long as the sweep of 50 γ."
    )


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


def first_touch() -> str:
    """Time 10^9 bits: their draw into new memory and into memory at hand, and reading them."""
    features, words = 10, 10**8 // 64
    frequencies, valid = np.full(features, 0.1), np.full(words, 2**64 - 1, np.uint64)
    key = np.arange(4, dtype=np.uint64)

    def draw(out: npt.NDArray[np.uint64]) -> float:
        return seconds(lambda: bernoulli_words(frequencies, valid, key, 0, 0, words, out))

    used = np.zeros((features, words), np.uint64)
    draw(used)
    new = [draw(np.empty((features, words), np.uint64)) for _ in range(5)]
    again = [draw(used) for _ in range(5)]
    read = [seconds(used.max) for _ in range(5)]
    rows = [
        [name, f"{1e9 * min(times) / (64 * features * words):.3f}"]
        for name, times in (
            ("drawn into new memory", new),
            ("drawn into memory written before", again),
            ("read once", read),
        )
    ]
    return table(["10^9 bits", "ns a bit"], rows)


def main() -> None:
    """Measure everything and write the page."""
    benchmark = tyro.cli(Benchmark)
    page = TEMPLATE.format(
        largest=benchmark.largest,
        machine=machine(),
        figure_3=figure_3(benchmark.repeats),
        gamma_axis=gamma_axis(benchmark.repeats),
        command=command(benchmark.repeats),
        growth=growth(benchmark.largest),
        first_touch=first_touch(),
    )
    with replacing(benchmark.output) as temporary:
        temporary.write_text(page, encoding="utf-8")
    print(page)


TEMPLATE = """# Performance

This page is written by `python -m benchmarks.simulator --largest {largest}`. Machine: {machine}

## Figure 3 against NumPy's draw

All of Figure 3 (10 seeds, 3 inits, 50 experiments, points, test points and both accuracies, the
labelled result), with compiled code in memory, and what NumPy takes only to draw as many training
points, `rng.random((25_000, 50)) < p`, 20 times, on one thread. Median and
best of runs that take turns.

{figure_3}

## A whole axis of γ

Within a run the order of learning does not depend on γ, which only says where it stops. So a sweep
runs all γ of a setting together, on one draw of the points, and sweeps along other axes share the
draw alone. Settings with 2 seeds and 3 inits, on one thread; each setting and seed counts once.
Policies that keep a share and points with noise of their own run each γ alone.

{gamma_axis}

## The command as a whole process

The first run compiles the kernels that it needs, in two processes where there are two processors,
and keeps them for all that follow. Here and in the table above, times and speeds come from medians,
and a ratio is the median of the ratios turn by turn.

{command}

## Growth

Cost grows linearly in the bits of data: points times features of a class. γ is a tenth of a
class's points in a chunk, so that every size learns. Small settings are ruled by a fixed cost, and
a class with few points in a chunk still takes one word of 64 bits for each feature and chunk; with
C = 1,000 what is left is Python around the kernels. Times are the best of five runs, and of one run
above 10^6 points a chunk.

{growth}

What the draw alone takes of it, into memory that the system has to clear at the first touch and
into memory that is at hand, and what it takes to read the bits once. Large settings are bound by
the draw and by the first touch of memory, and not by its bandwidth:

{first_touch}
"""

if __name__ == "__main__":
    main()
