"""What ``python -m figures`` takes and does."""

import dataclasses
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Literal

import tyro
from tabulate import tabulate
from tqdm import tqdm

from featsim import _checks, save_figure
from featsim._commands.ending import checking, show
from featsim._commands.flags import OptionalInt, OptionalPath
from figures import _gallery, _registry


@dataclasses.dataclass(frozen=True, kw_only=True)
class Options:
    """Draw the pictures of the simulator."""

    output: Path = Path("pictures")
    """Folder of the pictures; made if it is not there."""

    format: tuple[Literal["png", "pdf", "svg"], ...] = ("png", "pdf")
    """One file for each: PDF and SVG for papers, PNG for reading."""

    only: tuple[str, ...] = ()
    """Names of the pictures to draw; all of them if left out."""

    seeds: OptionalInt = None
    """Number of seeds, in place of each picture's own."""

    list: Annotated[bool, tyro.conf.FlagCreatePairsOff] = False
    """Print the names and titles, and draw nothing."""

    gallery: OptionalPath = None
    """Folder of the documentation: write figures.md there, and its PNG pictures in figures/."""


def execute(arguments: Sequence[str] | None) -> None:
    """List or draw the pictures that are asked for."""
    with checking():
        options = tyro.cli(Options, prog="python -m figures", args=arguments)
        chosen = _chosen(options)
        if options.seeds is not None:
            _checks.integer("seeds", options.seeds, 1)
    if options.list:
        rows = [(name, _registry.title(name)) for name in chosen]
        show(tabulate(rows, tablefmt="plain"))
    elif options.gallery is None:
        _draw(chosen, options.output, options.format, options.seeds)
    else:
        _draw(chosen, options.gallery / "figures", ("png",), options.seeds)
        _gallery.write(options.gallery / "figures.md", options.seeds)


def _chosen(options: Options) -> Sequence[str]:
    available = _registry.names()
    for name in options.only:
        if name not in available:
            raise ValueError(f"only must be among {', '.join(available)}, not {name!r}")
    if options.only and options.gallery is not None:
        raise ValueError("gallery draws all pictures, so only must be left out")
    return options.only or available


def _draw(chosen: Sequence[str], folder: Path, formats: Sequence[str], seeds: int | None) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with tqdm(chosen, unit="picture", disable=None) as bar:
        for name in bar:
            bar.set_description(name)
            start = time.perf_counter()
            figure, _ = _registry.draw(name, seeds)
            for suffix in formats:
                save_figure(figure, folder / f"{name}.{suffix}")
            seconds = time.perf_counter() - start
            bar.write(f"{name}: {_registry.title(name)} ({seconds:.1f} s)")
