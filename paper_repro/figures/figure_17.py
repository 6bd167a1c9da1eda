"""Figure 17: test accuracy and steps of DASH over (α, λ).

The accuracy is that of the last experiment, the steps those of all experiments; means over seeds.
Steps with a ≥ are a lower bound: the epoch limit ended an experiment.
"""

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure

from paper_repro.figures.drawing import draw_heat_map, new_figure
from paper_repro.records import Records
from paper_repro.run import Run
from paper_repro.scales import Scale, base, grid, seeds

_GRIDS = {
    "smoke": ((0.3, 1.0), (0.05, 0.3)),
    "cpu": ((0.1, 0.3, 1.0), (0.05, 0.3, 0.6)),
    "paper": ((0.1, 0.3, 0.5, 0.7, 0.9, 1.0), (0.05, 0.1, 0.2, 0.3, 0.4, 0.5)),
}


def runs(scale: Scale) -> list[Run]:
    """Return DASH over the grid of α and λ."""
    alphas, lams = _GRIDS[scale]
    sizes = {"chunks": 3, "train_size": 600, "test_size": 2000} if scale == "cpu" else {}
    plain = base(scale, method="dash", probes=(), **sizes)
    trials = range(1) if scale == "cpu" else seeds(scale)
    return grid(plain, seed=trials, alpha=alphas, lam=lams)


def draw(records: Sequence[Records]) -> Figure:
    """Draw two heat maps, a row for each α and a column for each λ."""
    figure, panels = new_figure(2)
    alphas = sorted({r.run.alpha for r in records})
    lams = sorted({r.run.lam for r in records})
    cells = [
        [[r for r in records if (r.run.alpha, r.run.lam) == (a, x)] for x in lams] for a in alphas
    ]
    accuracy = [[100 * np.mean([r.last["test_accuracy"] for r in c]) for c in row] for row in cells]
    steps = [
        [np.mean([sum(e["steps"] for e in r.experiments) for r in c]) for c in row] for row in cells
    ]
    shares = [[f"{value:.1f}" for value in row] for row in accuracy]
    counts = [
        [f"{'≥ ' * any(r.any_cut for r in c)}{value:.0f}" for c, value in zip(*pair, strict=True)]
        for pair in zip(cells, steps, strict=True)
    ]
    for axes, values, texts, title in (
        (panels[0], accuracy, shares, "test accuracy (%)"),
        (panels[1], steps, counts, "steps"),
    ):
        draw_heat_map(axes, np.array(values), texts, alphas, lams)
        axes.set(title=title, xlabel="λ", ylabel="α")
    return figure
