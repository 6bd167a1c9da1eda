"""Strong features: a rare strong one is learned like a frequent weak one, but does not act alike.

Beyond the paper (its Remark 2.1): every feature of frequency p has a partner of frequency p / s
and strength s, which counts s times. On the left, the share of partners that one chunk lets be
learned, against s p; dotted lines are the mean field's thresholds. On the right, random's exact
accuracy after 20 chunks against τ, each curve with its own s. Other settings are those of Figure
3.

In the count that decides what is learned a rare strong feature is a frequent weak one: it is
learned at about the same s p, but its count is of fewer points, s times as coarse, so that chance
blurs the threshold. For accuracy it is not the same. A point has it rarely, and then s counts at
once: for a small τ most of these are wasted, and many weak features serve more points; for a large
τ few points collect enough weak features, and the strong ones classify those that have them.
"""

import sys
from collections.abc import Sequence

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure

import featsim
from featsim.plotting import FULL_WIDTH, new_figure, style
from figures.__main__ import main

COLORS = {1: "#000000", 2: "#0072B2", 4: "#E69F00", 8: "#CC79A7"}
MARKERS = {1: "o", 2: "s", 4: "^", 8: "D"}
TAUS = tuple(range(1, 17))


def world(config: featsim.Config, strength: int, tau: int) -> featsim.Config:
    """Return pairs of features, one of frequency p, the other of p / s and strength s."""
    pairs = config.features // 2
    p = config.max_frequency * (np.arange(pairs) + 0.5) / pairs
    row, strengths = [*p, *(p / strength)], [1] * pairs + [strength] * pairs
    C = config.classes
    return config.replace(
        features=2 * pairs,
        tau=tau,
        frequencies=[row] * C,
        strengths=[strengths] * C,
        test_points=0,
    )


def draw(
    config: featsim.Config | None = None, *, taus: Sequence[int] = TAUS, seeds: int = 10
) -> tuple[Figure, xr.Dataset]:
    """Return the figure; accuracy by strength and τ, and shares learned in the first experiment."""
    base = config or featsim.Config(experiments=20)
    strengths = xr.DataArray(list(COLORS), dims="strength", name="strength")
    accuracy = xr.concat(
        [xr.concat([_accuracy(world(base, s, tau), seeds) for tau in taus], "tau") for s in COLORS],
        strengths,
    ).assign_coords(tau=list(taus))
    shares = xr.concat([_shares(base, s, 20 * seeds) for s in COLORS], strengths)
    result = xr.Dataset({"accuracy": accuracy, "share": shares})
    with style():
        figure = new_figure(FULL_WIDTH, 2.6)
        left, right = figure.subplots(1, 2)
        _draw_shares(left, base, shares)
        _draw_accuracy(right, accuracy)
        handles, labels = right.get_legend_handles_labels()
        figure.legend(handles, labels, loc="outside upper center", ncols=len(labels))
    return figure, result


def _accuracy(config: featsim.Config, seeds: int) -> xr.DataArray:
    """Return the accuracy of random at the end: by seed, and of the mean field."""
    out = featsim.simulate(config, inits="random", seeds=seeds, progress=False)
    limit = featsim.theory.mean_field(config, inits="random")
    pair = [one["exact_accuracy"].isel(experiment=-1, init=0, drop=True) for one in (out, limit)]
    how = xr.DataArray(["simulated", "mean field"], dims="how", name="how")
    return 100.0 * xr.concat([pair[0], pair[1].broadcast_like(pair[0])], how)


def _shares(config: featsim.Config, strength: int, seeds: int) -> xr.DataArray:
    """Return how often the strong feature of each pair is learned from one chunk, τ = 3."""
    one = world(config, strength, 3).replace(experiments=1)
    out = featsim.simulate(one, inits="random", seeds=seeds, progress=False)
    pairs = config.features // 2
    learned = out["learned"].isel(init=0, experiment=0, drop=True).mean(("seed", "class"))
    p = config.max_frequency * (np.arange(pairs) + 0.5) / pairs
    rare = learned.isel(feature=slice(pairs, None)).rename(feature="pair")
    return rare.assign_coords(pair=p)


def _threshold(config: featsim.Config, strength: int) -> float:
    """Return the smallest s p that one chunk teaches in the mean field, τ = 3."""
    one = world(config, strength, 3).replace(experiments=1)
    limit = featsim.theory.mean_field(one, inits="random").squeeze()
    rare = limit["learned"].isel({"class": 0}).to_numpy()[config.features // 2 :]
    return float(config.max_frequency * (np.flatnonzero(rare)[0] + 0.5) / rare.size)


def _draw_shares(ax: Axes, config: featsim.Config, shares: xr.DataArray) -> None:
    for s, color in COLORS.items():
        one = shares.sel(strength=s)
        ax.axvline(_threshold(config, s), color=color, linewidth=0.8, linestyle=":")
        ax.plot(one["pair"], one, color=color, marker=MARKERS[s], markersize=3.5, linewidth=1.0)
    ax.set(xlabel="Strength times frequency, s p", ylabel="Learned from one chunk (share)")


def _draw_accuracy(ax: Axes, accuracy: xr.DataArray) -> None:
    for s, color in COLORS.items():
        one = accuracy.sel(strength=s)
        simulated, limit = one.sel(how="simulated"), one.sel(how="mean field").mean("seed")
        ax.plot(one["tau"], limit, color=color, linewidth=1.0)
        ax.errorbar(
            one["tau"],
            simulated.mean("seed"),
            simulated.std("seed", ddof=min(1, simulated.sizes["seed"] - 1)),
            color=color,
            elinewidth=0.8,
            label=f"frequency p / {s}, strength {s}" if s > 1 else "all of strength 1",
            linestyle="none",
            marker=MARKERS[s],
            markersize=3.5,
        )
    ax.set(xlabel="Features to classify a point, τ", ylabel="Accuracy at the end (%)")


if __name__ == "__main__":
    sys.exit(main(["--only", "strong_features", *sys.argv[1:]]))
