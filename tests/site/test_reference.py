"""The reference has every public name."""

import inspect
import re
from pathlib import Path

import pytest

import featsim
from featsim import plotting, theory, tracing, variables

REFERENCE = Path(__file__).parents[2] / "docs" / "api.rst"
LISTED = re.findall(r"^   (featsim\.[\w.]+)$", REFERENCE.read_text(encoding="utf-8"), re.MULTILINE)
VALUES = ("__version__", "theory")  # a text, and a module whose names are listed


def own_names(module, kind=callable):
    """Return what a module without a list of its names defines for others."""
    members = inspect.getmembers(module, kind)
    return [
        f"{module.__name__}.{name}"
        for name, member in members
        if not name.startswith("_") and getattr(member, "__module__", "") == module.__name__
    ]


def public_names():
    yield from (f"featsim.{name}" for name in featsim.__all__ if name not in VALUES)
    yield from (f"featsim.theory.{name}" for name in theory.__all__)
    yield from own_names(tracing, inspect.isclass)  # what a trace is made of
    for module in (plotting, variables):
        yield from (
            name for name in own_names(module) if name.rpartition(".")[2] not in dir(featsim)
        )
    yield "featsim.variables.VARIABLES"


def test_it_lists_every_public_name():
    missing = sorted(set(public_names()) - set(LISTED))
    assert not missing, f"docs/api.rst lacks {', '.join(missing)}"


def test_it_lists_every_name_of_the_bridge():
    pytest.importorskip("torch")
    from featsim import bridge

    missing = sorted(set(own_names(bridge)) - set(LISTED))
    assert not missing, f"docs/api.rst lacks {', '.join(missing)}"


def test_it_lists_no_name_twice():
    assert sorted(set(LISTED)) == sorted(LISTED)
