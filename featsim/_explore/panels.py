"""The panels of Figure 3, whose lines and bands are moved instead of drawn anew.

A picture follows a slider, so that time counts: axes and their letters take most of it, and are
drawn again only where the limits change, which are round numbers for that reason.
"""

import dataclasses
import io
import math
import threading
from collections.abc import Iterator, Sequence
from typing import Any, cast

import numpy as np
import numpy.typing as npt
from matplotlib.artist import Artist
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import FillBetweenPolyCollection
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator
from PIL import Image

from featsim.plotting import ACCURACY_LABELS, LABELS, init_styles, new_figure, style

DRAWING = threading.RLock()
"""Held by whoever draws: matplotlib's settings, fonts and caches are those of the process."""

DOTS_PER_INCH = 130
WIDTH, HEIGHT = 3.0, 2.5
"""Of a panel, in inches."""

TOPS = (1.0, 1.2, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0)
"""Ends of an axis, in units of the power of ten below."""

Values = npt.NDArray[np.float64]


@dataclasses.dataclass(frozen=True)
class Series:
    """One variable under one policy, by experiment."""

    values: Values
    """(seed, experiment), accuracies in percent."""

    mean_field: Values | None = None
    """(experiment,), if it is drawn."""

    theorems: Values | None = None
    """(experiment,), if it is drawn."""

    @property
    def mean(self) -> Values:
        """Mean over the seeds."""
        return np.asarray(self.values.mean(axis=0))

    @property
    def spread(self) -> Values | None:
        """Standard deviation over the seeds; None of one."""
        return np.asarray(self.values.std(axis=0, ddof=1)) if len(self.values) > 1 else None


@dataclasses.dataclass(frozen=True)
class Drawn:
    """The artists of one policy."""

    line: Line2D
    band: FillBetweenPolyCollection
    mean_field: Line2D
    theorems: Line2D

    def __iter__(self) -> Iterator[Artist]:
        return iter((self.band, self.line, self.mean_field, self.theorems))


