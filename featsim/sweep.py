"""The command ``python -m featsim.sweep``; imported, the name stands for the function."""

import sys

from featsim.sweeping import sweep

if __name__ == "__main__":
    from featsim._sweep_command import main

    sys.exit(main())

# Python sets this module as an attribute of the package, where it would hide the function.
sys.modules[__name__] = sweep  # type: ignore[assignment]
