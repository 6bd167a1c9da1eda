"""The server of the page: one component for each reader, and all resources from this machine."""

import ipaddress
import logging
import socket
from typing import Any

import panel as pn

from featsim._explore.page import Explorer, stop_with
from featsim._explore.state import State, read_query
from featsim.config import Config


class Taken(Exception):  # noqa: N818
    """A port or an address that cannot be used, in one sentence."""


def start(config: Config, address: str, port: int) -> tuple[Any, str]:
    """Start to serve the page, and return the server and the address of the page.

    Raises
    ------
    Taken
        If nothing can be served there.
    """
    for name in ("tornado", "bokeh"):
        logging.getLogger(name).setLevel(logging.ERROR)
    pn.extension()
    chosen = _free_port(address, port)
    host = f"[{address}]:{chosen}" if ":" in address else f"{address}:{chosen}"
    local = ipaddress.ip_address(address).is_loopback
    server = pn.serve(
        lambda: page(config),
        address=address,
        port=chosen,
        show=False,
        start=False,
        verbose=False,
        title="featsim explorer",
        websocket_origin=[host, f"localhost:{chosen}"] if local else "*",
    )
    server.start()
    return server, f"http://{host}/"


def _free_port(address: str, port: int) -> int:
    """Return the port, or one that is free for 0."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    try:
        with socket.create_server((address, port), family=family) as tried:
            return int(tried.getsockname()[1])
    except OSError as error:
        raise Taken(
            f"port must be one that can be opened on {address}, not {port} "
            f"({error.strerror}): choose another, or 0 for any"
        ) from error


def page(config: Config) -> Explorer:
    """Return the page of a reader who opens a link."""
    state, sentence = State(config=config), ""
    query = pn.state.location.search if pn.state.location else ""
    if query:
        try:
            state = read_query(query)
        except (ValueError, TypeError) as error:
            sentence = f"The link was not understood: {error}"
    explorer = Explorer(state, alone=True, sentence=sentence)
    stop_with(explorer)
    return explorer
