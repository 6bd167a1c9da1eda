"""The learning process of a small stream as a picture: Figure 5, for any stream."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch, Rectangle

from featsim import _checks
from featsim.plotting import new_figure, style
from featsim.tracing import Rows, Step, Trace

Mask = npt.NDArray[np.bool_]

PALETTE = ("#56B4E9", "#E69F00", "#009E73", "#F0E442", "#CC79A7", "#D55E00", "#0072B2")
NOISE, FADED = "#999999", 0.15
CELL = 0.19
"""Side in inches of the square for a point and a feature."""

MOST_POINTS, MOST_FEATURES = 40, 16
"""What is still legible: points up to the experiment, and features of all classes."""


def draw_process(
    trace: Trace, *, experiment: int = 1, names: Sequence[str] | None = None
) -> Figure:
    """Draw the points of a trace as columns of features, and what each step of a run does to them.

    Parameters
    ----------
    trace
        What ``featsim.trace`` returns, of a stream with at most 16 features in all its classes,
        and at most 40 points up to the experiment: of more, nothing could be read.
    experiment
        The experiment to draw, from 1.
    names
        A short name for each of the C · K features, class after class; numbers if not given.

    Returns
    -------
    matplotlib.figure.Figure
        First the points that have arrived, then a column for each step. Above, the points: those
        without a gradient are pale, those that leave at this step have a frame. Below, the number
        of points with a gradient that have each feature, the threshold γ, and the feature learned.

    Raises
    ------
    ValueError, TypeError
        If there is no such experiment, not as many names as features, or more points or features
        than can be drawn.
    """
    run = trace.runs[_checks.integer("experiment", experiment, 1, len(trace.runs)) - 1]
    features = run.learned.size
    labels = [str(k + 1) for k in range(features)] if names is None else list(names)
    if len(labels) != features:
        raise ValueError(f"names must be {features}, one for each feature, not {len(labels)}")
    rows = np.flatnonzero(trace.stream.chunks < run.experiment)
    if features > MOST_FEATURES or rows.size > MOST_POINTS:
        raise ValueError(
            f"trace must have at most {MOST_FEATURES} features and {MOST_POINTS} points up to "
            f"experiment {run.experiment} to be drawn, not {features} and {rows.size}"
        )
    columns, cells = len(run.steps) + 1, trace.stream.num_features + 1
    panel = max(1.25, CELL * (len(rows) + 0.6))
    with style():
        figure = new_figure(columns * (panel + 0.05) + 0.4, CELL * cells + 1.7)
        axes = figure.subplots(2, columns, height_ratios=[CELL * cells, 1.1], squeeze=False)
        _draw_points(axes[0, 0], trace, rows, rows, np.array([], np.int64), labels)
        axes[0, 0].set_title("The points")
        axes[1, 0].axis("off")
        axes[1, 0].legend(handles=_legend(trace), loc="center", borderaxespad=0)
        learned = run.kept.copy()
        for i, step in enumerate(run.steps):
            _draw_points(axes[0, i + 1], trace, rows, step.active, step.leaving, labels)
            axes[0, i + 1].set_title(_title(i + 1, step, labels, learned))
            _draw_counts(axes[1, i + 1], trace, step, learned, labels)
            if step.learned:
                learned[step.feature] = True
        for ax in axes[1, 2:]:
            ax.sharey(axes[1, 1])
            ax.tick_params(labelleft=False)
        axes[1, 1].set_ylabel("Points with\na gradient")
        axes[1, 1].set_ylim(0, 1.2 * max(trace.gamma, run.steps[0].counts.max(initial=0)))
    return figure


def _title(number: int, step: Step, labels: Sequence[str], learned: Mask) -> str:
    if step.learned and step.feature is not None:
        return f"Step {number}: learn {labels[_flat(step.feature, learned)]}"
    return f"Step {number}: " + ("memorize" if step.leaving.size else "stop")


def _flat(feature: tuple[int, int], learned: Mask) -> int:
    return feature[0] * int(learned.shape[1]) + feature[1]


def _color(feature: int) -> str:
    return PALETTE[feature % len(PALETTE)]


def _draw_points(
    ax: Axes,
    trace: Trace,
    rows: Rows,
    active: Rows,
    leaving: Rows,
    labels: Sequence[str],
) -> None:
    """Draw each point as a column: a coloured square for each feature it has, and its noise."""
    K = trace.stream.num_features
    for x, row in enumerate(rows):
        alpha = 1.0 if row in active else FADED
        ax.add_patch(Rectangle((x - 0.45, K - 0.45), 0.9, 0.9, color=NOISE, alpha=alpha, lw=0))
        for k in np.flatnonzero(trace.stream.features[row]).tolist():
            feature = int(trace.stream.labels[row]) * K + k
            square = Rectangle((x - 0.45, k - 0.45), 0.9, 0.9, alpha=alpha, lw=0)
            square.set_facecolor(_color(feature))
            ax.add_patch(square)
            ax.text(x, k, labels[feature], alpha=alpha, ha="center", va="center", fontsize=6)
        if row in leaving:
            frame = Rectangle((x - 0.5, -0.6), 1.0, K + 1.2, fill=False, lw=1.2)
            ax.add_patch(frame)
    ax.set(xlim=(-0.7, len(rows) - 0.3), ylim=(K + 0.7, -0.7), aspect="equal")
    ax.set_xticks(range(len(rows)), [f"x{row + 1}" for row in rows], fontsize=6)
    ax.tick_params(length=0)
    ax.set_yticks([])
    for spine in ax.spines.values():
        spine.set_visible(False)


def _draw_counts(ax: Axes, trace: Trace, step: Step, learned: Mask, labels: Sequence[str]) -> None:
    """Draw how many points with a gradient have each feature; learned ones are pale."""
    places = range(learned.size)
    bars = ax.bar(places, step.counts.ravel(), color=[_color(k) for k in places])
    for k in np.flatnonzero(learned):
        bars[k].set_alpha(FADED)
    if step.learned and step.feature is not None:
        bars[_flat(step.feature, learned)].set(edgecolor="black", linewidth=1.2)
    ax.axhline(trace.gamma, color="black", linestyle=":", linewidth=1.0)
    ax.set_xticks(places, labels, fontsize=6)


def _legend(trace: Trace) -> list[Artist]:
    return [
        Patch(color=NOISE, label="noise"),
        Patch(color=NOISE, alpha=FADED, label="no gradient,\nor learned before"),
        Patch(fill=False, label="leaves,\nor is learned"),
        Line2D([], [], color="black", linestyle=":", label=f"threshold γ = {trace.gamma:g}"),
    ]
