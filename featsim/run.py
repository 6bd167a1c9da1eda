"""The command ``featsim``, also ``python -m featsim.run``: simulate, print, save, plot."""

import argparse
import contextlib
import dataclasses
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated, Literal

import tyro

import featsim
from featsim._commands.ending import run_command
from featsim._files import check_writable, replacing
from featsim.config import Config

Choice = Literal["random", "cold", "warm", "ideal", "all"]


@dataclasses.dataclass(frozen=True, kw_only=True)
class Command:
    """Simulate the discrete feature-learning framework and print what the experiments give."""

    setting: Annotated[Config, tyro.conf.OmitArgPrefixes] = dataclasses.field(
        default_factory=Config
    )

    init: tuple[Choice, ...] = ("all",)
    """What an experiment keeps: nothing (random, cold), all (warm), only the features (ideal)."""

    seeds: int = 10
    """Number of seeds."""

    seed: int = 0
    """First seed."""

    workers: int | None = None
    """Threads; one for each processor if not given."""

    config: Path | None = None
    """JSON file with a configuration; flags given beside it come first."""

    output: Path | None = None
    """NetCDF file for the whole result."""

    plot: Path | None = None
    """Picture of Figure 3's panels: a .png, .pdf or .svg file."""

    quiet: bool = False
    """Print nothing."""

    version: bool = False
    """Print the version and end."""

    def inits(self) -> tuple[str, ...]:
        """Return the names of the initializations to simulate."""
        chosen = ("random", "warm", "ideal") if "all" in self.init else self.init
        return tuple(dict.fromkeys(chosen))


def parse(arguments: Sequence[str] | None) -> Command:
    """Return the command that the arguments spell, over the file of ``--config``."""
    finder = argparse.ArgumentParser(prog="featsim", add_help=False, allow_abbrev=False)
    finder.add_argument("--config", type=Path)
    file = finder.parse_known_args(arguments)[0].config
    default = Command()
    if file is not None:
        try:
            text = file.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise ValueError(f"config must be a file that can be read: {error}") from None
        default = Command(setting=Config.from_json(text))
    return tyro.cli(
        Command,
        prog="featsim",
        args=arguments,
        default=default,
        config=(tyro.conf.FlagCreatePairsOff,),
    )


@contextlib.contextmanager
def _without_linear_algebra() -> Iterator[None]:
    """Keep Numba from importing scipy.linalg at the first kernel, an eighth of a whole command.

    It looks for it on behalf of numpy.linalg in compiled code, which no kernel has.
    """
    unused = "scipy.linalg" not in sys.modules
    if unused:
        sys.modules["scipy.linalg"] = None  # type: ignore[assignment]
    try:
        yield
    finally:
        if unused:
            del sys.modules["scipy.linalg"]


def execute(command: Command) -> None:
    """Simulate, then write, draw and print what the command asks for."""
    for name, path in (("output", command.output), ("plot", command.plot)):
        if path is not None:
            check_writable(name, path)
    if command.plot is not None and command.plot.suffix.lower() not in (".png", ".pdf", ".svg"):
        raise ValueError(f"plot must end in .png, .pdf or .svg, not {str(command.plot)!r}")
    if command.seeds < 1:
        raise ValueError(f"seeds must be an integer of at least 1, not {command.seeds}")
    from featsim.simulation import run_simulation

    with _without_linear_algebra():
        result = run_simulation(
            command.setting,
            inits=command.inits(),
            seeds=range(command.seed, command.seed + command.seeds),
            workers=command.workers,
            progress=False if command.quiet else None,
        )
    if command.output is not None:
        with replacing(command.output) as temporary:
            result.label().to_netcdf(temporary)
    if command.plot is not None:
        from featsim.plotting import save_figure, three_panels

        save_figure(three_panels(result.label()), command.plot)
    if not command.quiet:
        from featsim._commands.report import report

        print(report(result))


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; 0 if all went well, 2 with one sentence on standard error if not."""

    def body() -> None:
        command = parse(arguments)
        if command.version:
            print(f"featsim {featsim.__version__}")
        else:
            execute(command)

    return run_command("featsim", body)


if __name__ == "__main__":
    sys.exit(main())
