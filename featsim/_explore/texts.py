"""The state as a command line and as a call in Python, to be repeated elsewhere."""

import dataclasses
import json
import shlex
from typing import Any

import numpy as np

from featsim._explore.fields import text_of
from featsim._explore.state import State
from featsim.config import Config
from featsim.inits import PAPER_INITS


def _changed(config: Config) -> dict[str, Any]:
    fields = [field.name for field in dataclasses.fields(Config)]
    return {
        name: value for name in fields if (value := getattr(config, name)) != getattr(Config, name)
    }


def flags(state: State) -> list[str]:
    """Return the arguments of ``featsim run`` that simulate the state."""
    words: list[str] = []
    for name, value in _changed(state.config).items():
        numbers = np.ravel(value).tolist() if isinstance(value, tuple) else [value]
        words += [f"--{name.replace('_', '-')}", *map(text_of, numbers)]
    if state.init != PAPER_INITS:
        words += ["--init", *state.init]
    for name in ("seeds", "seed"):
        if (value := getattr(state, name)) != getattr(State, name):
            words += [f"--{name}", str(value)]
    return words


def command_line(state: State) -> str:
    """Return a command that prints the tables, keeps the result and draws it."""
    words = ["featsim", "run", *flags(state), "--output", "result.nc", "--plot", "panels.pdf"]
    return shlex.join(words)


def python_call(state: State) -> str:
    """Return a program that binds the Dataset to ``result``."""
    fields = ", ".join(
        f"{name}={_literal(value)}" for name, value in _changed(state.config).items()
    )
    options = [f"featsim.Config({fields})"]
    if state.init != PAPER_INITS:
        options.append(f"inits={_literal(state.init)}")
    if state.seed:
        options.append(f"seeds=range({state.seed}, {state.seed + state.seeds})")
    elif state.seeds != State.seeds:
        options.append(f"seeds={state.seeds}")
    body = "".join(f"    {option},\n" for option in options)
    return f"import featsim\n\nresult = featsim.simulate(\n{body})\n"


def _literal(value: Any) -> str:
    return json.dumps(value) if isinstance(value, str) else repr(value)
