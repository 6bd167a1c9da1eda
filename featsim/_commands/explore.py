"""The command ``featsim explore``: a local page on which a setting is turned."""

import asyncio
import dataclasses
import ipaddress
import signal
import warnings
import webbrowser
from collections.abc import Sequence
from typing import Any

import tyro

from featsim import _checks
from featsim._commands.ending import Refused, checking, needing, show
from featsim._commands.flags import NoPairs, OptionalPath, read_config

PORTS = 65_535


@dataclasses.dataclass(frozen=True, kw_only=True)
class Command:
    """Open a page in the browser that shows Figure 3's panels of any setting while it is turned."""

    config: OptionalPath = None
    """JSON file with the setting to begin with; Figure 3's if not given."""

    port: int = 5006
    """Port of the page; 0 for any that is free."""

    address: str = "127.0.0.1"
    """Address that the page is served on; others than this machine reach it only if told so."""

    no_browser: bool = False
    """Do not open a browser."""


def execute(arguments: Sequence[str] | None) -> None:
    """Serve the page until it is interrupted."""
    with checking():
        command = tyro.cli(Command, prog="featsim explore", args=arguments, config=NoPairs)
        config = read_config(command.config)
        port = _checks.integer("port", command.port, 0, PORTS)
        address = _address(command.address)
    with needing("explore", "explore"):
        import panel  # noqa: F401
    from featsim._explore.serve import Taken, start

    try:
        server, url = start(config, str(address), port)
    except Taken as error:
        raise Refused(str(error)) from error
    if not address.is_loopback:
        warnings.warn(
            f"everyone who reaches {address} can use the page, and the processors of this machine",
            stacklevel=1,
        )
    show(f"featsim explore: {url}\nend it with Ctrl-C")
    if not command.no_browser:
        _open(url)
    try:
        _wait()
    except KeyboardInterrupt:
        show("\nfeatsim explore: ended")
    finally:
        server.stop(wait=False)


def _wait() -> None:
    """Serve until an interrupt."""
    signal.signal(signal.SIGINT, signal.default_int_handler)  # Panel has one of its own
    asyncio.get_event_loop().run_forever()


def _address(text: str) -> Any:
    """Return an address, ``localhost`` being that of this machine."""
    try:
        return ipaddress.ip_address("127.0.0.1" if text == "localhost" else text)
    except ValueError:
        raise ValueError(
            f"address must be localhost or an address such as 127.0.0.1, not {text!r}"
        ) from None


def _open(url: str) -> None:
    """Open the page in the browser, or say that there is none."""
    try:
        opened = webbrowser.open(url)
    except webbrowser.Error:
        opened = False
    if not opened:
        show(f"no browser was found: open {url} in one")
