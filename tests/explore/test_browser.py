"""The page in a real browser: one server and one browser for all tests."""

import io
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import xarray as xr

import featsim
from featsim._explore.state import read_query

sync_api = pytest.importorskip("playwright.sync_api", reason="needs playwright")

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip
CONFIG = featsim.Config()
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not CHROMIUM.exists(), reason=f"needs Debian's Chromium, {CHROMIUM}"),
]


@pytest.fixture(scope="module")
def url():
    # Compiles, if need be, before a browser waits for it.
    featsim.simulate(CONFIG, seeds=1)
    featsim.sweep(CONFIG, inits=("random", "warm"), seeds=1, gamma=[20, 50])
    command = [sys.executable, "-m", "featsim", "explore", "--no-browser", "--port", "0"]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    line = server.stdout.readline()
    yield re.search(r"http://127\.0\.0\.1:\d+/", line).group()
    server.send_signal(signal.SIGINT)
    out, err = server.communicate(timeout=20)
    assert server.returncode == 0
    assert out.splitlines()[-1] == "featsim explore: ended"
    assert err == ""


@pytest.fixture(scope="module")
def browser():
    with sync_api.sync_playwright() as playwright:
        yield playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)


@pytest.fixture(scope="module")
def opened(browser, url):
    """Return the one page of most tests, and what failed in it."""
    page, wrong = browser.new_page(viewport={"width": 1280, "height": 900}), []
    page.set_default_timeout(20_000)
    watch(page, url, wrong)
    open_at(page, url, "")
    return page, wrong


@pytest.fixture
def tab(opened):
    """Return the page at Figure 3; nothing may fail in it."""
    page, wrong = opened
    until_shown(page, lambda: page.get_by_label("preset").select_option("Figure 3"))
    yield page
    assert wrong == []


def watch(page, url, wrong):
    page.on("console", lambda m: wrong.append(m.text) if m.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: wrong.append(str(error)))
    own = (url, "blob:", "data:")
    page.on("request", lambda r: None if r.url.startswith(own) else wrong.append(r.url))


def open_at(page, url, query):
    page.goto(f"{url}?{query}")
    page.wait_for_selector("[data-shown]")


def shown(page):
    return int(page.locator(".page").get_attribute("data-shown"))


def until_shown(page, act):
    """Do something, and wait for the panels that it leads to."""
    before = shown(page)
    act()
    page.locator(f".page:not([data-shown='{before}'])").wait_for()


def told(page, name):
    return page.locator(f"figure[data-name={name}] img").get_attribute("alt")


def expected(config, variable, scale=1.0, unit=","):
    values = scale * featsim.simulate(config)[variable]
    mean, spread = values.mean("seed"), values.std("seed", ddof=1)
    return "; ".join(
        f"{name} {mean.sel(init=name)[0]:{unit}.1f} to {mean.sel(init=name)[-1]:{unit}.1f} "
        f"± {spread.sel(init=name)[-1]:{unit}.1f}"
        for name in mean["init"].to_numpy()
    )


def test_a_slider_moves_the_lines(tab):
    assert tab.title() == "featsim explorer"
    assert expected(CONFIG, "learned_features") in told(tab, "learned_features")
    old = tab.locator("figure img").first.get_attribute("src")
    slider = tab.get_by_label("gamma, slider")
    slider.focus()
    until_shown(tab, lambda: slider.press("End"))
    changed = CONFIG.replace(gamma=1000.0)
    assert tab.get_by_label("gamma γ").input_value() == "1000"
    for name, variable, scale, unit in (
        ("accuracy", "test_accuracy", 100.0, ""),
        ("learned_features", "learned_features", 1.0, ","),
        ("nonzero_gradient_points", "nonzero_gradient_points", 1.0, ","),
    ):
        assert expected(changed, variable, scale, unit) in told(tab, name)
    assert tab.locator("figure img").first.get_attribute("src") != old
    assert read_query(tab.url.partition("?")[2]).config == changed


def test_a_wrong_value_shows_the_sentence_and_keeps_the_picture(tab):
    before = told(tab, "accuracy")
    box = tab.get_by_label("tau τ")
    box.fill("99")
    alert = tab.locator(".field[data-name=tau] [role=alert]")
    sync_api.expect(alert).to_have_text("tau must be an integer in 1 … 49, not 99")
    assert box.get_attribute("aria-invalid") == "true"
    assert told(tab, "accuracy") == before
    until_shown(tab, lambda: box.fill("4"))
    sync_api.expect(alert).to_have_text("")
    assert box.get_attribute("aria-invalid") == "false"


