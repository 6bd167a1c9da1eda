"""What is shown below the panels: one of several views of the same result."""

from collections.abc import Callable
from typing import Any

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from featsim._commands.report import report
from featsim._explore import diagram, process
from featsim._explore.panels import DOTS_PER_INCH, DRAWING, encode
from featsim._explore.state import State
from featsim._explore.texts import command_line, python_call
from featsim._result import Result
from featsim.inits import resolve
from featsim.learned_plot import draw_learned
from featsim.plotting import style

View = tuple[dict[str, Any], Figure | None]
"""Parts of the page by name, and a picture."""


def learned(state: State, result: Result) -> View:
    """Return the learned features of the first seed."""
    one = result.label().isel(seed=0)
    sizes = [
        f"{name} {int(one['learned_features'].sel(init=name)[-1])}"
        for name in one["init"].to_numpy()
    ]
    text = (
        f"Learned features of seed {state.seed}, a row for each feature, the most frequent on top. "
        f"After the last experiment: {', '.join(sizes)}."
    )
    return {"alt": text, "caption": text}, draw_learned(one)


def process_of_class(state: State, result: Result) -> View:
    """Return the process of one class in one experiment, or why there is none."""
    chosen = {init.name: init for init in resolve(state.init)}
    init = chosen.get(state.policy) or next(iter(chosen.values()))
    try:
        told = process.class_trace(state.config, init, state.seed, state.label, state.experiment)
    except ValueError as error:
        return {"sentence": str(error)}, None
    steps = process.steps(told)
    caption = (
        f"Class {state.label} in experiment {state.experiment} under {init.name}, seed "
        f"{state.seed}. A column is a point, a row one of its features."
    )
    return {"caption": caption, "alt": caption, "steps": steps}, process.draw(told)


def numbers(state: State, result: Result) -> View:
    """Return the tables that the command prints."""
    return {"text": report(result)}, None


def take(state: State, result: Result) -> View:
    """Return how to repeat the state elsewhere."""
    return {"command": command_line(state), "python": python_call(state)}, None


SHOWN: dict[str, Callable[[State, Result], View]] = {
    "learned": learned,
    "process": process_of_class,
    "numbers": numbers,
    "take": take,
}
"""All views but the phase diagram, which is not of one setting."""


def diagram_of(cells: diagram.Cells, state: State, seconds: float | None) -> View:
    """Return the phase diagram as far as it is computed."""
    old = _without_axes(cells.state) != _without_axes(state)
    parts: dict[str, Any] = {
        "cells": {"x": cells.x, "y": cells.y, "box": diagram.BOX, "names": [state.x, state.y]},
        "alt": (
            f"Accuracy of random minus that of warm over {state.x} and {state.y}, "
            f"{cells.rows} of {len(cells.y)} rows"
        ),
        "caption": "Choose a cell with a click or the arrow keys: the sliders follow.",
    }
    if seconds is not None:
        parts["caption"] = f"Not computed yet; it takes about {max(seconds, 1):.0f} s."
    elif old:
        parts["caption"] = "Computed for another setting than that of the sliders."
    elif cells.refused:
        parts["caption"] += f" Grey: {cells.refused[0]}."
    return parts, diagram.draw(cells, state.config)


def _without_axes(state: State) -> dict[str, Any]:
    texts = state.texts()
    kept = {name: texts[name] for name in vars(state.config)}
    return {n: text for n, text in kept.items() if n not in (state.x, state.y, "test_points")}


def png(figure: Figure) -> bytes:
    """Return a picture as it is shown."""
    with DRAWING, style():
        figure.set_dpi(DOTS_PER_INCH)
        canvas = FigureCanvasAgg(figure)
        canvas.draw()
        return encode(canvas)
