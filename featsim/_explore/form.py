"""The form of the page as its script builds it."""

import dataclasses
import json

from featsim._explore.fields import AXES, page_fields
from featsim._explore.presets import PRESETS
from featsim._explore.state import State


def form(state: State, *, alone: bool, sentence: str = "") -> str:
    """Return the controls, the presets and the state to begin with, as JSON.

    ``alone`` says that the page is the browser's own, whose address can hold the state, and not
    part of a notebook; ``sentence`` is what to tell first.
    """
    presets = [
        {"group": one.group, "name": one.name, "texts": one.state.texts()} for one in PRESETS
    ]
    return json.dumps(
        {
            "fields": [dataclasses.asdict(field) for field in page_fields()],
            "presets": presets,
            "axes": AXES,
            "texts": state.texts(),
            "alone": alone,
            "sentence": sentence,
        }
    )
