"""Noise of several strengths at equal mean: a little spread costs, much of it helps.

Beyond the paper: the noise of the points has several strengths at the mean γ of Figure 3. On the
left the one strength that acts as all levels do in the mean field, min over levels γ_g of γ_g /
R_g with R_g the share of points of noise γ_g or less; in the middle half of the points have less
noise and half have more, on the right one point in ten has more. Mean accuracy over the
experiments, mean and standard deviation over 10 seeds; lines are the mean field.

Spread can act as more noise, by a factor of two at most, or as less: loud points are memorized
first and take themselves out, and what then counts is the noise of the quiet ones. Warm, which
stands nearest to the threshold, feels both most. Where spread is wide enough, warm nearly reaches
random, and forgetting has little left to gain.
"""

import sys
from collections.abc import Sequence

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure

import featsim
from featsim.plotting import FULL_WIDTH, draw_legend, new_figure, style
from figures import _limit
from figures.__main__ import main

INITS = ("random", "warm", "ideal", "doubling")
Levels = tuple[tuple[float, float], ...]
SPREADS = tuple(float(d) for d in np.round(np.arange(0, 1, 0.1), 1))
STRONGEST = (1.0, 1.1, 1.5, 2.0, 3.0, 4.0, 6.0, 8.0, 9.0, 9.8)


def two_halves(d: float) -> Levels:
    """Return half of the points with (1 − d) γ and half with (1 + d) γ."""
    return ((1 - d, 0.5), (1 + d, 0.5))


def one_in_ten(factor: float) -> Levels:
    """Return a tenth of the points with ``factor`` γ and the others with what keeps the mean."""
    return (((1 - 0.1 * factor) / 0.9, 0.9), (factor, 0.1))


def deviation(levels: Levels) -> float:
    """Return the standard deviation of the noise in units of γ."""
    factors, shares = np.array(levels).T
    return float(np.sqrt(shares @ (factors - 1) ** 2))


def effective(levels: Levels) -> float:
    """Return min γ_g / R_g in units of γ: the one noise that acts as all levels do."""
    factors, shares = np.array(levels).T
    return float(min(factor / shares[factors <= factor].sum() for factor in factors))


def draw(
    config: featsim.Config | None = None,
    *,
    halves: Sequence[float] = SPREADS,
    factors: Sequence[float] = STRONGEST,
    seeds: int = 10,
) -> tuple[Figure, xr.Dataset]:
    """Return the figure, and accuracy and training time for the levels of two families."""
    base = (config or featsim.Config()).replace(test_points=0)
    levels = [("two halves", two_halves(d)) for d in halves]
    levels += [("one point in ten", one_in_ten(factor)) for factor in factors]
    pairs = [_limit.series(base.replace(noise_levels=one), INITS, seeds) for _, one in levels]
    result = _limit.both(pairs, xr.DataArray(np.arange(len(levels)), dims="setting")).assign_coords(
        family=("setting", [name for name, _ in levels]),
        deviation=("setting", [deviation(one) for _, one in levels]),
        effective=("setting", [effective(one) for _, one in levels]),
    )
    with style():
        figure = new_figure(FULL_WIDTH, 2.6)
        axes = figure.subplots(1, 3)
        _draw_effective(axes[0])
        for ax, name in zip(axes[1:], ("two halves", "one point in ten"), strict=True):
            one = result.isel(setting=np.flatnonzero(result["family"] == name))
            _limit.draw_both(ax, one, "accuracy", "deviation")
            ax.set(xlabel="Deviation of the noise / γ", ylabel="Mean accuracy (%)", title=name)
        draw_legend(figure, axes[1])
    return figure, result


def _draw_effective(ax: Axes) -> None:
    """Draw the noise that acts as the levels do, without any points."""
    shown = (("two halves", two_halves, 1.0), ("one point in ten", one_in_ten, 10.0))
    for (name, family, end), color in zip(shown, ("#0072B2", "#CC79A7"), strict=True):
        levels = [family(float(v)) for v in np.linspace(end // 10, 0.999 * end, 300)]
        ax.plot(
            [deviation(one) for one in levels],
            [effective(one) for one in levels],
            color=color,
            label=name,
        )
    d = np.linspace(0, 1)
    ax.plot(d / np.sqrt(3), 1 + d, color="#E69F00", label="uniform on (1 ± d) γ")
    ax.axhline(1.0, color="0.6", linewidth=0.8, linestyle=":")
    ax.set(
        xlabel="Deviation of the noise / γ", ylabel="Noise that acts alike / γ", title="predicted"
    )
    ax.legend()


if __name__ == "__main__":
    sys.exit(main(["--only", "noise_spread", *sys.argv[1:]]))
