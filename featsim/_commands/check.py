"""The command ``featsim check``: the paper's theorems on a stream of the user's own."""

import dataclasses
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import tyro

from featsim import _checks
from featsim._commands.ending import checking, show
from featsim._commands.flags import OptionalFloat, OptionalInt
from featsim.config import Config


@dataclasses.dataclass(frozen=True)
class Command:
    """Test the assumptions and theorems of the paper on a stream, or on random balanced ones."""

    file: Annotated[
        tyro.conf.Positional[Path | None], tyro.conf.arg(metavar="FILE", help_behavior_hint="")
    ] = None
    """NetCDF file of a stream, as featsim.theory.save_stream writes it."""

    gamma: OptionalFloat = None
    """Strength of the noise, γ; the file's attribute, or 50."""

    tau: OptionalInt = None
    """Learned features that a point needs, τ; the file's attribute, or 3."""

    random: Annotated[int | None, tyro.conf.arg(metavar="STREAMS", help_behavior_hint="")] = None
    """Check so many random balanced streams in place of a file."""

    seed: int = 0
    """Seed of the random streams."""


def execute(arguments: Sequence[str] | None) -> None:
    """Print the report of a stream, or the table of random ones."""
    with checking():
        command = tyro.cli(Command, prog="featsim check", args=arguments)
        if (command.file is None) == (command.random is None):
            raise ValueError("give either a file or --random, and not both")
        seed = _checks.integer("seed", command.seed, 0)
    show(_survey(command, seed) if command.file is None else _report(command.file, command))


def _survey(command: Command, seed: int) -> str:
    from featsim.theory.survey import survey

    with checking():
        streams = _checks.integer("random", command.random, 1)
        for name in ("gamma", "tau"):
            if getattr(command, name) is not None:
                raise ValueError(f"{name} must not be given with --random, which draws its own")
    return survey(streams, seed)


def _report(file: Path, command: Command) -> str:
    from featsim.theory.report import check, check_stream
    from featsim.theory.stream_file import load_stream

    with checking():
        stream, settings = load_stream(file)
        gamma = settings.get("gamma", Config.gamma) if command.gamma is None else command.gamma
        tau = settings.get("tau", Config.tau) if command.tau is None else command.tau
        gamma, tau = check_stream(stream, gamma, tau)
    return str(check(stream, gamma=gamma, tau=tau))
