"""The pictures of docs/calibration.md: networks on the square, and curves beside the model's."""

import textwrap
from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from docs.programs.calibration_data import Case, Method
from featsim.calibration.observed import read_observed
from featsim.calibration.picture import OBSERVED
from featsim.calibration.place import Placement
from featsim.calibration.result import Fit
from featsim.plotting import FULL_WIDTH, INIT_STYLES, new_figure, style

CORNERS = {(0, 0): "random", (1, 1): "warm", (1, 0): "ideal", (0, 1): "forget features"}
COLORS = ("#0072B2", "#CC79A7", "#E69F00", "#009E73", "#D55E00", "#000000", "#56B4E9", "0.5")
MARKERS = "osD^vPX*"


Panel = tuple[Case, dict[str, Fit], Sequence[tuple[Case, Method, str, Placement]]]


def draw_calibration(panels: Sequence[Panel]) -> Figure:
    """Draw the methods on the square, and measured beside predicted curves, a row for each case."""
    with style():
        figure = new_figure(FULL_WIDTH, 3.6 * len(panels))
        rows = figure.subplots(len(panels), 2, squeeze=False)
        for (square, curves), (case, fits, places) in zip(rows, panels, strict=True):
            draw_square(square, places)
            draw_curves(curves, case, fits)
            square.set_title(textwrap.fill(f"{case.title}: mean field", 62), fontsize=7)
            curves.set_title("measured (marks) and predicted (lines)", fontsize=7)
    return figure


def draw_square(ax: Axes, places: Sequence[tuple[Case, Method, str, Placement]]) -> None:
    """Draw each method at its shares with their intervals; hollow where no pair explains it."""
    names = list(dict.fromkeys(method.name for _, method, _, _ in places))
    for _, method, _, place in places:
        if place.features_kept is None or place.features_interval is None:
            continue
        i = names.index(method.name)
        a, b = place.features_kept, place.noise_kept
        low, high = place.features_interval
        bottom, top = place.noise_interval
        ax.errorbar(
            a,
            b,
            xerr=[[max(0.0, a - low)], [max(0.0, high - a)]],
            yerr=[[max(0.0, b - bottom)], [max(0.0, top - b)]],
            color=COLORS[i % len(COLORS)],
            marker=MARKERS[i % len(MARKERS)],
            markersize=5,
            markerfacecolor=COLORS[i % len(COLORS)] if place.explained else "white",
            linewidth=0.7,
            linestyle="none",
            label=method.name,
        )
    for (a, b), name in CORNERS.items():
        ax.annotate(
            name,
            (a, b),
            xytext=(-4 if a else 4, -4 if b else 4),
            textcoords="offset points",
            ha="right" if a else "left",
            va="top" if b else "bottom",
            color="0.5",
            fontsize=6,
        )
    ax.set(xlim=(-0.03, 1.03), ylim=(-0.03, 1.03))
    ax.set(xlabel="a, share of the features kept", ylabel="b, share of the noise kept")
    ax.legend(fontsize=5.5, loc="upper center", bbox_to_anchor=(0.5, -0.2), ncols=2,
              title="hollow: no pair (a, b) explains it", title_fontsize=6)  # fmt: skip


def draw_curves(ax: Axes, case: Case, fits: dict[str, Fit]) -> None:
    """Draw measured accuracy as marks and the predicted as lines, one style for each model."""
    for (model, fit), width in zip(fits.items(), (2.4, 1.2), strict=True):
        out = fit.predict(("random", "warm"))["exact_accuracy"]
        for name in ("random", "warm"):
            ax.plot(
                out["experiment"],
                100 * out.sel(init=name),
                color=INIT_STYLES[name].color,
                linewidth=width,
                linestyle="-" if width > 2 else "--",
                label=f"{name}, {model}",
            )
    cold = read_observed("cold", case.cold.table)
    ax.plot(cold.experiments, 100 * cold.accuracy, label="cold", **OBSERVED | {"color": "black"})
    for i, method in enumerate(case.others):
        curve = read_observed(method.name, method.table)
        look = OBSERVED | {"color": COLORS[i % len(COLORS)], "marker": MARKERS[i % len(MARKERS)]}
        if method.name != "cold, run again":
            ax.plot(curve.experiments, 100 * curve.accuracy, label=method.name, **look)
    ax.set(xlabel="Experiment", ylabel="Accuracy (%)")
    ax.xaxis.set_major_locator(MaxNLocator(integer=True))
    ax.legend(fontsize=5.5, loc="upper center", bbox_to_anchor=(0.5, -0.2), ncols=2)
