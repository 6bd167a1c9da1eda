"""Scaling laws under Zipf's law: the error against chunks, points a chunk, and training time."""

import dataclasses
import functools
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure

import featsim
from docs.programs.theory_limit import table
from featsim.plotting import FULL_WIDTH, InitStyle, init_styles, new_figure, style
from featsim.schedules import Doubling, forgets
from featsim.theory.order import LearningOrder, learning_order

Reals = npt.NDArray[np.float64]

EXPONENTS = (1.0, 1.5, 2.0)
SHOWN = 1.5
FORGOTTEN = {"keep:1,0.9": 0.1, "keep:1,0.99": 0.01}
INITS = ("random", "ideal", "doubling", "warm")


@dataclasses.dataclass(frozen=True, kw_only=True)
class Size:
    """How much to run."""

    features: int = 3_000
    experiments: int = 2_000
    points: int = 512
    seeds: int = 5
    chunk_sizes: tuple[int, ...] = tuple(64 * 2**k for k in range(11))


def setting(exponent: float, size: Size) -> featsim.Config:
    """Return the setting of the laws: Zipf's law from 1/2 on, one feature to classify a point."""
    return featsim.Config(
        features=size.features,
        experiments=size.experiments,
        points_per_chunk=size.points,
        gamma=16,
        tau=1,
        max_frequency=0.5,
        frequency_law="zipf",
        frequency_exponent=exponent,
        test_points=0,
    )


@functools.cache
def against_chunks(size: Size) -> xr.Dataset:
    """Return the error above that of all features, features and training time, by experiment.

    The inits that forget a share of the noise are run with one exponent alone.
    """
    parts = []
    for inits, exponents in ((INITS, EXPONENTS), (tuple(FORGOTTEN), (SHOWN,))):
        out = featsim.sweep(
            setting(SHOWN, size),
            inits=inits,
            seeds=size.seeds,
            progress=False,
            frequency_exponent=exponents,
        )
        parts.append(_measured(out).assign(T=out.nonzero_gradient_points.cumsum("experiment")))
    return xr.concat(parts, "init", join="outer")


@functools.cache
def against_points(size: Size) -> xr.Dataset:
    """Return the same for warm after the first and after 20 experiments, by points a chunk."""
    config = dataclasses.replace(setting(SHOWN, size), experiments=20)
    out = featsim.sweep(
        config,
        inits="warm",
        seeds=size.seeds,
        progress=False,
        frequency_exponent=EXPONENTS,
        points_per_chunk=size.chunk_sizes,
    )
    return _measured(out).sel(init="warm", experiment=[1, 20])


def _measured(out: xr.Dataset) -> xr.Dataset:
    first = featsim.Config.from_json(out.attrs["config"])
    floors = [
        _floor(first.replace(frequency_exponent=float(s)))
        for s in out.frequency_exponent.to_numpy()
    ]
    floor = xr.DataArray(floors, {"frequency_exponent": out.frequency_exponent})
    return xr.Dataset({
        "error": 1.0 - out.exact_accuracy - floor, "learned": out.learned_features / 2,
    })  # fmt: skip


def frequencies(config: featsim.Config) -> Reals:
    """Return Zipf's frequencies of one class."""
    ranks = np.arange(1.0, config.features + 1)
    return np.asarray(config.max_frequency * ranks**-config.frequency_exponent)


@functools.lru_cache(maxsize=1)
def _order(config: featsim.Config) -> LearningOrder:
    return learning_order(frequencies(config)[None], config.tau)


def _floor(config: featsim.Config) -> float:
    return float(_order(config).below[0, -1]) / 2


def chunks_that_count(init: str, experiments: int) -> Reals:
    """Return how many chunks' cold start each experiment equals in the mean field."""
    j = np.arange(1.0, experiments + 1)
    if init == "warm":
        return np.ones(experiments)
    if init == "doubling":
        before = forgets(Doubling(), np.ones(experiments, np.int64))
        before[0] = True
        return np.asarray(j[before][np.cumsum(before) - 1])
    return np.asarray(1.0 + FORGOTTEN.get(init, 1.0) * (j - 1.0))


