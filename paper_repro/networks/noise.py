"""Samples without gradient and curvature, experiment by experiment, in the regime C16.

The question is the paper's open one: does the rank of the Hessian fall as noise is memorized? The
runs are the campaign's own with one probe more, so that each trains as the campaign's does.
"""

import dataclasses
import itertools
import statistics
from pathlib import Path

import numpy as np

from paper_repro.campaign import REGIMES
from paper_repro.networks import evidence, simulated_noise
from paper_repro.networks.part import Part, Progress
from paper_repro.records import (
    CURVATURE_SAMPLES,
    EPSILONS,
    WITHOUT_GRADIENT,
    Curvature,
    Records,
)
from paper_repro.run import Run
from paper_repro.tables.text import listed, markdown, plus_minus
from paper_repro.verdict import Judgement

REGIME = "C16"
METHODS = ("cold", "warm", "DASH")
SEEDS = (100, 101, 102)
_FIXED = 0.1
"""The ε that was fixed before any run."""
_RANKS = {f"{epsilon:g}-rank": place for place, epsilon in enumerate(EPSILONS)}
_MEASURES = (*_RANKS, "trace")
"""What is told of the Hessian."""

_TEXT = """## {regime}: samples without gradient, and curvature

At the start of each experiment, after the method has acted: the share of {samples} training samples
whose loss gradient has a norm below {below:g}, and of the Hessian of their mean loss the trace and
the ε-rank, the number of eigenvalues of absolute value above ε. The trace is a mean over {draws}
random directions; the rank is by stochastic Lanczos quadrature, one random direction and {steps}
steps. Means ± standard deviation over seeds. The rank correlation is Spearman's ρ with the share
over the experiments from the second on, by seed: below 0 where the rank falls as more samples are
without gradient, which is the claim; p by permutation.

So many steps leave the rank that the direction has between bounds (Chebyshev, Markov and
Stieltjes). At a warm start's experiments from the second on they are in the median
{bounds}.
Another direction would have another rank, by about the root of twice the rank. The thresholds of
the share and ε = {fixed:g} were fixed before the runs; the 1-rank and the trace are judged since a
first measurement, in which they fell. Two measurements came before this one, of 2 directions with
32 steps and of 4 with 128: too few steps for such bounds. The share itself rises from experiment to
experiment, so that what falls with it may fall with their order alone, whose ρ stands beside it.

Between methods, over the experiments from the second on, the mean share without gradient and the
mean {fixed:g}-rank are
{between}; the simulator's are in the tables below.
"""


def runs(seed: int) -> dict[str, Run]:
    """Return the runs of a seed by method."""
    plain = REGIMES[REGIME].runs(seed)
    return {name: dataclasses.replace(plain[name], probes=("curvature",)) for name in METHODS}


def part(root: Path) -> Part:
    """Return the page's part on the records under `root`."""
    whole = list(evidence.whole_seeds(runs, SEEDS, root).values())
    progress = [Progress(f"Curvature in {REGIME}", len(whole), len(SEEDS), "noise")]
    if not whole:
        return Part("", [], [], progress)
    first = whole[0][METHODS[0]].experiments[0]["curvature"]
    text = _TEXT.format(
        regime=REGIME,
        samples=CURVATURE_SAMPLES,
        below=WITHOUT_GRADIENT,
        draws=first["trace_draws"],
        steps=first["lanczos_steps"],
        fixed=_FIXED,
        bounds=listed([_median_bounds(whole, what) for what in _RANKS]),
        between=listed([_mean(whole, method) for method in METHODS]),
    )
    judged, correlations = _correlations(whole)
    simulated = simulated_noise.section(len(whole[0][METHODS[0]].experiments))
    parts = [text, _by_experiment(whole), correlations, simulated]
    used = evidence.records_of(whole)
    return Part("\n\n".join(part.strip("\n") for part in parts), judged, used, progress)


def _by_experiment(whole: list[dict[str, Records]]) -> str:
    rows = []
    for j in range(len(whole[0][METHODS[0]].experiments)):
        cells = [str(j + 1)]
        for name in METHODS:
            measured = [by[name].experiments[j]["curvature"] for by in whole]
            cells += [
                plus_minus([100 * m["without_gradient"] for m in measured]),
                *(plus_minus([_measure(m, what) for m in measured], 0) for what in _MEASURES),
            ]
        rows.append(cells)
    header = [f"{name}: {what}" for name in METHODS for what in ("% without", *_MEASURES)]
    return markdown(["experiment", *header], rows)


def _correlations(whole: list[dict[str, Records]]) -> tuple[list[Judgement], str]:
    """Return what the seeds say of each method and measure, and its table.

    Where the share does not vary in any seed, there is nothing to judge.
    """
    judged, rows = [], []
    for method, what in itertools.product(METHODS, _MEASURES):
        shares, values = _pairs(whole, method, what)
        falling, cells = simulated_noise.correlation(shares, values)
        rows.append([f"{method}: {what}", *cells])
        if any(len(set(share)) > 1 for share in shares):
            judged.append(falling)
    return judged, markdown(["method", *simulated_noise.HEADER], rows)


def _pairs(
    whole: list[dict[str, Records]], method: str, what: str
) -> tuple[list[list[float]], list[list[float]]]:
    """Return shares without gradient, %, and a measure, from the second experiment on, by seed."""
    later = [_later(by[method]) for by in whole]
    shares = [[100 * m["without_gradient"] for m in seed] for seed in later]
    return shares, [[_measure(m, what) for m in seed] for seed in later]


def _measure(found: Curvature, what: str) -> float:
    return found["ranks"][_RANKS[what]] if what in _RANKS else found["trace"]


def _later(records: Records) -> list[Curvature]:
    return [row["curvature"] for row in records.experiments[1:]]


def _median_bounds(whole: list[dict[str, Records]], rank: str) -> str:
    """Return how far from a warm start's ε-rank its bounds are, in the median."""
    i = _RANKS[rank]
    found = [m for by in whole for m in _later(by["warm"])]
    low, high = (
        statistics.median(100 * (m["rank_bounds"][i][k] / m["ranks"][i] - 1) for m in found)
        for k in range(2)
    )
    return f"{low:+.0f} % to {high:+.0f} % off the {rank}"


def _mean(whole: list[dict[str, Records]], method: str) -> str:
    """Return a method's mean share without gradient and mean rank, of the ε that was fixed."""
    shares, ranks = _pairs(whole, method, f"{_FIXED:g}-rank")
    return f"{np.mean(shares):.0f} % and {np.mean(ranks):,.0f} ({method})"
