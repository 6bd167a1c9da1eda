"""Draw pictures into a folder: ``python -m figures``, or ``python -m figures.fig03`` for one."""

import dataclasses
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Literal

import tyro
from tqdm import tqdm

from featsim import save_figure
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

    seeds: int | None = None
    """Number of seeds, in place of each picture's own."""

    list: Annotated[bool, tyro.conf.FlagCreatePairsOff] = False
    """Print the names and titles, and draw nothing."""

    gallery: Path | None = None
    """Folder of the documentation: write figures.md there, and its PNG pictures in figures/."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit status."""
    options = tyro.cli(Options, prog="python -m figures", args=arguments)
    try:
        if options.list:
            width = max(map(len, _registry.names()))
            for name in _registry.names():
                print(f"{name:{width}}  {_registry.title(name)}")
        elif options.gallery is None:
            _draw(_chosen(options), options.output, options.format, options.seeds)
        else:
            if options.only:
                raise ValueError("gallery draws all pictures, so only must be left out")
            _draw(_registry.names(), options.gallery / "figures", ("png",), options.seeds)
            _gallery.write(options.gallery / "figures.md", options.seeds)
    except (OSError, ValueError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        return 130
    return 0


def _chosen(options: Options) -> Sequence[str]:
    available = _registry.names()
    for name in options.only:
        if name not in available:
            raise ValueError(f"only must be among {', '.join(available)}, not {name!r}")
    return options.only or available


def _draw(chosen: Sequence[str], folder: Path, formats: Sequence[str], seeds: int | None) -> None:
    if seeds is not None and seeds < 1:
        raise ValueError(f"seeds must be an integer of at least 1, not {seeds}")
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


if __name__ == "__main__":
    sys.exit(main())
