"""The command ``featsim``, also ``python -m featsim``: one of its commands, or ``run``."""

import sys
from collections.abc import Sequence

from featsim._commands.ending import Refused, leave, run_command, run_module, show

COMMANDS = {
    "run": ("simulate one setting: print its tables, keep it, draw it", ""),
    "sweep": (
        "simulate every combination of values, to a file",
        "distributed, for --scheduler; zarr, for .zarr",
    ),
    "fit": ("fit the framework to the accuracy of a cold start, from a CSV file", ""),
    "check": ("test the paper's theorems on a stream of points", ""),
    "explore": ("turn a setting on a page in the browser, and watch", "explore"),
}
"""What each command does, and the extra that it needs. Its module in ``_commands`` has its name."""

USAGE = """\
usage: featsim [command] [options]

Simulate the discrete feature-learning framework of warm, cold and ideal starts.

{table}

featsim COMMAND --help lists the options of a command. Without a command, featsim runs: featsim
--init warm is featsim run --init warm. An extra is installed by pip install 'featsim[EXTRA]'.
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; 0 if all went well, 2 with one sentence on standard error if not."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    first = given[0] if given else ""
    if first in ("-h", "--help"):
        return run_command("featsim", _help)
    if not first or first.startswith("-"):
        return run_module("featsim", "featsim._commands.run", given)
    if first not in COMMANDS:
        return run_command("featsim", lambda: _refuse(first))
    name = "featsim" if first == "run" else f"featsim {first}"
    return run_module(name, f"featsim._commands.{first}", given[1:])


def _help() -> None:
    from tabulate import tabulate

    rows = [(name, *texts) for name, texts in COMMANDS.items()]
    show(USAGE.format(table=tabulate(rows, ("command", "what it does", "extra"))))


def _refuse(name: str) -> None:
    raise Refused(f"a command must be among {', '.join(COMMANDS)}, not {name!r}")


if __name__ == "__main__":
    leave(main())
