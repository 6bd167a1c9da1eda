"""How every command of the package ends: 0, or 2 after one sentence about what was wrong."""

import os
import sys
from collections.abc import Callable


def run_command(name: str, body: Callable[[], None]) -> int:
    """Run the body of a command and return its exit status; no error leaves a traceback."""
    try:
        body()
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except (ImportError, MemoryError, OSError, TypeError, ValueError) as error:
        print(f"{name}: error: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print(f"{name}: interrupted", file=sys.stderr)
        os._exit(130)  # a kernel that still runs on a thread would be waited for
    return 0
