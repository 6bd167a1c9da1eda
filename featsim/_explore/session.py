"""One reader's page: requests of the browser in, replies out. It knows nothing of browsers."""

import dataclasses
import re
import time
from collections.abc import Callable
from threading import Event
from typing import Any

import numpy as np

from featsim._explore import compute, diagram, downloads, overlays, views
from featsim._explore.overlays import Overlay
from featsim._explore.panels import DRAWING, Panel, Series
from featsim._explore.reply import Reply
from featsim._explore.state import State, read_texts
from featsim._result import Result
from featsim.plotting import ACCURACY_LABELS, init_styles

Request = dict[str, Any]
Send = Callable[[Reply], None]
Told = tuple[Overlay, Overlay]
"""What the mean field and the theorems say."""

COUNTS = ("learned_features", "nonzero_gradient_points")

PATIENCE = 0.15
"""Seconds that a slider must rest before what is below the panels is drawn."""

_PLAIN: dict[str, Any] = {"errors": {}, "sentence": "", "ask": "", "working": ""}


@dataclasses.dataclass(frozen=True)
class Shown:
    """What one panel shows."""

    place: str
    panel: Panel
    series: dict[str, Series]
    border: float | None


class Session:
    """The last result of one page, its pictures, and its phase diagram."""

    def __init__(self, state: State) -> None:
        self.state = state
        self.result: Result | None = None
        self.computed: tuple[Any, ...] = ()
        self.panels = {name: Panel(name) for name in (*ACCURACY_LABELS, *COUNTS)}
        self.cells: diagram.Cells | None = None

    def answer(self, request: Request, send: Send, newer: Event) -> None:
        """Answer a request to show a state: with its pictures, a question or a sentence.

        ``newer`` is set where a newer request waits, so that this one may be left unfinished.
        """
        number = {"number": request["number"]}
        try:
            state = read_texts(request["texts"])
            expected = compute.cost(state)
        except (ValueError, TypeError) as error:
            send(Reply({**number, **_where(str(error), request["texts"])}))
            return
        except MemoryError as error:
            send(Reply({**number, **_PLAIN, "sentence": str(error)}))
            return
        parts = {**number, **_PLAIN, "query": state.query()}
        if self.computed != _setting(state):
            began = time.perf_counter()

            def progress(done: int) -> None:
                send(Reply({**number, "working": f"{done} of {state.seeds} seeds"}))

            asked = bool(request.get("confirmed"))
            try:
                result = compute.simulate(state, expected, progress, newer, asked=asked)
            except compute.TakesLong as long:
                send(Reply({**parts, "ask": _question(*long.args)}))
                return
            if result is None:
                return
            self.result, self.computed = result, _setting(state)
            parts["milliseconds"] = 1e3 * (time.perf_counter() - began)
        self.state = state
        send(self._panels(parts))
        if not newer.wait(PATIENCE):
            send(self.view())

    def fill_diagram(self, send: Send, stopped: Event) -> None:
        """Compute the phase diagram of the state, and show it as it grows."""
        try:
            self.cells = diagram.make(self.state)
        except ValueError as error:
            send(Reply({"view": {"name": "diagram", "sentence": str(error)}}))
            return
        for cells in diagram.fill(self.cells, stopped.is_set):
            self.cells = cells
            if self.state.view == "diagram":
                send(self.view())

    def view(self) -> Reply:
        """Return what is shown below the panels."""
        assert self.result is not None
        with DRAWING:
            if self.state.view == "diagram":
                parts, figure = self._diagram()
            else:
                parts, figure = views.SHOWN[self.state.view](self.state, self.result)
            blobs = {} if figure is None else {"view": views.png(figure)}
        return Reply({"view": {"name": self.state.view, **parts}}, blobs)

    def download(self, what: str) -> Reply:
        """Return a file of the last result: ``png``, ``pdf`` or ``nc``."""
        assert self.result is not None
        dataset = self.result.label()
        file = downloads.netcdf(dataset) if what == "nc" else downloads.picture(dataset, what)
        return Reply({"file": {"name": file.name, "kind": file.kind}}, {"file": file.content})

    def _diagram(self) -> views.View:
        cells = self.cells
        seconds = None
        if cells is None or (cells.state.x, cells.state.y) != (self.state.x, self.state.y):
            try:
                cells = diagram.make(self.state)
            except ValueError as error:
                return {"sentence": str(error)}, None
            seconds = diagram.cost(cells)
        return views.diagram_of(cells, self.state, seconds)

    def shown(self, told: Told) -> list[Shown]:
        """Return what each panel shows of the last result."""
        assert self.result is not None
        result, (limit, theorems) = self.result, told
        accuracy = next(name for name in ACCURACY_LABELS if name in result.variables)
        places = {"accuracy": accuracy, **{name: name for name in COUNTS}}
        return [
            Shown(
                place,
                self.panels[variable],
                _series(result, variable, limit, theorems),
                theorems.border if place == "accuracy" else None,
            )
            for place, variable in places.items()
        ]

    def told(self) -> Told:
        """Return what the mean field and the theorems say, where they are asked for."""
        assert self.result is not None
        config, result, no = self.state.config, self.result, overlays.NOTHING
        return (
            overlays.mean_field(config, result) if self.state.mean_field else no,
            overlays.theorems(config, result) if self.state.theorems else no,
        )

    def _panels(self, parts: dict[str, Any]) -> Reply:
        """Move the panels to the last result, and return them."""
        assert self.result is not None
        told = self.told()
        blobs, alts = {}, {}
        for one in self.shown(told):
            with DRAWING:
                one.panel.update(one.series, one.border)
                blobs[one.place] = one.panel.png()
            alts[one.place] = one.panel.describe(one.series)
        names = [init.name for init in self.result.inits]
        legend = [{"name": name, **vars(look)} for name, look in init_styles(names).items()]
        notes = [sentence for one in told for sentence in one.missing]
        if told[1].border is not None:
            notes.append(
                "Theorem 3.4: warm and cold differ in accuracy from more than "
                f"{told[1].border:.3g} experiments on, right of the grey line."
            )
        over = {"mean_field": self.state.mean_field, "theorems": self.state.theorems}
        changes = {"legend": legend, "over": over, "alts": alts, "notes": notes}
        return Reply({**parts, **changes}, blobs)


def _setting(state: State) -> tuple[Any, ...]:
    """Return what the simulation depends on."""
    return state.config, state.init, state.seeds, state.seed


def _series(result: Result, variable: str, limit: Overlay, theorems: Overlay) -> dict[str, Series]:
    scale = 100.0 if variable in ACCURACY_LABELS else 1.0
    values = scale * result.variables[variable].astype(np.float64)
    series = {}
    for i, init in enumerate(result.inits):
        over = [
            scale * one.values[init.name][variable] if init.name in one.values else None
            for one in (limit, theorems)
        ]
        series[init.name] = Series(values[:, i], *over)
    return series


def _question(seconds: float) -> str:
    told = f"{seconds:,.0f} s" if seconds < 120 else f"{seconds / 60:,.0f} min"
    return f"This setting takes about {told}."


def _where(sentence: str, names: Any) -> dict[str, Any]:
    """Return the part of the page where a sentence belongs: beside the field that it names."""
    words = re.findall(r"\w+", sentence)
    first = next((word for word in words if word in names or word == "inits"), None)
    if first is None:
        return {**_PLAIN, "sentence": sentence}
    return {**_PLAIN, "errors": {"init" if first == "inits" else first: sentence}}
