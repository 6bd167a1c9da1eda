"""Make the tables and pictures of docs/beyond.md: streams that are not stationary, and strengths.

Run ``python -m docs.programs.beyond``: it prints the tables. With ``--docs docs`` it also puts them
into docs/beyond.md, between the marks that bear their names, and draws the pictures.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import tyro
import xarray as xr

from docs.programs import beyond_borders, beyond_limit, beyond_scaling
from docs.programs.marks import write_between
from docs.programs.theory_limit import table
from featsim.plotting import save_figure
from figures import _registry


@dataclass(frozen=True, kw_only=True)
class Settings:
    """How much to run."""

    docs: Path | None = None
    """Folder of beyond.md; nothing is written if it is not given."""
    largest: int = 256_000
    """Most points a chunk beside the mean field."""
    only: tuple[str, ...] = ()
    """Parts to run, such as scaling; all of them if left out."""


def main(settings: Settings) -> None:
    """Print the tables; write them and the pictures if asked to."""
    for part in settings.only or PARTS:
        tables = PARTS[part](settings)
        for name, rows in tables.items():
            print(f"\n{name}\n\n{rows}")
        if settings.docs is not None:
            write_between(settings.docs / "beyond.md", tables)


def limit(settings: Settings) -> dict[str, str]:
    """Compare the simulator with the mean field."""
    return {"limit": beyond_limit.convergence_table(settings.largest)}


def scaling(settings: Settings) -> dict[str, str]:
    """Measure scaling laws."""
    size = beyond_scaling.Size()
    if settings.docs is not None:
        folder = settings.docs / "beyond"
        folder.mkdir(exist_ok=True)
        save_figure(beyond_scaling.draw(size), folder / "scaling.png")
    return {
        "exponents": beyond_scaling.exponents_table(size),
        "time": beyond_scaling.time_table(size),
        "points": beyond_scaling.points_table(size),
    }


def borders(settings: Settings) -> dict[str, str]:
    """Find where warm beats cold."""
    if settings.docs is not None:
        folder = settings.docs / "beyond"
        folder.mkdir(exist_ok=True)
        save_figure(beyond_borders.draw(), folder / "borders.png")
    return {
        f"border-{plane}": beyond_borders.border_table(plane) for plane in beyond_borders.PLANES
    }


def picture(name: str, settings: Settings) -> xr.Dataset:
    """Draw a picture of the gallery, and return what it shows."""
    figure, result = _registry.draw(name)
    if settings.docs is not None:
        save_figure(figure, settings.docs / "figures" / f"{name}.png")
    return result


def label_noise(settings: Settings) -> dict[str, str]:
    """Measure what wrong labels cost."""
    result = picture("label_noise", settings)
    return {"label-noise": series_table(result, "label_noise", "η", [0.0, 0.2, 0.5, 0.8, 0.9])}


def noise_spread(settings: Settings) -> dict[str, str]:
    """Measure what the spread of noise costs."""
    result = picture("noise_spread", settings)
    rows = []
    for place in range(result.sizes["setting"]):
        one = result.isel(setting=place)
        rows.append([
            str(one["family"].item()), f"{float(one.deviation):.2f}", f"{float(one.effective):.2f}",
            *(f"{_mean(one.accuracy.sel(init=init, how='simulated'))}, "
              f"{float(one.accuracy.sel(init=init, how='mean field').mean()):.1f}"
              for init in ("random", "warm", "doubling")),
        ])  # fmt: skip
    return {"noise-spread": table(
        ["levels", "deviation / γ", "acts as / γ", "random, %", "warm, %", "doubling, %"], rows
    )}  # fmt: skip


def series_table(result: xr.Dataset, dim: str, symbol: str, values: list[float]) -> str:
    """Return accuracy and training time by initialization, simulated and in the limit."""
    rows = []
    for value in values:
        for init in result["init"].to_numpy():
            one = result.sel({dim: value, "init": init})
            accuracy, time = one["accuracy"], one["training_time"]
            rows.append([
                f"{value:g}", str(init), _mean(accuracy.sel(how="simulated")),
                f"{float(accuracy.sel(how='mean field').mean()):.1f}",
                f"{float(time.sel(how='simulated').mean()):,.0f}",
                f"{float(time.sel(how='mean field').mean()):,.0f}",
            ])  # fmt: skip
    return table(
        [symbol, "init", "mean accuracy, %", "mean field", "training time", "mean field"], rows
    )


def arriving(settings: Settings) -> dict[str, str]:
    """Measure arriving classes and discarded data."""
    result = picture("arriving_classes", settings)
    rows = []
    for stream in result["stream"].to_numpy():
        for init in result["init"].to_numpy():
            some = result.sel(stream=stream, init=init).dropna("experiment", how="all")
            last = 100.0 * some["exact_accuracy"].isel(experiment=-1)
            time = some["nonzero_gradient_points"].sum("experiment")
            rows.append([
                str(stream), str(init), _mean(last.sel(how="simulated")),
                f"{float(last.sel(how='mean field').mean()):.1f}",
                f"{float(time.sel(how='simulated').mean()):,.0f}",
                f"{float(time.sel(how='mean field').mean()):,.0f}",
            ])  # fmt: skip
    return {"arriving": table(
        ["stream", "init", "last accuracy, %", "mean field", "training time", "mean field"], rows
    )}  # fmt: skip


def strong(settings: Settings) -> dict[str, str]:
    """Compare rare strong features with frequent weak ones."""
    result = picture("strong_features", settings)
    rows = []
    for s in result["strength"].to_numpy():
        one = result.sel(strength=s)
        rise = one["share"].to_numpy()
        half = [float(np.interp(level, np.maximum.accumulate(rise), one["pair"].to_numpy()))
                for level in (0.25, 0.5, 0.75)]  # fmt: skip
        taus = [t for t in (1, 3, 6, 9, 12) if t in one["tau"]]
        rows.append([
            f"{s}", *(f"{x:.3f}" for x in half),
            *(f"{_mean(one['accuracy'].sel(tau=t, how='simulated'))}, "
              f"{float(one['accuracy'].sel(tau=t, how='mean field').mean()):.1f}" for t in taus),
        ])  # fmt: skip
    columns = [f"s p learned by {share}" for share in ("1/4", "1/2", "3/4")]
    return {"strong": table(["s", *columns, *(f"τ = {t}, %" for t in taus)], rows)}


def _mean(values: xr.DataArray) -> str:
    deviation = float(values.std(ddof=min(1, values.size - 1)))
    return f"{float(values.mean()):.1f} ± {deviation:.1f}"


PARTS: dict[str, Callable[[Settings], dict[str, str]]] = {
    "limit": limit,
    "scaling": scaling,
    "borders": borders,
    "label_noise": label_noise,
    "noise_spread": noise_spread,
    "arriving": arriving,
    "strong": strong,
}

if __name__ == "__main__":
    main(tyro.cli(Settings))
