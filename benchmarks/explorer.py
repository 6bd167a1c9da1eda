"""What a turned slider costs: ``python -m benchmarks.explorer`` times the page in a browser.

From the event of a slider to the frame in which the new panels are shown, in Debian's Chromium on
the machine of the server; and the parts alone. A slider is turned and left, or turned every 30 ms
as by a hand, where the time is that between panels. Run it on an idle machine: browser, server and
simulation share its processors.
"""

import dataclasses
import re
import statistics
import subprocess
import sys
from pathlib import Path
from threading import Event
from typing import Any

import tyro
from playwright.sync_api import Page, sync_playwright

import featsim
from benchmarks.measuring import seconds, table
from featsim._explore import compute
from featsim._explore.reply import Reply
from featsim._explore.session import Session
from featsim._explore.state import State

FLAGS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip
FIND = """
const root = [...document.querySelectorAll('*')].find((e) => e.shadowRoot)?.shadowRoot;
const within = (r, what) => r.querySelector(what) ??
  [...r.querySelectorAll('*')].filter((e) => e.shadowRoot)
    .map((e) => within(e.shadowRoot, what)).find(Boolean);
const page = within(document, '.page');
const slider = within(document, '[aria-label="gamma, slider"]');
const turn = (place) => {
  slider.value = place;
  slider.dispatchEvent(new Event('input', { bubbles: true }));
};
const panels = (act) => new Promise((done) => {
  const watcher = new MutationObserver(() => { watcher.disconnect(); done(performance.now()); });
  watcher.observe(page, { attributes: true, attributeFilter: ['data-shown'] });
  act();
});
"""
ONE = """async (places) => {%s
  const times = [];
  for (const place of places) {
    const start = performance.now();
    times.push(await panels(() => turn(place)) - start);
    await new Promise((done) => setTimeout(done, 700));
  }
  return times;
}"""
MANY = """async (places) => {%s
  const times = [];
  let place = 0;
  const hand = setInterval(() => turn(places[place++ %% places.length]), 30);
  for (let i = 0; i < places.length; i++) times.push(await panels(() => {}));
  clearInterval(hand);
  return times.slice(1).map((time, i) => time - times[i]);
}"""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Benchmark:
    """Time the explorer in the setting of Figure 3."""

    repeats: int = 20
    """Turns of the slider."""

    chromium: Path = Path("/usr/bin/chromium")
    """The browser."""


def in_browser(benchmark: Benchmark) -> dict[str, list[float]]:
    """Return the times in milliseconds: of a slider that is left, and between panels."""
    command = [sys.executable, "-m", "featsim", "explore", "--no-browser", "--port", "0"]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert server.stdout is not None
    found = re.search(r"http://\S+", server.stdout.readline())
    assert found is not None
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=benchmark.chromium, args=FLAGS)
            page = browser.new_page(viewport={"width": 1280, "height": 900})
            page.goto(found[0])
            page.wait_for_selector("[data-shown]")
            page.wait_for_timeout(1_000)
            times = {
                "slider to panels, turned and left": _times(page, ONE, benchmark.repeats),
                "between panels, turned every 30 ms": _times(page, MANY, benchmark.repeats),
            }
            browser.close()
    finally:
        server.terminate()
        server.wait()
    return times


def _times(page: Page, script: str, repeats: int) -> list[float]:
    places = [120 + 7 * (i * 11 % 23) for i in range(repeats)]
    times: list[float] = page.evaluate(script % FIND, places)
    return times


def parts(benchmark: Benchmark) -> dict[str, list[float]]:
    """Return the times of the parts on the server, in milliseconds."""
    session, state = Session(State()), State()
    session.answer({"number": 1, "texts": state.texts()}, lambda _: None, Event())
    times: dict[str, list[float]] = {name: [] for name in ("simulate", "update", "draw and encode")}
    reply = Reply({})
    for i in range(benchmark.repeats):
        other = State(config=featsim.Config(gamma=20.0 + i))
        session.state = other

        def simulate(other: State = other) -> None:
            session.result = compute.simulate(other, 0.0, lambda _: None, Event(), asked=True)

        times["simulate"].append(1e3 * seconds(simulate))
        panels = session.shown(session.told())

        def update(panels: Any = panels) -> None:
            for one in panels:
                one.panel.update(one.series, one.border)

        def draw(panels: Any = panels) -> None:
            nonlocal reply
            reply = Reply({}, {one.place: one.panel.png() for one in panels})

        times["update"].append(1e3 * seconds(update))
        times["draw and encode"].append(1e3 * seconds(draw))
    times[f"pack {len(reply.pack()) / 1024:.0f} KiB"] = [
        1e3 * seconds(reply.pack) for _ in range(benchmark.repeats)
    ]
    return times


def main(benchmark: Benchmark) -> None:
    """Print the table."""
    rows = [
        [name, *(f"{value:.1f}" for value in (statistics.median(times), max(times)))]
        for name, times in {**in_browser(benchmark), **parts(benchmark)}.items()
    ]
    print(table(["what", "median, ms", "largest, ms"], rows))


if __name__ == "__main__":
    main(tyro.cli(Benchmark))
