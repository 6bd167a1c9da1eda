"""What stands beside curvature in the simulator: learnable features and the rank of the gradient.

``gradient_rank`` is the rank of the matrix of the points that have a gradient and the features that
are not learned: how many directions the gradient of the framework's loss can span.
"""

from collections.abc import Sequence

import numpy as np

import featsim
from paper_repro.tables.text import markdown, plus_minus
from paper_repro.verdict import Judgement, Ranks, judge

SEEDS = 3
INITS = {"random": "cold", "warm": "warm", "ideal": "ideal"}
"""Initializations of the simulator by their names here."""

_TEXT = """The simulator has both, here in the setting of Figure 3, at the start of its first
{experiments} experiments and over {seeds} seeds: the share of the points so far that are without
gradient, memorized or well classified; the features that can still be learned; and, in place of the
ε-rank, the rank of the matrix whose rows are the points with a gradient and whose columns are the
features that are not learned, summed over classes.
"""


HEADER = (
    "% without gradient, mean", "ρ of experiment and it", "ρ of share and it",
    "it falls as the share rises",
)  # fmt: skip


Values = Sequence[Sequence[float]]


def correlation(shares: Values, values: Values) -> tuple[Judgement, list[str]]:
    """Return what it comes to that values fall as shares rise, one sequence of each a seed.

    Beside it the cells under ``HEADER``; shares are in %.
    """
    rising = judge([Ranks(one, other) for one, other in zip(shares, values, strict=True)])
    falling = rising.opposite
    by_order = np.mean([Ranks(range(len(one)), one).rho for one in values])
    cells = [f"{np.mean(shares):.0f}", f"{by_order:.2f}", rising.text(), falling.verdict()]
    return falling, cells


def section(experiments: int) -> str:
    """Return the tables, by experiment and of the rank correlation."""
    config = featsim.Config(experiments=experiments)
    result = featsim.simulate(
        config, inits=tuple(INITS), seeds=SEEDS, progress=False, gradient_rank=True
    )
    points = config.points_per_chunk * result.experiment
    share = 100 * (1 - result.nonzero_gradient_points / points)
    shown = (share, result.learnable_features, result.gradient_rank)
    rows = []
    for j in result.experiment.values:
        cells = [str(j)]
        for init in INITS:
            for values, digits in zip(shown, (1, 0, 0), strict=True):
                cells.append(plus_minus(values.sel(init=init, experiment=j).values, digits))
        rows.append(cells)
    columns = ("% without", "learnable", "rank")
    header = [f"{name}: {what}" for name in INITS.values() for what in columns]
    correlations = []
    for init, name in INITS.items():
        later = [v.sel(init=init, experiment=v.experiment[1:]).values for v in (share, shown[2])]
        correlations.append([name, *correlation(*later)[1]])
    return "\n\n".join(
        [
            _TEXT.format(experiments=experiments, seeds=SEEDS).strip("\n"),
            markdown(["experiment", *header], rows),
            markdown(["init: rank", *HEADER], correlations),
        ]
    )
