"""A sweep beyond memory: ``python -m benchmarks.large_sweep`` writes a table of docs/sweeps.md.

A sweep of a million settings under three policies goes into a Zarr store. The process that computes
it is killed in the middle and started again; a part of what it stored is compared with a sweep in
memory that was never stopped. From what that took follows what a thousand times as many settings
take, and which resource gives way first.
"""

import dataclasses
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import tyro
import xarray as xr
from tqdm.std import tqdm

import featsim
from benchmarks.measuring import machine, table
from docs.programs.marks import write_between
from featsim._sweep.blocks import number_of_blocks
from featsim._sweep.plan import Plan, make_plan
from featsim._sweep.result import result_bytes
from featsim._sweep.zarr_store import ZarrStore

CONFIG = featsim.Config(features=50, points_per_chunk=200, experiments=10, test_points=0)
GAMMAS, TAUS = np.linspace(0.5, 25.0, 1000), range(1, 9)
FREQUENCIES = np.linspace(0.1, 1.0, 125)
LIMITS = (24 * 3600.0, 10.0**12, 10.0**6, 3600.0)
"""A day of work, a terabyte, a million files, and an hour until a resumed sweep goes on."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Benchmark:
    """Fill a store of a million settings, kill that once, and say what it took."""

    frequencies: int = len(FREQUENCIES)
    """Values of the largest frequency: fewer make a smaller sweep."""

    docs: Path | None = None
    """Folder of sweeps.md; nothing is written if it is not given."""

    fill: Path | None = None
    """Only fill this store: what is killed."""


def axes(frequencies: int, thousandfold: int = 1) -> dict[str, Any]:
    """Return the axes of the sweep, or of one of a thousand times as many settings."""
    values = FREQUENCIES[:frequencies]
    if thousandfold > 1:
        values = np.linspace(values[0], values[-1], len(values) * thousandfold)
    return {"gamma": GAMMAS, "tau": TAUS, "max_frequency": values}


def plan_of(frequencies: int, thousandfold: int = 1) -> Plan:
    """Return the plan of the sweep."""
    inits = featsim.inits.resolve(featsim.inits.PAPER_INITS)
    several = axes(frequencies, thousandfold)
    return make_plan(CONFIG, several, inits, [0], (), None, in_memory=False)


def filling(store: Path, frequencies: int) -> subprocess.Popen[bytes]:
    """Start a process that fills the store."""
    flags = ["--fill", str(store), "--frequencies", str(frequencies)]
    return subprocess.Popen([sys.executable, "-m", "benchmarks.large_sweep", *flags])


def peak(process: subprocess.Popen[bytes]) -> float:
    """Wait for a process and return the most memory that it had, in MiB."""
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    return usage.ru_maxrss / 2**10


def files(store: Path) -> Iterator[Path]:
    """Yield the files of a store."""
    return filter(Path.is_file, store.rglob("*"))


def compare(out: xr.Dataset, frequencies: int) -> int:
    """Compare a part of the store with a sweep in memory; return how many settings it has."""
    part: dict[str, Any] = {
        "gamma": GAMMAS[:: len(GAMMAS) // 25],
        "tau": TAUS[::2],
        "max_frequency": FREQUENCIES[:frequencies][:: max(1, frequencies // 10)],
    }
    expected = featsim.sweep(CONFIG, seeds=1, **part)
    stored = out.sel(part).load()
    for name, values in expected.items():
        np.testing.assert_array_equal(stored[name], values)
    return expected.sizes["gamma"] * expected.sizes["tau"] * expected.sizes["max_frequency"]


def main(benchmark: Benchmark) -> None:
    """Fill, kill, continue, compare, and print what it took."""
    number = benchmark.frequencies
    if benchmark.fill is not None:
        featsim.sweep(CONFIG, seeds=1, output=benchmark.fill, progress=False, **axes(number))
        return
    load = psutil.getloadavg()[0]
    plan = plan_of(number)
    blocks, settings = number_of_blocks(plan), plan.grid.size
    featsim.sweep(CONFIG, seeds=1, gamma=GAMMAS[:9], tau=TAUS)  # compiles what processes then share
    with tempfile.TemporaryDirectory() as folder:
        store = Path(folder) / "large.zarr"
        noted = ZarrStore(store, plan).notes
        start = time.perf_counter()
        process = filling(store, number)
        first = None
        while len(noted.read()) < blocks // 2:
            assert process.poll() is None
            if first is None and noted.read():
                first = time.perf_counter() - start
            time.sleep(0.05)
        process.send_signal(signal.SIGKILL)
        peaks = [peak(process)]
        killed = len(noted.read())
        process = filling(store, number)
        peaks.append(peak(process))
        took = time.perf_counter() - start
        assert process.returncode == 0
        assert len(noted.read()) == blocks
        start = time.perf_counter()
        out = featsim.sweep(CONFIG, seeds=1, output=store, **axes(number))  # finds it finished
        check = time.perf_counter() - start
        compared = compare(out, number)
        size = sum(file.stat().st_size for file in files(store))
        count = sum(1 for _ in files(store))
        shutil.rmtree(store)
    cost = [took, size, count, check]
    text = (
        f"Machine: {machine()} Load of other programs as it began: {load:.1f}.\n\n"
        f"γ of {len(GAMMAS):,} values, τ of {len(TAUS)}, the largest frequency of {number}, one "
        f"seed, three initializations, {CONFIG.experiments} experiments of "
        f"{CONFIG.points_per_chunk} points, K = {CONFIG.features}: {settings:,} settings in "
        f"{blocks} blocks, {_bytes(result_bytes(plan))} before compression. The first process "
        f"noted its first block after {first:.0f} s, imports included, and was killed when "
        f"{killed} were noted; it had {peaks[0]:.0f} MiB of memory at its peak, and the one that "
        f"went on {peaks[1]:.0f} MiB. {compared:,} settings were compared with a sweep in memory: "
        f"all values are equal.\n\n{on_paper(settings, cost, plan)}"
    )
    print(text)
    if benchmark.docs is not None:
        write_between(benchmark.docs / "sweeps.md", {"large sweep": text})


def on_paper(settings: int, cost: list[float], plan: Plan) -> str:
    """Return what the sweep took, what a thousandfold one takes, and what gives way first."""
    large = plan_of(len(plan.grid.values("max_frequency")), 1000)
    times = large.grid.size / settings
    arrays = len(plan.variables)
    # Of the files, those of the metadata stay, and the others are one for a block and variable.
    paper = [cost[0] * times, cost[1] * times, number_of_blocks(large) * arrays, cost[3] * times]
    names = ("time", "storage", "files", "check before it goes on")
    shown = (tqdm.format_interval, _bytes, "{:,.0f}".format, tqdm.format_interval)
    room = [limit * large.grid.size / need for limit, need in zip(LIMITS, paper, strict=True)]
    rows = [
        [name, show(a), show(b), show(limit), f"{most:.1e}"]
        for name, show, a, b, limit, most in zip(
            names, shown, cost, paper, LIMITS, room, strict=True
        )
    ]
    head = ["", "measured", f"{large.grid.size:,} settings", "a limit", "settings within it"]
    order = sorted(zip(room, names, strict=True))
    return (
        f"{table(head, rows)}\n\nIn this order they give way: "
        f"{', then '.join(name for _, name in order)}."
    )


def _bytes(size: float) -> str:
    return f"{tqdm.format_sizeof(size)}B"


if __name__ == "__main__":
    main(tyro.cli(Benchmark))
