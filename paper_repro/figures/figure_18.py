"""Figure 18: shrink and perturb over the noise σ, for several λ."""

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure

from paper_repro.figures.drawing import draw_heat_map, new_figure
from paper_repro.records import Records
from paper_repro.run import Run
from paper_repro.scales import Scale, base, grid, seeds

_SIGMAS = (0.0, 0.001, 0.01, 0.1)
_LAMS = {"smoke": (0.3,), "cpu": (0.05, 0.3, 0.6), "paper": (0.05, 0.1, 0.2, 0.3, 0.4, 0.5)}


def runs(scale: Scale) -> list[Run]:
    """Return shrink and perturb over the grid of σ and λ."""
    sizes = {"chunks": 3, "train_size": 900, "test_size": 2000} if scale == "cpu" else {}
    plain = base(scale, method="shrink_perturb", probes=(), **sizes)
    return grid(plain, seed=seeds(scale), sigma=_SIGMAS, lam=_LAMS[scale])


def draw(records: Sequence[Records]) -> Figure:
    """Draw a heat map of the last test accuracy, a row for each σ and a column for each λ."""
    figure, (axes,) = new_figure(1)
    sigmas = sorted({r.run.sigma for r in records})
    lams = sorted({r.run.lam for r in records})
    cells = [
        [[r for r in records if (r.run.sigma, r.run.lam) == (sigma, lam)] for lam in lams]
        for sigma in sigmas
    ]
    values = np.array(
        [[100 * np.mean([r.last["test_accuracy"] for r in c]) for c in row] for row in cells]
    )
    texts = [[f"{value:.1f}" for value in row] for row in values]
    draw_heat_map(axes, values, texts, sigmas, lams)
    axes.set(title="test accuracy (%)", xlabel="λ", ylabel="σ")
    return figure
