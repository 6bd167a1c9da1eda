"""``python -m featsim …``, the same as the command ``featsim``."""

import sys

from featsim.run import main

if __name__ == "__main__":
    sys.exit(main())
