"""What sweeps cost: ``python -m benchmarks.sweeps`` writes the tables of docs/sweeps.md.

Times on a shared machine are noisy, so that all ways to compute a sweep take turns, and their
speeds are told as ratios to one thread in the same turn.
"""

import contextlib
import dataclasses
import statistics
import tempfile
from collections.abc import Iterator
from concurrent.futures import Executor
from pathlib import Path
from typing import Any

import psutil
import tyro
from distributed import Client, LocalCluster

import featsim
from benchmarks.measuring import machine, seconds, table
from featsim._files import replacing
from featsim._sweep.plan import make_plan

START, END = "<!-- benchmark -->\n", "<!-- end of benchmark -->\n"
PAPER = featsim.Config()
AXES: dict[str, Any] = {"gamma": (10, 20, 30, 40, 50, 70, 100, 150), "tau": range(1, 6)}
DIAGRAM: dict[str, Any] = {"gamma": range(4, 208, 4), "tau": range(1, 50)}


@dataclasses.dataclass(frozen=True, kw_only=True)
class Benchmark:
    """Measure sweeps of the paper's setting and write the tables of docs/sweeps.md."""

    repeats: int = 7
    """Turns of each way to compute the sweep."""

    seeds: int = 40
    """Seeds of the sweep of 40 settings."""

    diagram_seeds: int = 10
    """Seeds of the phase diagram of 51 × 49 settings."""

    output: Path = Path("docs/sweeps.md")
    """File whose tables are replaced."""


@contextlib.contextmanager
def cluster(processes: int) -> Iterator[Executor]:
    """Start a Dask cluster of processes with one thread each."""
    with (
        LocalCluster(
            n_workers=processes,
            threads_per_worker=1,
            dashboard_address="127.0.0.1:0",
            host="127.0.0.1",
        ) as started,
        Client(started, set_as_default=False) as client,
    ):
        yield client.get_executor(pure=False)


def processor_time() -> float:
    """Return the time that processors have spent on this process and those that it started."""
    me = psutil.Process()
    return sum(sum(each.cpu_times()[:2]) for each in (me, *me.children(recursive=True)))


def throughput(seeds: int, repeats: int) -> str:
    """Compare threads with Dask, on one processor and on two."""
    simulations = seeds * len(AXES["gamma"]) * len(AXES["tau"])
    with cluster(1) as one, cluster(2) as two:
        ways: dict[str, tuple[int, dict[str, Any]]] = {
            "one thread": (1, {"workers": 1}),
            "two threads": (2, {"workers": 2}),
            "Dask, one process": (1, {"executor": one}),
            "Dask, two processes": (2, {"executor": two}),
        }

        def taken(options: dict[str, Any]) -> tuple[float, float]:
            before = processor_time()
            wall = seconds(
                lambda: featsim.sweep(PAPER, seeds=seeds, progress=False, **AXES, **options)
            )
            return wall, processor_time() - before

        for _, options in ways.values():
            taken(options)
        turns = [[taken(options) for _, options in ways.values()] for _ in range(repeats)]
    rows = []
    for i, (way, (processors, _)) in enumerate(ways.items()):
        rate = simulations / min(turn[i][0] for turn in turns)
        ratio = statistics.median(turn[0][0] / turn[i][0] for turn in turns)
        work = statistics.median(turn[i][1] / turn[0][1] for turn in turns)
        efficiency = f"{100 * ratio / processors:.0f} %"
        rows.append([way, f"{rate:.0f}", f"{ratio:.2f}", efficiency, f"{work:.2f}"])
    head = [
        "where",
        "simulations a second",
        "speed",
        "efficiency",
        "processor time",
    ]
    return table(head, rows)


def phase_diagram(seeds: int) -> str:
    """Compute the phase diagram once, to a file, and once more, which finds it finished."""
    plan = make_plan(
        PAPER, DIAGRAM, featsim.inits.resolve(("random", "warm", "ideal")), range(seeds), (), None
    )
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "diagram.nc"

        def compute() -> None:
            featsim.sweep(PAPER, seeds=seeds, output=file, progress=False, **DIAGRAM)

        first, again = seconds(compute), seconds(compute)
        size = file.stat().st_size / 2**20
    return (
        f"γ of {len(DIAGRAM['gamma'])} values, τ of {len(DIAGRAM['tau'])}, {seeds} seeds, three "
        f"initializations, 50 experiments: {plan.simulations:,} simulations took {first:.0f} s, "
        f"stored in pieces; the file has {size:.0f} MiB. The same call again took {again:.1f} s."
    )


def main() -> None:
    """Measure everything and put the tables in the page."""
    benchmark = tyro.cli(Benchmark)
    page = benchmark.output.read_text(encoding="utf-8")
    before, _, rest = page.partition(START)
    _, _, after = rest.partition(END)
    load = psutil.getloadavg()[0]
    tables = (
        f"Machine: {machine()} Load of other programs as it began: {load:.1f}.\n\n"
        f"{throughput(benchmark.seeds, benchmark.repeats)}\n\n"
        f"{phase_diagram(benchmark.diagram_seeds)}\n"
    )
    with replacing(benchmark.output) as temporary:
        temporary.write_text(before + START + tables + END + after, encoding="utf-8")
    print(tables)


if __name__ == "__main__":
    main()
