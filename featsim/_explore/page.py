"""The page as a component of Panel: it carries requests and replies between browser and session."""

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from threading import Event
from typing import Any

import panel as pn
import param
from panel.custom import JSComponent

from featsim._explore.form import form
from featsim._explore.reply import Reply
from featsim._explore.session import Send, Session
from featsim._explore.state import State

FOLDER = Path(__file__).parent
SCRIPTS = ("controls.js", "policies.js", "pictures.js", "view.js", "page.js")
"""Joined to one module, in this order."""

FAILED = "This failed: where the page was started there is a traceback."


class Explorer(JSComponent):
    """The page of one reader; shown by a server, or by a notebook."""

    form = param.String()
    """What the script builds the page from."""

    request = param.String()
    """The newest request of the browser, as JSON."""

    reply = param.Bytes(default=b"")
    """The newest reply, as ``Reply.pack`` packs it."""

    _esm = "\n".join((FOLDER / name).read_text(encoding="utf-8") for name in SCRIPTS)
    _stylesheets = [(FOLDER / "page.css").read_text(encoding="utf-8")]  # noqa: RUF012

    _priority_changes = ["request"]  # noqa: RUF012
    # Panel would let others wait for 50 ms; the script holds back all but the newest itself.

    def __init__(self, state: State, *, alone: bool, sentence: str = "") -> None:
        super().__init__(  # type: ignore[no-untyped-call]
            form=form(state, alone=alone, sentence=sentence), sizing_mode="stretch_width"
        )
        self.session = Session(state)
        self._newer, self._stop = Event(), Event()
        self._busy = asyncio.Lock()
        self._newest: dict[str, Any] = {}

    @param.depends("request", watch=True)
    async def _answer(self) -> None:
        """Do what the newest request says; one that waits while another comes is left."""
        request: dict[str, Any] = json.loads(self.request)
        match request["do"]:
            case "show":
                self._newer.set()
                self._newest = request
                async with self._busy:
                    if request is not self._newest:
                        return
                    self._newer = newer = Event()
                    try:
                        await self._carry(lambda send: self.session.answer(request, send, newer))
                    except Exception:
                        told = {"number": request["number"], "sentence": FAILED, "working": ""}
                        self.reply = Reply(told).pack()
                        raise
            case "fill":
                self._stop.set()
                self._stop = stop = Event()
                await self._carry(lambda send: self.session.fill_diagram(send, stop))
                self.reply = Reply({"filled": True}).pack()
            case "stop":
                self._stop.set()
            case "download":
                await self._carry(lambda send: send(self.session.download(request["what"])))

    async def _carry(self, work: Callable[[Send], None]) -> None:
        """Work on a thread, and pass on what it sends as soon as it does."""
        loop = asyncio.get_running_loop()
        replies: asyncio.Queue[Reply | None] = asyncio.Queue()

        def send(reply: Reply | None) -> None:
            loop.call_soon_threadsafe(replies.put_nowait, reply)

        def run() -> None:
            try:
                work(send)
            finally:
                send(None)

        done = asyncio.ensure_future(asyncio.to_thread(run))
        while (reply := await replies.get()) is not None:
            self.reply = reply.pack()
        await done


def stop_with(explorer: Explorer) -> None:
    """End what a page computes when its reader leaves."""

    def left(_: Any) -> None:
        explorer._newer.set()
        explorer._stop.set()

    pn.state.on_session_destroyed(left)