class Panel:
    """One picture: a variable against the experiment, kept from one setting to the next."""

    def __init__(self, variable: str) -> None:
        self.variable = variable
        self.artists: dict[str, Drawn] = {}
        with DRAWING, style():
            self.figure: Figure = new_figure(WIDTH, HEIGHT)
            self.figure.set_dpi(DOTS_PER_INCH)
            self.figure.set_layout_engine("none")
            self.ax = self.figure.add_axes((0.185, 0.17, 0.795, 0.72))
            self.ax.set_xlabel("Experiment")
            self.ax.set_title(LABELS[variable], loc="left")
            self.ax.xaxis.set_major_locator(MaxNLocator(5, integer=True, steps=[1, 2, 5, 10]))
            self.ax.yaxis.set_major_locator(MaxNLocator(5, steps=[1, 2, 5, 10]))
            self.ax.yaxis.set_major_formatter("{x:,.5g}" if self._percent else "{x:,.0f}")
            self.ax.grid(axis="y", color="#E5E5E5", linewidth=0.6)
            self.border = self.ax.axvline(
                0.0, color="#888888", linestyle="-", linewidth=1.0, zorder=1.5
            )
            self.border.set_animated(True)
        self.background: Any = None
        self.limits: tuple[tuple[float, float], ...] = ()

    @property
    def _percent(self) -> bool:
        return self.variable in ACCURACY_LABELS

    def update(self, series: dict[str, Series], border: float | None = None) -> None:
        """Move the artists to the series of each policy.

        ``border`` is the experiment from which on a theorem says that warm and cold differ.
        """
        with DRAWING, style():
            if list(series) != list(self.artists):
                self._make(list(series))
            for i, (name, one) in enumerate(series.items()):
                _move(self.artists[name], one, i)
            experiments = next(iter(series.values())).values.shape[1]
            self.border.set_visible(border is not None and border <= experiments)
            self.border.set_xdata([border or 0.0] * 2)
            limits = (0.0, max(2.0, experiments + 1.0)), self._limits(list(series.values()))
            if limits != self.limits:
                self.limits, self.background = limits, None
                self.ax.set(xlim=limits[0], ylim=limits[1])

    def png(self) -> bytes:
        """Return the picture."""
        canvas = cast(FigureCanvasAgg, self.figure.canvas)
        with DRAWING, style():
            if self.background is None:
                canvas.draw()  # all that is not animated
                self.background = canvas.copy_from_bbox(self.figure.bbox)
            canvas.restore_region(self.background)
            moving = [artist for drawn in self.artists.values() for artist in drawn]
            for artist in sorted([self.border, *moving], key=lambda artist: artist.get_zorder()):
                self.ax.draw_artist(artist)
            return encode(canvas)

    def describe(self, series: dict[str, Series]) -> str:
        """Return what the picture shows, for who does not see it."""
        last = next(iter(series.values())).values.shape[1]
        unit = "" if self._percent else ","
        texts = []
        for name, one in series.items():
            spread = one.spread
            more = "" if spread is None else f" ± {spread[-1]:{unit}.1f}"
            texts.append(f"{name} {one.mean[0]:{unit}.1f} to {one.mean[-1]:{unit}.1f}{more}")
        return f"{LABELS[self.variable]}, experiments 1 to {last}: {'; '.join(texts)}"

    def _make(self, names: list[str]) -> None:
        for drawn in self.artists.values():
            for artist in drawn:
                artist.remove()
        self.artists = {name: self._artists(look) for name, look in init_styles(names).items()}

    def _artists(self, look: Any) -> Drawn:
        (line,) = self.ax.plot(
            [],
            [],
            color=look.color,
            linestyle=look.linestyle,
            linewidth=look.linewidth,
            marker=look.marker,
            markersize=look.markersize,
            zorder=look.layer,
        )
        band = self.ax.fill_between([], [], [], color=look.color, alpha=0.2, linewidth=0)
        (limit,) = self.ax.plot([], [], color=look.color, linestyle=":", linewidth=1.8, zorder=6)
        (theorem,) = self.ax.plot(
            [], [], color=look.color, linestyle="", marker="x", markersize=5, mew=1.4, zorder=7
        )
        drawn = Drawn(line, band, limit, theorem)
        for artist in drawn:
            artist.set_animated(True)
        return drawn

    def _limits(self, series: Sequence[Series]) -> tuple[float, float]:
        """Return limits between which all means lie, round so that they rarely change."""
        means = [v for one in series for v in (one.mean, one.mean_field, one.theorems)]
        low = min(float(np.nanmin(v, initial=100.0)) for v in means if v is not None)
        if self._percent:
            return 10.0 * math.floor(low / 10.0 - 0.2) - 1.0, 101.0
        means += [one.mean + one.spread for one in series if one.spread is not None]
        high = max(float(np.nanmax(v, initial=1.0)) for v in means if v is not None)
        unit = 10.0 ** math.floor(math.log10(high))
        top = next(step * unit for step in TOPS if step * unit >= high)
        return -0.04 * top, 1.05 * top


def _move(drawn: Drawn, one: Series, place: int) -> None:
    """Move the artists of the policy at a place."""
    experiments = np.arange(1, one.values.shape[1] + 1)
    spacing = max(1, round(experiments.size / 8))
    every = ((place * spacing) // 3 % spacing, spacing)
    mean, spread = one.mean, one.spread
    drawn.line.set_data(experiments, mean)
    drawn.line.set_markevery(every)
    drawn.band.set_visible(spread is not None)
    if spread is not None:
        drawn.band.set_data(experiments, mean - spread, mean + spread)
    for artist, values in ((drawn.mean_field, one.mean_field), (drawn.theorems, one.theorems)):
        artist.set_visible(values is not None)
        if values is not None:
            artist.set_data(experiments, values)
    drawn.theorems.set_markevery(every)


def encode(canvas: FigureCanvasAgg) -> bytes:
    """Return what was drawn as PNG, packed quickly rather than small."""
    file = io.BytesIO()
    pixels = np.asarray(canvas.buffer_rgba())[:, :, :3]
    Image.fromarray(np.ascontiguousarray(pixels)).save(file, "png", compress_level=1)
    return file.getvalue()
