"""Samples without gradient and curvature, experiment by experiment, in the regime C16.

The question is the paper's open one: does the rank of the Hessian fall as noise is memorized? The
runs are the campaign's own with one probe more, so that each trains as the campaign's does.
"""

import dataclasses
import statistics
from collections.abc import Callable
from pathlib import Path

from paper_repro.campaign import REGIMES
from paper_repro.networks import evidence, simulated_noise
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
_FIXED, _LATER = EPSILONS.index(0.1), EPSILONS.index(1.0)
_MEASURES: dict[str, Callable[[Curvature], float]] = {
    f"{EPSILONS[_FIXED]:g}-rank": lambda m: m["ranks"][_FIXED],
    f"{EPSILONS[_LATER]:g}-rank": lambda m: m["ranks"][_LATER],
    "trace": lambda m: m["trace"],
}
"""What is told of the Hessian; the first was fixed before any run."""

_TEXT = """## {regime}: samples without gradient, and curvature

At the start of each experiment, after the method has acted: the share of {samples} training samples
whose loss gradient has a norm below {below:g}, and of the Hessian of their mean loss the trace and
the ε-rank, the number of eigenvalues of absolute value above ε, by stochastic Lanczos quadrature
with {draws} draws of {steps} steps. Means ± standard deviation over seeds. The rank correlation is
Spearman's ρ with the share over the experiments from the second on, by seed: below 0 where the rank
falls as more samples are without gradient, which is the claim; p by permutation.

The thresholds of the share and ε = {fixed:g} were fixed before the runs. Of 2 draws of 32 steps,
which were tried first, nothing could be told: the {fixed:g}-rank of one Hessian differed several
times from draw to draw. That is why there are more of both, and why the {later:g}-rank and the
trace, which are surer, are judged too. At a warm start's experiments from the second on, the
standard error over draws is {error_fixed:.0f} % of the {fixed:g}-rank in the median, and
{error_later:.0f} % of the {later:g}-rank.
"""


def runs(seed: int) -> dict[str, Run]:
    """Return the runs of a seed by method."""
    plain = REGIMES[REGIME].runs(seed)
    return {name: dataclasses.replace(plain[name], probes=("curvature",)) for name in METHODS}


def whole_seeds(root: Path) -> list[dict[str, Records]]:
    """Return the records by method of each seed that all methods have finished."""
    return list(evidence.whole_seeds(runs, SEEDS, root).values())


def section(whole: list[dict[str, Records]]) -> str:
    """Return the page's section of the whole seeds, empty if there are none."""
    if not whole:
        return ""
    first = whole[0][METHODS[0]].experiments[0]["curvature"]
    text = _TEXT.format(
        regime=REGIME,
        samples=CURVATURE_SAMPLES,
        below=WITHOUT_GRADIENT,
        draws=first["draws"],
        steps=first["lanczos_steps"],
        fixed=EPSILONS[_FIXED],
        later=EPSILONS[_LATER],
        error_fixed=_median_error(whole, _FIXED),
        error_later=_median_error(whole, _LATER),
    )
    simulated = simulated_noise.section(len(whole[0][METHODS[0]].experiments))
    parts = [text, _by_experiment(whole), _correlations(whole), simulated]
    return "\n\n".join(part.strip("\n") for part in parts)


def _by_experiment(whole: list[dict[str, Records]]) -> str:
    rows = []
    for j in range(len(whole[0][METHODS[0]].experiments)):
        cells = [str(j + 1)]
        for name in METHODS:
            measured = [by[name].experiments[j]["curvature"] for by in whole]
            cells += [
                plus_minus([100 * m["without_gradient"] for m in measured]),
                *(plus_minus([take(m) for m in measured], 0) for take in _MEASURES.values()),
            ]
        rows.append(cells)
    header = [f"{name}: {what}" for name in METHODS for what in ("% without", *_MEASURES)]
    return markdown(["experiment", *header], rows)


def _correlations(whole: list[dict[str, Records]]) -> str:
    rows = [
        [f"{method}: {what}", *simulated_noise.correlation(*_pairs(whole, method, what))]
        for method in METHODS
        for what in _MEASURES
    ]
    return markdown(["method", *simulated_noise.HEADER], rows)


def judged(whole: list[dict[str, Records]]) -> list[Judgement]:
    """Return what the seeds say of each method and measure."""
    pairs = [_pairs(whole, method, what) for method in METHODS for what in _MEASURES]
    return [simulated_noise.falling(*both) for both in pairs] if whole else []


def _pairs(
    whole: list[dict[str, Records]], method: str, what: str
) -> tuple[list[list[float]], list[list[float]]]:
    """Return shares without gradient, %, and a measure, from the second experiment on, by seed."""
    later = [_later(by[method]) for by in whole]
    shares = [[100 * m["without_gradient"] for m in seed] for seed in later]
    return shares, [[_MEASURES[what](m) for m in seed] for seed in later]


def _later(records: Records) -> list[Curvature]:
    return [row["curvature"] for row in records.experiments[1:]]


def _median_error(whole: list[dict[str, Records]], which: int) -> float:
    """Return the standard error of a warm start's ε-rank, in % of it, in the median."""
    found = [m for by in whole for m in _later(by["warm"])]
    return statistics.median(100 * m["rank_errors"][which] / m["ranks"][which] for m in found)
