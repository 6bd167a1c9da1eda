"""Figure 3 repeated for several settings, a row a setting: the body of Figures 9, 10 and 11."""

from collections.abc import Sequence

import xarray as xr
from matplotlib.figure import Figure

import featsim
from featsim.plotting import (
    FULL_WIDTH,
    PANEL_LABELS,
    draw_legend,
    draw_panel,
    new_figure,
    panels_of,
    style,
)


def simulate_each(
    configs: Sequence[featsim.Config], values: xr.DataArray, *, seeds: int
) -> xr.Dataset:
    """Simulate every configuration; their series and the settings, along the dim of ``values``."""
    results = []
    for config in configs:
        result = featsim.simulate(config, seeds=seeds, progress=False)
        results.append(result[[*panels_of(result), "memorized_points"]])
    series = xr.concat(results, values, combine_attrs="drop_conflicts")
    return series.assign_coords(config=(values.dims, [config.to_json() for config in configs]))


def draw_sweep(
    configs: Sequence[featsim.Config],
    dim: str,
    values: Sequence[float],
    symbol: str,
    *,
    seeds: int,
) -> tuple[Figure, xr.Dataset]:
    """Return a row of three panels for each configuration, and their series along ``dim``.

    ``values`` are what the configurations differ in; with ``symbol`` they name the rows.
    """
    result = simulate_each(configs, xr.DataArray(list(values), dims=dim, name=dim), seeds=seeds)
    return _draw_rows(result, dim, symbol), result


def _draw_rows(result: xr.Dataset, dim: str, symbol: str) -> Figure:
    panels = panels_of(result)
    values = result[dim].to_numpy()
    with style():
        figure = new_figure(FULL_WIDTH, 1.5 * len(values) + 0.6)
        axes = figure.subplots(len(values), len(panels), sharex=True, squeeze=False)
        for ax in axes[1:, 0]:
            ax.sharey(axes[0, 0])
        for row, value in zip(axes, values, strict=True):
            for ax, variable in zip(row, panels, strict=True):
                draw_panel(ax, result.sel({dim: value}), variable)
                ax.set_ylabel("")
            row[0].set_ylabel(f"{symbol} = {value:g}")
        for ax, variable in zip(axes[0], panels, strict=True):
            ax.set_title(PANEL_LABELS[variable])
        for ax in axes[-1]:
            ax.set_xlabel("Experiment")
        draw_legend(figure, axes[0, 0])
    return figure