def limit(config: featsim.Config, points: Reals) -> tuple[Reals, Reals]:
    """Return the error above that of all features and |L|, from so many points of a class."""
    order = _order(config)
    learned = np.count_nonzero(points[:, None] * order.share[0] >= config.gamma, axis=1)
    return (order.below[0][learned] - order.below[0][-1]) / 2, learned.astype(np.float64)


@functools.cache
def endless(exponent: float) -> float:
    """Return the exponent of the mean field's error for 10³ to 10⁶ chunks, as if K were infinite.

    A hundred thousand features are followed; the rest is the tail of Zipf's law behind them.
    """
    config = setting(exponent, Size(features=10**5))
    chunks = np.geomspace(1e3, 1e6, 7)
    above, _ = limit(config, 256 * chunks)
    floor = _floor(config)
    if exponent == 1.0:
        rest = floor
    else:
        tail = 0.5 * config.features ** (1.0 - exponent) / (exponent - 1.0)
        rest = floor * -np.expm1(-tail)
    return slope(chunks, above + rest)


def chosen(experiments: int) -> npt.NDArray[np.int64]:
    """Return the experiments of the fit: equally spaced in the logarithm, from 2 to the last."""
    return np.unique(np.round(np.geomspace(2, experiments, 31)).astype(np.int64))


def slope(x: Reals, y: Reals) -> float:
    """Return the exponent of a power law by least squares on logarithms."""
    return float(np.polyfit(np.log(x), np.log(y), 1)[0])


def spread(values: Sequence[float]) -> str:
    """Return mean ± standard deviation over the seeds."""
    some = np.array(values)
    return f"{some.mean():.3f} ± {some.std(ddof=min(1, some.size - 1)):.3f}"


def law(exponent: float) -> float:
    """Return the exponent that is derived for the error, with P = 1/2."""
    return -0.5 / 1.5 if exponent == 1.0 else -(exponent - 1.0) / exponent


def exponents_table(size: Size) -> str:
    """Return the exponents against the experiment: derived, of the mean field, and measured."""
    measured = against_chunks(size)
    js = chosen(size.experiments)
    rows = []
    for s in EXPONENTS:
        config = setting(s, size)
        for init in (*INITS, *FORGOTTEN) if s == SHOWN else INITS:
            one = measured.sel(frequency_exponent=s, init=init, experiment=js)
            error, learned = limit(
                config, size.points / 2 * chunks_that_count(init, size.experiments)[js - 1]
            )
            x = js.astype(np.float64)
            warm = init == "warm"
            rows.append([
                f"{s:g}", "cold" if init == "random" else init,
                "0" if warm else f"{law(s):.3f}", "0" if warm else f"{endless(s):.3f}",
                f"{slope(x, error):.3f}",
                spread([slope(x, row) for row in one.error.to_numpy()]),
                "0" if warm else f"{1 / 1.5 if s == 1 else 1 / s:.3f}",
                f"{slope(x, np.maximum(learned, 1)):.3f}",
                spread([slope(x, row) for row in one.learned.to_numpy()]),
            ])  # fmt: skip
    columns = [
        "error, derived", "10³ to 10⁶ chunks, K = ∞", "mean field", "measured",
        "features, derived", "mean field", "measured",
    ]  # fmt: skip
    return table(["s", "init", *columns], rows)


def time_table(size: Size) -> str:
    """Return the exponents of the error against training time."""
    measured = against_chunks(size).sel(experiment=chosen(size.experiments))
    rows = []
    for s in EXPONENTS:
        for init in ("random", "ideal", "doubling"):
            one = measured.sel(frequency_exponent=s, init=init)
            pairs = zip(one["T"].to_numpy(), one.error.to_numpy(), strict=True)
            missing = law(s) if s == 1.0 else 0.0  # the power of j by which Q falls
            growth = {"random": 2.0, "ideal": 2.0 + missing, "doubling": 1.0 + missing}[init]
            derived = law(s) / growth
            last = one["T"].isel(experiment=-1)
            rows.append([
                f"{s:g}", "cold" if init == "random" else init, f"{derived:.3f}",
                spread([slope(*pair) for pair in pairs]), f"{float(last.mean()):.3g}",
            ])  # fmt: skip
    return table(["s", "init", "derived", "measured", "T at the end"], rows)


