"""The pictures that there are: every public file of this folder."""

import importlib
import inspect
import pkgutil
from collections.abc import Callable
from types import ModuleType

import xarray as xr
from matplotlib.figure import Figure

import figures


def names() -> list[str]:
    """Return the names of all pictures, in the order of the alphabet."""
    found = (module.name for module in pkgutil.iter_modules(figures.__path__))
    return sorted(name for name in found if not name.startswith("_"))


def load(name: str) -> ModuleType:
    """Import the file of a picture."""
    return importlib.import_module(f"figures.{name}")


def draw(name: str, seeds: int | None = None) -> tuple[Figure, xr.Dataset]:
    """Draw a picture; ``seeds`` counts only where there is a mean over seeds."""
    function: Callable[..., tuple[Figure, xr.Dataset]] = load(name).draw
    if seeds is None or "seeds" not in inspect.signature(function).parameters:
        return function()
    return function(seeds=seeds)


def title(name: str) -> str:
    """Return the first line of a picture's docstring, without its full stop."""
    return _docstring(name).partition("\n")[0].removesuffix(".")


def text(name: str) -> str:
    """Return the rest of a picture's docstring."""
    return _docstring(name).partition("\n")[2].strip()


def _docstring(name: str) -> str:
    return inspect.getdoc(load(name)) or ""
