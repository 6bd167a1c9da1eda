"""The README and the first page of the site: the table is the command's, the example runs."""

import re
import tomllib
from pathlib import Path

import featsim.run
from featsim import _version

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
STARTED = (ROOT / "docs" / "getting_started.md").read_text(encoding="utf-8")


def block(language):
    return re.search(rf"```{language}\n(.*?)```", STARTED, re.DOTALL).group(1)


def test_the_table_is_what_the_command_prints(capsys):
    assert featsim.run.main([]) == 0
    told, printed = (
        re.fullmatch(r"featsim (\S+): (.*)", text, re.DOTALL).groups()
        for text in (block("text"), capsys.readouterr().out)
    )
    assert told[1] == printed[1]
    assert told[0] == _version.LAST_RELEASE  # what is printed names the commit


def test_one_line_runs_all_tests_and_another_a_quick_subset():
    whole = [line for line in README.splitlines() if line.endswith("python -m pytest")]
    assert len(whole) == 1
    assert "not slow" not in whole[0]
    assert "python -m pytest -m 'not slow'`" in README


def test_the_extras_of_the_table_are_there():
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    extras = set(settings["project"]["optional-dependencies"])
    named = re.findall(r"^\|.*\| `(\w+)`[^|]*\|$", README, re.MULTILINE)
    assert {"torch", "repro", "distributed"} <= set(named) <= extras


def test_the_example_runs(capsys):
    exec(compile(block("python"), "getting_started.md", "exec"), {})
    assert -1.0 < float(capsys.readouterr().out) < 0.0


def test_links_lead_to_files():
    for target in re.findall(r"\]\((?!https?:)([^)#]+)\)", README):
        assert (ROOT / target).exists(), target


def test_numbers_stand_on_the_pages_that_programs_wrote():
    news = README.partition("## What is new in it\n")[2].partition("\n## ")[0]
    claims = news.split("\n- ")
    assert len(claims) > 3
    for claim in claims:
        pages = re.findall(r"\]\((docs/\w+\.md)\)", claim)
        text = " ".join((ROOT / page).read_text(encoding="utf-8") for page in pages)
        written = set(re.findall(r"\d+(?:[.,]\d+)*", text))
        for number in re.findall(r"\d+(?:[.,]\d+)*", re.sub(r"\(docs/.*?\)", "", claim)):
            assert number in written, f"{number} of {claim!r} is not on {pages}"


def test_it_is_a_page():
    assert len(README.splitlines()) <= 75