def points_table(size: Size) -> str:
    """Return the exponents of warm's error against the points of a chunk."""
    measured = against_points(size)
    x = np.array(size.chunk_sizes, np.float64)
    rows = []
    for s in EXPONENTS:
        error, _ = limit(setting(s, size), x / 2)
        both = [
            spread([
                slope(x, row)
                for row in measured.error.sel(frequency_exponent=s, experiment=j)
                .transpose("seed", "points_per_chunk")
                .to_numpy()
            ])
            for j in (1, 20)
        ]  # fmt: skip
        rows.append([f"{s:g}", f"{law(s):.3f}", f"{slope(x, error):.3f}", *both])
    return table(
        ["s", "derived", "mean field", "measured, experiment 1", "measured, experiment 20"], rows
    )


def looks() -> dict[str, InitStyle]:
    """Return the style of each initialization, and its label."""
    return init_styles([*INITS, *FORGOTTEN])


def draw(size: Size) -> Figure:
    """Draw the error of one exponent against experiments and time, and warm's against points."""
    measured = against_chunks(size).sel(frequency_exponent=SHOWN)
    with style():
        figure = new_figure(FULL_WIDTH, 2.7)
        left, middle, right = figure.subplots(1, 3)
        config = setting(SHOWN, size)
        j = np.arange(1.0, size.experiments + 1)
        for init, look in looks().items():
            label = f"forgets {FORGOTTEN[init]:g} of the noise" if init in FORGOTTEN else init
            error, _ = limit(config, size.points / 2 * chunks_that_count(init, size.experiments))
            left.plot(j, error, color=look.color, linewidth=0.8, linestyle=":")
            line(left, j, measured.error.sel(init=init), look, label)
            line(middle, measured["T"].sel(init=init).mean("seed"), measured.error.sel(init=init),
                 look, label)  # fmt: skip
        left.set(xlabel="Experiment J", ylabel="Error above that of all features")
        middle.set(xlabel="Training time T (points)")
        colors = ("#009E73", "#D55E00", "#0072B2")
        for s, color, marker in zip(EXPONENTS, colors, "osv", strict=True):
            x = np.array(size.chunk_sizes, np.float64)
            error, _ = limit(setting(s, size), x / 2)
            right.plot(x, error, color=color, linewidth=0.8, linestyle=":")
            one = against_points(size).error.sel(frequency_exponent=s, experiment=20)
            right.errorbar(
                x, one.mean("seed"), one.std("seed", ddof=1), color=color, marker=marker,
                markersize=3.5, linewidth=1.0, label=f"s = {s:g}",
            )  # fmt: skip
        right.set(xlabel="Points a chunk n", title="warm, experiment 20")
        left.set_title(f"s = {SHOWN:g}")
        middle.set_title(f"s = {SHOWN:g}")
        for ax in (left, middle, right):
            ax.set(xscale="log", yscale="log")
        right.legend()
        handles, labels = left.get_legend_handles_labels()
        figure.legend(handles, labels, loc="outside upper center", ncols=6)
    return figure


def line(
    ax: Axes, x: Reals | xr.DataArray, error: xr.DataArray, look: InitStyle, label: str
) -> None:
    """Draw the mean over the seeds, with a band of one standard deviation."""
    mean, deviation = error.mean("seed"), error.std("seed", ddof=1)
    places = chosen(error.sizes["experiment"])[::4] - 1
    ax.plot(
        x, mean, color=look.color, linestyle=look.linestyle, linewidth=look.linewidth,
        marker=look.marker, markersize=look.markersize, markevery=list(places), label=label,
        zorder=look.layer,
    )  # fmt: skip
    low = np.maximum(mean - deviation, 1e-12)
    ax.fill_between(x, low, mean + deviation, color=look.color, alpha=0.2, linewidth=0)
