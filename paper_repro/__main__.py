"""The command line, ``python -m paper_repro COMMAND``: train, figure, table, check and others.

It ends as all commands do: with 0; with 2 after one sentence about what a user can mend; with 130
after Ctrl-C, also while it is still importing; and with a traceback for a bug.
"""

import sys
from collections.abc import Sequence

from featsim._commands.ending import Refused, run_command
from paper_repro.errors import Mendable

_NAME = "python -m paper_repro"
_EXTRA = ("curvlinops", "pytorch_optimizer", "sklearn", "torch", "torchvision")


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status."""
    return run_command(_NAME, lambda: _run(argv))


def _run(argv: Sequence[str] | None) -> None:
    try:
        import tyro

        from paper_repro.commands import COMMANDS

        config = (tyro.conf.OmitArgPrefixes,)
        tyro.cli(COMMANDS, args=argv, config=config, prog=_NAME)()
    except Mendable as error:
        raise Refused(str(error)) from error
    except ModuleNotFoundError as error:
        if error.name not in _EXTRA:
            raise
        raise Refused(f'this needs {error.name}: pip install "featsim[repro]"') from error


if __name__ == "__main__":
    sys.exit(main())
