"""The command ``python -m featsim.run``, also ``featsim run``: simulate, print, save, plot."""

from collections.abc import Sequence

from featsim._commands.ending import leave, run_module


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; 0 if all went well, 2 with one sentence on standard error if not."""
    return run_module("featsim", "featsim._commands.run", arguments)


if __name__ == "__main__":
    leave(main())
