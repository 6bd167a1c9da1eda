"""Simulated points on the lines of the mean field: the body of pictures beyond the paper."""

import xarray as xr
from matplotlib.axes import Axes

import featsim
from featsim.plotting import init_styles


def series(
    config: featsim.Config, inits: tuple[str, ...], seeds: int
) -> tuple[xr.Dataset, xr.Dataset]:
    """Return what the experiments give on average, simulated and in the limit, by seed."""
    out = featsim.simulate(config, inits=inits, seeds=seeds, progress=False)
    limit = featsim.theory.mean_field(config, out["frequencies"], inits=inits)
    return summary(out), summary(limit)


def summary(out: xr.Dataset) -> xr.Dataset:
    """Return the mean accuracy over the experiments and the training time."""
    return xr.Dataset(
        {
            "accuracy": 100.0 * out["exact_accuracy"].mean("experiment"),
            "training_time": out["nonzero_gradient_points"].sum("experiment"),
        }
    )


def both(pairs: list[tuple[xr.Dataset, xr.Dataset]], values: xr.DataArray) -> xr.Dataset:
    """Join the pairs of ``series`` along the values of a setting; ``how`` tells them apart."""
    joined = [xr.concat(list(some), values) for some in zip(*pairs, strict=True)]
    return xr.concat(joined, xr.DataArray(["simulated", "mean field"], dims="how", name="how"))  # type: ignore[no-any-return]


def draw_both(ax: Axes, result: xr.Dataset, variable: str, dim: str) -> None:
    """Draw one variable against a setting: points with a deviation up and down, lines the limit."""
    x = result[dim].to_numpy()
    for name, look in init_styles(result["init"].to_numpy().tolist()).items():
        values = result[variable].sel(init=name)
        simulated = values.sel(how="simulated")
        ax.plot(
            x,
            values.sel(how="mean field").mean("seed"),
            color=look.color,
            linestyle=look.linestyle,
            linewidth=look.linewidth,
            zorder=look.layer,
        )
        ax.errorbar(
            x,
            simulated.mean("seed"),
            simulated.std("seed", ddof=min(1, simulated.sizes["seed"] - 1)),
            color=look.color,
            elinewidth=0.8,
            label=name,
            linestyle="none",
            marker=look.marker,
            markersize=look.markersize,
            zorder=look.layer,
        )
