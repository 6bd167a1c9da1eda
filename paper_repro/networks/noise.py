"""Samples without gradient and curvature, experiment by experiment, in the regime C16.

The question is the paper's open one: does the rank of the Hessian fall as noise is memorized? The
runs are the campaign's own with one probe more, so that each trains as the campaign's does.
"""

import dataclasses
from pathlib import Path

from paper_repro.campaign import REGIMES
from paper_repro.networks import evidence, simulated_noise
from paper_repro.records import (
    CURVATURE_SAMPLES,
    EPSILONS,
    WITHOUT_GRADIENT,
    Records,
)
from paper_repro.run import Run
from paper_repro.tables.text import markdown, plus_minus

REGIME = "C16"
METHODS = ("cold", "warm", "DASH")
SEEDS = (100, 101, 102)
_SHOWN = EPSILONS.index(0.1)

_TEXT = """## {regime}: samples without gradient, and curvature

At the start of each experiment, after the method has acted: the share of {samples} training samples
whose loss gradient has a norm below {below:g}, and of the Hessian of their mean loss the trace and
the ε-rank, the number of eigenvalues of absolute value above ε = {epsilon:g}, by stochastic Lanczos
quadrature. Means ± standard deviation over seeds. The rank correlation is Spearman's ρ of share and
ε-rank over the experiments from the second on, by seed: below 0 where the rank falls as more
samples are without gradient, which is the claim; p by permutation. These thresholds were fixed
before the runs.
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
    text = _TEXT.format(
        regime=REGIME, samples=CURVATURE_SAMPLES, below=WITHOUT_GRADIENT, epsilon=EPSILONS[_SHOWN]
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
                plus_minus([m["ranks"][_SHOWN] for m in measured], 0),
                plus_minus([m["trace"] for m in measured], 0),
            ]
        rows.append(cells)
    header = [f"{name}: {what}" for name in METHODS for what in ("% without", "ε-rank", "trace")]
    return markdown(["experiment", *header], rows)


def _correlations(whole: list[dict[str, Records]]) -> str:
    rows = []
    for name in METHODS:
        later = [[row["curvature"] for row in by[name].experiments[1:]] for by in whole]
        shares = [[100 * m["without_gradient"] for m in seed] for seed in later]
        ranks = [[m["ranks"][_SHOWN] for m in seed] for seed in later]
        rows.append([name, *simulated_noise.correlation(shares, ranks)])
    return markdown(["method", *simulated_noise.HEADER], rows)
