"""What the page has for each field of Config, made from the fields as the flags are."""

import dataclasses
import json
import math
import re
import typing
from typing import Any

from featsim._commands.flags import choice_fields, field_texts, field_types, number_fields
from featsim.config import Config

PAPER = (
    "gamma", "tau", "points_per_chunk", "experiments", "classes", "features", "max_frequency",
    "test_points",
)  # fmt: skip
"""The fields of the paper's setting, in the order of the page. All others go beyond it."""

RANGES = {
    "classes": (1, 10),
    "features": (2, 200),
    "points_per_chunk": (100, 10_000),
    "experiments": (1, 200),
    "gamma": (1, 1_000),
    "tau": (1, 12),
    "test_points": (0, 20_000),
    "frequency_exponent": (0, 3),
    "class_arrival": (0, 20),
    "window": (1, 50),
    "max_strength": (1, 10),
}
"""Ends of sliders. A number beyond them is typed; a field that is not here gets ``_range``."""

LOGARITHMIC = ("gamma", "points_per_chunk")

AXES = tuple(
    name for name in number_fields() if name not in ("experiments", "test_points", "classes")
)
"""Fields that may be an axis of the phase diagram."""

SYMBOL = re.compile(r"\s(?:([A-Za-zα-ω]):|([α-ω]),)")
"""A letter alone before a colon, or a Greek one before a comma."""


@dataclasses.dataclass(frozen=True)
class PageField:
    """A field of Config as a control: a slider with a box, a choice, or a line of text."""

    name: str
    label: str
    symbol: str
    """The paper's letter, if the documentation of the field has one."""
    help: str
    kind: str
    """``int``, ``float``, ``choice`` or ``table``."""
    low: float = 0
    high: float = 0
    logarithmic: bool = False
    choices: tuple[str, ...] = ()
    optional: bool = False
    """Whether an empty box means None."""
    beyond: bool = False
    """Whether it goes beyond the paper."""
    start: str = ""
    """The default, as a text."""


def page_fields() -> list[PageField]:
    """Return the controls: those of the paper's setting, then the others."""
    fields = [_field(name) for name in field_types()]
    return sorted(fields, key=lambda f: PAPER.index(f.name) if f.name in PAPER else len(PAPER))


def _field(name: str) -> PageField:
    default = getattr(Config(), name)
    shared: dict[str, Any] = {
        "name": name,
        "label": name.replace("_", " "),
        "symbol": found[1] or found[2] if (found := SYMBOL.search(field_texts()[name])) else "",
        "help": field_texts()[name],
        "start": text_of(default),
        "beyond": name not in PAPER,
        "optional": default is None,
    }
    if name in choice_fields():
        words = typing.get_args(choice_fields()[name])
        return PageField(kind="choice", choices=words, **shared)
    if name not in number_fields():
        return PageField(kind="table", **shared)
    low, high = RANGES.get(name) or _range(default)
    kind = number_fields()[name].__name__
    return PageField(kind=kind, low=low, high=high, logarithmic=name in LOGARITHMIC, **shared)


def _range(default: Any) -> tuple[float, float]:
    """Return the ends of a slider for a field that says nothing of them: from 0 to 1, or more."""
    return 0, 4 * default if default and default > 1 else (1 if default is not None else 10)


def text_of(value: Any) -> str:
    """Return the value of a field as the page and a link write it; nothing for None."""
    if value is None or isinstance(value, str):
        return value or ""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return json.dumps(value) if isinstance(value, tuple) else str(value)


def value_of(name: str, text: str) -> Any:
    """Return what a text says for a field; the text itself, which Config refuses, if nothing."""
    text = text.strip()
    if not text and getattr(Config(), name) is None:
        return None
    number = number_fields().get(name)
    try:
        if number is not None:
            return number(text)
        return text if name in choice_fields() else json.loads(text)
    except (ValueError, RecursionError):
        return text


def grid(name: str, points: int = 13) -> list[Any]:
    """Return values of a number field from end to end of its slider, for an axis."""
    field = _field(name)
    low, high = max(field.low, 1 if name == "classes" else field.low), field.high
    if field.logarithmic:
        steps = [low * (high / low) ** (i / (points - 1)) for i in range(points)]
        steps = [float(f"{step:.2g}") for step in steps]
    else:
        steps = [low + (high - low) * i / (points - 1) for i in range(points)]
    if field.kind == "int":
        return sorted({math.floor(step + 0.5) for step in steps})
    return [float(f"{step:.4g}") for step in steps]
