"""The site builds offline, without a warning, and brings along all that it loads."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("sphinx")

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """Return the folder of the site, built by the README's command into another folder."""
    folder = tmp_path_factory.mktemp("site")
    line = re.search(r"sphinx-build (.*) build/site$", README, re.MULTILINE).group(1)
    command = [sys.executable, "-m", "sphinx", *line.split(), str(folder), "--quiet"]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    return folder


@pytest.mark.slow
def test_pages_are_there(site):
    pages = {page.stem for page in (ROOT / "docs").glob("*.md")}
    assert {page.stem for page in (site / "docs").glob("*.html")} == pages | {"api"}
    lessons = {lesson.stem for lesson in (ROOT / "notebooks").glob("*.ipynb")}
    assert {page.stem for page in (site / "notebooks").glob("*.html")} == lessons
    assert "docs/index.html" in (site / "index.html").read_text()


@pytest.mark.slow
def test_the_search_knows_all_kinds_of_pages(site):
    index = (site / "searchindex.js").read_text(encoding="utf-8")
    names = json.loads(index.removeprefix("Search.setIndex(").removesuffix(")"))["docnames"]
    assert {"docs/theory", "notebooks/dash", "docs/api/featsim.simulate", "CHANGELOG"} <= set(names)


@pytest.mark.slow
def test_nothing_is_loaded_from_elsewhere(site):
    loaded = re.compile(r"<(?:script|img|link)\b[^>]*?(?:src|href)=\"(https?:)?//")
    for page in site.rglob("*.html"):
        assert not loaded.search(page.read_text(encoding="utf-8")), page


@pytest.mark.slow
def test_formulas_and_their_fonts_are_there(site):
    page = (site / "docs" / "theory.html").read_text(encoding="utf-8")
    script = re.search(r'src="\.\./(_static/mathjax/[^"?]+)', page).group(1)
    assert (site / script).exists()
    fonts = site / "_static" / "mathjax" / "output" / "chtml" / "fonts" / "woff-v2"
    assert (fonts / "MathJax_Main-Regular.woff").exists()


@pytest.mark.slow
def test_notebooks_show_what_they_print(site):
    assert "acted before experiments" in (site / "notebooks" / "dash.html").read_text()


@pytest.mark.slow
def test_signatures_lead_to_other_packages(site):
    page = (site / "docs" / "api" / "featsim.simulate.html").read_text(encoding="utf-8")
    assert "https://docs.xarray.dev/en/stable/generated/xarray.Dataset.html" in page
    assert "featsim.Config.html" in page


@pytest.mark.slow
def test_no_formula_is_left_as_text(site):
    code = re.compile(
        r"<(pre|code|script|div class=\"math|span class=\"math)\b.*?</\w+>", re.DOTALL
    )
    for page in (site / "docs").glob("*.html"):
        text = re.sub(r"<[^>]+>", "", code.sub("", page.read_text(encoding="utf-8")))
        found = re.search(r".{20}(?:\$|\\[a-z]{3,}).{20}", text)
        assert not found, f"{page.name}: {found}"
