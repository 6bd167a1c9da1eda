"""Draw pictures into a folder: ``python -m figures``, or ``python -m figures.fig03`` for one."""

import sys
from collections.abc import Sequence

from featsim._commands.ending import run_module


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; 0 if all went well, 2 with one sentence on standard error if not."""
    return run_module("figures", "figures._command", arguments)


if __name__ == "__main__":
    sys.exit(main())
