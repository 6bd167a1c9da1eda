"""Make the tables and pictures of docs/theory.md: what the theory says beside what is simulated.

Run ``python -m docs.programs.theory``: it prints the tables. With ``--docs docs`` it also puts them
into docs/theory.md, between the marks that bear their names, and draws the pictures.
"""

import functools
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

import numpy as np
import tyro

import featsim
from docs.programs import theory_limit
from docs.programs.marks import write_between
from docs.programs.theory_limit import table
from featsim import theory
from featsim.theory.combinations import all_subsets
from featsim.theory.examples import TIED
from featsim.theory.report import Report
from featsim.theory.survey import random_reports


@dataclass(frozen=True, kw_only=True)
class Settings:
    """How much to run."""

    docs: Path | None = None
    """Folder of theory.md; nothing is written if it is not given."""
    seeds: int = 10
    """Seeds of Figure 3."""
    streams: int = 1_000
    """Random balanced streams."""
    largest: int = 1_024_000
    """Most points a chunk beside the mean field."""


def main(settings: Settings) -> None:
    """Print the tables; write them and the pictures if asked to."""
    config = featsim.Config()
    tables = {
        "examples": examples(),
        "random": random_streams(settings.streams),
        "printed": as_printed(settings.streams),
        "shares": shares(config, settings.seeds),
        "limit": theory_limit.convergence_table(settings.largest),
        "fluctuations": theory_limit.fluctuation_table(),
        "critical": theory_limit.critical_table(config),
        "speed": speed(settings.streams),
    }
    for name, rows in tables.items():
        print(f"\n{name}\n\n{rows}")
    if settings.docs is None:
        return
    write_between(settings.docs / "theory.md", tables)
    theory_limit.draw_all(settings.docs / "theory", settings.largest)


def examples() -> str:
    """Return the counterexamples as a table."""
    rows = []
    for one in (*theory.EXAMPLES, TIED):
        report = theory.check(one.stream, gamma=one.gamma, tau=one.tau)
        statement = report.statement(one.source, one.text)
        tables = sorted(set(one.chunks), key=one.chunks.index)
        counts = ", then ".join(" ".join(map(str, table)) for table in tables)
        setting = f"C = {one.classes}, J = {len(one.chunks)}, γ = {one.gamma}, τ = {one.tau}"
        found = statement.reason or ("see the text" if statement.holds else "")
        rows.append(
            [f"`{one.name}`", one.needed or "**none**", f"{one.source}: {statement.text}",
             counts, setting, f"{one.why} {f'({found})' if found else ''}".strip()]
        )  # fmt: skip
    return table(
        ["example", "breaks", "statement that fails", "n_A of a class", "setting", "why"], rows
    )


@functools.cache
def reports_on(streams: int) -> list[Report]:
    """Return the reports on random balanced streams."""
    return random_reports(streams, 0)


def as_printed(streams: int) -> str:
    """Return how many of the random streams meet 3.3 as printed too, and what fails on them."""
    printed = [one for one in reports_on(streams) if one.different_counts.holds is True]
    failing = [
        f"{statements[0].text} of {statements[0].source} fails on {count:,}"
        for statements in zip(*(report.statements for report in printed), strict=True)
        if (count := sum(one.holds is False for one in statements))
    ]
    return (
        f"{len(printed):,} of these streams meet 3.3 as printed too. "
        f"Of these, {'; '.join(failing) or 'none fails a statement'}."
    )


def random_streams(streams: int) -> str:
    """Return how many random balanced streams each statement holds on."""
    reports = reports_on(streams)
    rows = []
    for statements in zip(*(report.statements for report in reports), strict=True):
        holding = sum(one.holds is True for one in statements)
        failing = sum(one.holds is False for one in statements)
        rows.append([statements[0].source, statements[0].text, f"{holding:,}", f"{failing:,}"])
    predicted = sum(report.as_predicted for report in reports)
    rows.append(["all", "the simulator gives what is predicted", f"{predicted:,}",
                 f"{streams - predicted:,}"])  # fmt: skip
    return table(["source", "statement", "holds", "fails"], rows)


def shares(config: featsim.Config, seeds: int) -> str:
    """Return the share of seeds and experiments of a sampled setting that a statement holds in."""
    reports = [
        theory.check(featsim.sample_stream(config, seed), gamma=config.gamma, tau=config.tau)
        for seed in range(seeds)
    ]
    rows = []
    for name in (
        "assumption_3_1", "different_counts_in_proof", "enough_frequent_features",
    ):  # fmt: skip
        verdicts = [getattr(report, name) for report in reports]
        held = sum(verdict.holds is True for verdict in verdicts)
        label = {"assumption_3_1": "Assumption 3.1"}.get(name, "Assumption 3.3")
        text = {
            "assumption_3_1": "equal chunks, every combination",
            "different_counts_in_proof": "h differs for v not in L",
            "enough_frequent_features": "frequent features",
        }[name]
        rows.append([label, text, f"{held} of {seeds}", ""])
    for statements in zip(*(report.statements for report in reports), strict=True):
        held = sum(one.holds is True for one in statements)
        each = [holds for one in statements for holds in one.by_experiment.values()]
        single = all(set(one.by_experiment) <= {0} for one in statements)
        share = "" if single else f"{np.mean(each):.1%} of {len(each)}"
        rows.append([statements[0].source, statements[0].text, f"{held} of {seeds}", share])
    return table(["source", "statement", "seeds, throughout", "seeds and experiments"], rows)


def speed(streams: int) -> str:
    """Return the times of the calls that have a limit, compiled code cached and warm."""
    K, C = 12, 4
    rng = np.random.default_rng(0)
    stream = theory.balanced_stream(
        np.tile(all_subsets(K), (C, 1)),
        rng.integers(1, 3, C << K),
        np.repeat(np.arange(C), 1 << K),
        50,
    )
    huge = featsim.Config(points_per_chunk=10**12, gamma=5e10)
    out = featsim.simulate(featsim.Config(test_points=0), workers=1)
    p = out.frequencies.to_numpy()[:, None, None]
    wide = np.random.default_rng(0).random((2, 10_000))
    calls: dict[str, Callable[[], object]] = {
        f"`check`, K = 12, C = 4, 50 experiments, {len(stream):,} points": lambda: theory.check(
            stream, gamma=9_000, tau=3
        ),
        f"{streams:,} random streams, made and checked": lambda: random_reports(streams, 0),
        "`mean_field`, Figure 3 with 10¹² points a chunk": lambda: theory.mean_field(huge),
        "`exact_accuracy`, all of Figure 3": lambda: theory.exact_accuracy(out.learned, p, 3),
        "`exact_accuracy`, C = 2, K = 10,000, τ = 100": lambda: theory.exact_accuracy(
            wide < 0.5, wide, 100
        ),
        "`critical`, Figure 3": lambda: theory.critical(featsim.Config()),
    }
    rows = []
    for name, call in calls.items():
        times = []
        for _ in range(1 if "streams" in name else 3):
            start = perf_counter()
            call()
            times.append(perf_counter() - start)
        rows.append([name, f"{min(times):.3g} s"])
    return table(["call", "time"], rows)


if __name__ == "__main__":
    main(tyro.cli(Settings))