def test_what_takes_long_asks_first(tab):
    box = tab.get_by_label("points per chunk n")
    box.fill("1000000")
    question = tab.locator(".question")
    sync_api.expect(question).to_contain_text("This setting takes about")
    assert question.get_by_role("button", name="Compute it").is_visible()
    assert "± 1.3" in told(tab, "accuracy")
    until_shown(tab, lambda: box.fill("900"))
    sync_api.expect(question).to_have_text("")


def test_downloads(tab):
    tab.get_by_role("tab", name="Take away").click()
    files = {}
    for name in ("Picture, PNG", "Picture, PDF", "Dataset, NetCDF"):
        with tab.expect_download() as waiting:
            tab.get_by_role("button", name=name).click()
        files[waiting.value.suggested_filename] = Path(waiting.value.path()).read_bytes()
    assert files["panels.png"].startswith(b"\x89PNG")
    assert files["panels.pdf"].startswith(b"%PDF")
    with xr.open_dataset(io.BytesIO(files["result.nc"]), engine="scipy") as read:
        xr.testing.assert_equal(read.load(), featsim.simulate(CONFIG))
    assert tab.locator("pre[data-name=command]").inner_text().startswith("featsim run --output")
    assert "featsim.simulate(" in tab.locator("pre[data-name=python]").inner_text()


def test_the_diagram_sets_the_sliders(tab):
    tab.get_by_role("tab", name="Phase diagram").click()
    tab.get_by_role("button", name="Compute", exact=True).click()
    picture = tab.locator(".picture img")
    sync_api.expect(picture).to_have_attribute("alt", re.compile("12 of 12 rows"), timeout=20_000)
    sync_api.expect(tab.get_by_role("button", name="Compute", exact=True)).to_be_visible()
    size = picture.bounding_box()
    place = {"x": (0.1 + 0.74 * 0.99) * size["width"], "y": 0.78 * size["height"]}
    until_shown(tab, lambda: picture.click(position=place))
    assert tab.get_by_label("gamma γ").input_value() == "1000"
    assert tab.get_by_label("tau τ").input_value() == "1"
    until_shown(tab, lambda: tab.locator(".picture").press("ArrowUp"))
    assert tab.get_by_label("tau τ").input_value() == "2"


def test_two_tabs_do_not_disturb_each_other(tab, browser, url):
    other = browser.new_page()
    open_at(other, url, "tau=2")
    until_shown(other, lambda: other.get_by_label("gamma γ").fill("1"))
    own = CONFIG.replace(gamma=1.0, tau=2)
    assert expected(own, "learned_features") in told(other, "learned_features")
    assert expected(CONFIG, "learned_features") in told(tab, "learned_features")
    until_shown(tab, lambda: tab.get_by_label("tau τ").fill("1"))
    assert expected(CONFIG.replace(tau=1), "learned_features") in told(tab, "learned_features")
    assert other.get_by_label("tau τ").input_value() == "2"
    other.close()


def test_presets_keyboard_and_names(tab):
    until_shown(tab, lambda: tab.get_by_label("preset").select_option("Figure 10, γ = 100"))
    assert tab.get_by_label("gamma γ").input_value() == "100"
    tab.get_by_role("tab", name="Learned features").focus()
    tab.keyboard.press("ArrowRight")
    assert tab.get_by_role("tab", name="Process").get_attribute("aria-selected") == "true"
    nameless = tab.evaluate(
        """() => {
          const root = [...document.querySelectorAll('*')].flatMap((e) => e.shadowRoot ?? []);
          const all = root.flatMap((r) => [...r.querySelectorAll('*')].concat(
            [...r.querySelectorAll('*')].flatMap((e) => e.shadowRoot
              ? [...e.shadowRoot.querySelectorAll('*')] : [])));
          return all.filter((e) => e.matches('input, select, textarea'))
            .filter((e) => !e.labels?.length && !e.getAttribute('aria-label')).length;
        }"""
    )
    assert nameless == 0


def test_a_narrow_page_does_not_scroll_sideways(tab):
    tab.set_viewport_size({"width": 390, "height": 844})
    assert tab.evaluate("document.documentElement.scrollWidth") <= 390
    tab.set_viewport_size({"width": 1280, "height": 900})


def test_a_link_that_is_not_understood_says_so(browser, url):
    page = browser.new_page()
    open_at(page, url, "colour=red")
    sync_api.expect(page.locator(".general")).to_contain_text("a link has no part 'colour'")
    page.close()
