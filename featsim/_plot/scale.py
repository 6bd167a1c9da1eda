"""Where the values of a sweep's axis are drawn: in proportion, by logarithm, side by side."""

import dataclasses
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.ticker import LogLocator, MaxNLocator, NullFormatter, NullLocator

from featsim.plotting import FIELD_LABELS

MOST_TICKS = 8
NEAREST = 0.08
"""Least distance of neighbouring values, as a share of the axis, for each to have its tick."""


@dataclasses.dataclass(frozen=True)
class Scale:
    """The values of an axis, in increasing order, as coordinates."""

    label: str
    places: npt.NDArray[Any]
    texts: tuple[str, ...]
    logarithmic: bool

    def edges(self) -> npt.NDArray[Any]:
        """Return the borders of a cell around each place, halfway on the scale."""
        places = np.log(self.places) if self.logarithmic else self.places
        half = np.diff(places) / 2.0
        edges = np.concatenate([places[:1] - half[:1], places[:-1] + half, places[-1:] + half[-1:]])
        return np.exp(edges) if self.logarithmic else edges

    def apply(self, ax: Axes, which: Literal["x", "y"]) -> None:
        """Give an axis of a panel this scale, and a tick for each of few values."""
        axis = ax.xaxis if which == "x" else ax.yaxis
        if self.logarithmic:
            ax.set(**{f"{which}scale": "log"})
        shown = np.log(self.places) if self.logarithmic else self.places
        if self.places.size <= MOST_TICKS and np.diff(shown).min() >= NEAREST * np.ptp(shown):
            axis.set_ticks(self.places, labels=self.texts)
            axis.set_minor_locator(NullLocator())
        elif self.logarithmic:
            few = self.places[-1] < 100.0 * self.places[0]
            axis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0) if few else (1.0,)))
            axis.set_major_formatter("{x:g}")
            axis.set_minor_formatter(NullFormatter())
        elif np.all(self.places == np.round(self.places)):
            axis.set_major_locator(MaxNLocator(MOST_TICKS, integer=True))


def scale_of(axis: xr.DataArray) -> Scale:
    """Return the scale of the sorted values of an axis.

    It is logarithmic where the steps between values are more alike by ratio than by difference.
    """
    values = axis.to_numpy()
    label = field_label(str(axis.name))
    if values.dtype.kind not in "iuf":
        return Scale(label, np.arange(values.size), tuple(map(str, values)), False)
    values = values.astype(np.float64)
    logarithmic = bool(values.min() > 0.0) and _unevenness(np.log(values)) < _unevenness(values)
    return Scale(label, values, tuple(f"{value:g}" for value in values), logarithmic)


def field_label(name: str) -> str:
    """Return the label of what is varied."""
    return FIELD_LABELS.get(name) or name.replace("_", " ").capitalize()


def _unevenness(values: npt.NDArray[Any]) -> float:
    steps = np.diff(np.unique(values))
    return float(steps.std() / steps.mean()) if steps.size else 0.0
