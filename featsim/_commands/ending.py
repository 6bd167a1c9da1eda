"""How every command ends: 0; 2 after one sentence for what a user can mend; a traceback for a bug.

Wrong values and types are a user's as long as arguments are read and checked, within ``checking``.
From then on they are a bug. What the machine says, that a file cannot be written or that memory
does not suffice, is a user's everywhere.
"""

import contextlib
import importlib
import os
import sys
import warnings
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NoReturn


class Refused(Exception):  # noqa: N818
    """What a user can mend, in one sentence."""


@contextlib.contextmanager
def checking() -> Iterator[None]:
    """Make a sentence of each error that arguments can cause."""
    try:
        yield
    except (TypeError, ValueError) as error:
        raise Refused(str(error)) from error


@contextlib.contextmanager
def needing(extra: str, what: str) -> Iterator[None]:
    """Make a sentence of the imports that fail for want of an extra; ``what`` needs it."""
    try:
        yield
    except ModuleNotFoundError as error:
        raise Refused(f"{what} needs {error.name}: pip install 'featsim[{extra}]'") from error


def run_module(name: str, module: str, arguments: Sequence[str] | None) -> int:
    """Run ``execute(arguments)`` of a module, which is imported here, and return the exit status.

    An interrupt during the imports, which take most of the time of a short command, ends it as any
    other does.
    """
    return run_command(name, lambda: importlib.import_module(module).execute(arguments))


def run_command(name: str, body: Callable[[], None]) -> int:
    """Run the body of a command and return its exit status."""
    for standard in ("stdout", "stderr"):
        stream = getattr(sys, standard)
        if stream is None:  # where a process starts without one
            setattr(sys, standard, open(os.devnull, "w"))  # noqa: SIM115
        elif hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")  # for letters that the encoding lacks
    try:
        with warnings.catch_warnings():
            warnings.showwarning = _one_line(name)
            body()
        _flush()
    except BrokenPipeError:
        _silence()
    except (MemoryError, OSError, Refused) as error:
        sentence = " ".join(str(error).split()) or type(error).__name__
        print(f"{name}: error: {sentence}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print(f"{name}: interrupted", file=sys.stderr, flush=True)
        os._exit(130)  # a kernel that still runs on a thread would be waited for
    return 0


def leave(status: int) -> NoReturn:
    """End the process without taking the interpreter apart, a fifth of the time of a command."""
    with contextlib.suppress(OSError):  # which has been told, or nobody reads
        _flush()
    os._exit(status)


def keep_all(*steps: Callable[[], None]) -> None:
    """Take all steps, which give away what was computed, and only then raise what went wrong.

    A reader of the output who has gone is raised only if nothing else was wrong.
    """
    gone: BrokenPipeError | None = None
    errors: list[OSError] = []
    for step in steps:
        try:
            step()
        except BrokenPipeError as error:
            gone = error
        except OSError as error:
            errors.append(error)
    if errors:
        raise Refused("; ".join(dict.fromkeys(map(str, errors))))
    if gone is not None:
        raise gone


def show(text: str) -> None:
    """Print a text now, so that what comes later cannot lose it."""
    try:
        print(text)
        _flush()
    except OSError:
        _silence()
        raise


def _flush() -> None:
    sys.stdout.flush()


def _silence() -> None:
    """Let what is left in the buffer of the output go nowhere, as it cannot be written."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _one_line(name: str) -> Callable[..., None]:
    def show_warning(message: Warning | str, *_: Any, **__: Any) -> None:
        print(f"{name}: warning: {message}", file=sys.stderr)

    return show_warning
