"""The command ``python -m featsim.check``: the paper's theorems on a stream of the user's own."""

import dataclasses
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import tyro

from featsim import _checks
from featsim._commands.ending import run_command
from featsim.config import Config


@dataclasses.dataclass(frozen=True)
class Command:
    """Test the assumptions and theorems of the paper on a stream, or on random balanced ones."""

    file: tyro.conf.Positional[Path | None] = None
    """NetCDF file of a stream, as featsim.theory.save_stream writes it."""

    gamma: float | None = None
    """Strength of the noise, γ; the file's attribute, or 50."""

    tau: int | None = None
    """Learned features that a point needs, τ; the file's attribute, or 3."""

    random: Annotated[int | None, tyro.conf.arg(metavar="STREAMS")] = None
    """Check so many random balanced streams in place of a file."""

    seed: int = 0
    """Seed of the random streams."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; 0 if all went well, 2 with one sentence on standard error if not."""

    def body() -> None:
        print(_text(tyro.cli(Command, prog="python -m featsim.check", args=arguments)))

    return run_command("featsim.check", body)


def _text(command: Command) -> str:
    if (command.file is None) == (command.random is None):
        raise ValueError("give either a file or --random, and not both")
    if command.file is None:
        from featsim.theory.survey import survey

        streams = _checks.integer("random", command.random, 1)
        return survey(streams, _checks.integer("seed", command.seed, 0))
    from featsim.theory.report import check
    from featsim.theory.stream_file import load_stream

    stream, settings = load_stream(command.file)
    gamma = settings.get("gamma", Config.gamma) if command.gamma is None else command.gamma
    tau = settings.get("tau", Config.tau) if command.tau is None else command.tau
    return str(check(stream, gamma=gamma, tau=tau))


if __name__ == "__main__":
    sys.exit(main())
