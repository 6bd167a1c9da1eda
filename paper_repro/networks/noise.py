"""Samples without gradient and curvature, experiment by experiment, in the regime C16.

The question is the paper's open one: does the rank of the Hessian fall as noise is memorized? The
runs are the campaign's own with one probe more, so that each trains as the campaign's does.
"""

import dataclasses
import itertools
import statistics
from pathlib import Path

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
from paper_repro.tables.text import markdown, plus_minus
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
the ε-rank, the number of eigenvalues of absolute value above ε, by stochastic Lanczos quadrature
with {draws} draws of {steps} steps. Means ± standard deviation over seeds. The rank correlation is
Spearman's ρ with the share over the experiments from the second on, by seed: below 0 where the rank
falls as more samples are without gradient, which is the claim; p by permutation.

The thresholds of the share and ε = {fixed:g} were fixed before the runs. In a first measurement,
of 2 draws of 32 steps, nothing could be told of the {fixed:g}-rank; that is why there are more of
both. The 1-rank and the trace, which fell already then, and the 0.01-rank, which did not, are
judged since. At a warm start's experiments from the second on, the standard error over draws is in
the median {errors}. The share itself rises from
experiment to experiment, so that what falls with it may fall with their order alone, whose ρ stands
beside it. Between methods it is otherwise: here a warm start, which alone has samples without
gradient, has the highest ranks; in the simulator its rank is below a cold start's.
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
        draws=first["draws"],
        steps=first["lanczos_steps"],
        fixed=_FIXED,
        errors=", ".join(_median_error(whole, what) for what in _RANKS),
    )
    judged, correlations = _correlations(whole)
    simulated = simulated_noise.section(len(whole[0][METHODS[0]].experiments))
    parts = [text, _by_experiment(whole), correlations, simulated]
    used = [records for by_method in whole for records in by_method.values()]
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


def _median_error(whole: list[dict[str, Records]], rank: str) -> str:
    """Return the standard error of a warm start's ε-rank, in % of it, in the median."""
    i = _RANKS[rank]
    found = [m for by in whole for m in _later(by["warm"])]
    error = statistics.median(100 * m["rank_errors"][i] / m["ranks"][i] for m in found)
    return f"{error:.0f} % of the {rank}"
