"""The command line, ``python -m paper_repro COMMAND``: train, figure, table, check and others.

It ends with 0; with 2 after one sentence about what a user can mend; with 130 after Ctrl-C, also
while it is still importing; and with a traceback for a bug.
"""

import os
import sys
from collections.abc import Sequence

from paper_repro.errors import Mendable

_EXTRA = ("curvlinops", "pytorch_optimizer", "sklearn", "torch", "torchvision")


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status."""
    try:
        _run(argv)
    except BrokenPipeError:  # the reader of the output has gone, and wants no more of it
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except (Mendable, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    except ModuleNotFoundError as error:
        if error.name not in _EXTRA:
            raise
        print(f'error: this needs {error.name}: pip install "featsim[repro]"', file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        return 130
    return 0


def _run(argv: Sequence[str] | None) -> None:
    import tyro

    from paper_repro.commands import COMMANDS

    config = (tyro.conf.OmitArgPrefixes,)
    command = tyro.cli(COMMANDS, args=argv, config=config, prog="python -m paper_repro")
    command()
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
