"""The README says what the package does: its table is the command's, its example runs."""

import re
from pathlib import Path

import featsim.run

README = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")


def block(language):
    return re.search(rf"```{language}\n(.*?)```", README, re.DOTALL).group(1)


def test_the_table_is_what_the_command_prints(capsys):
    assert featsim.run.main([]) == 0
    assert block("text") == capsys.readouterr().out


def test_the_example_runs(capsys):
    exec(compile(block("python"), "README.md", "exec"), {})
    assert -1.0 < float(capsys.readouterr().out) < 0.0


def test_links_lead_to_files():
    root = Path(__file__).parents[1]
    for target in re.findall(r"\]\((?!https?:)([^)#]+)\)", README):
        assert (root / target).exists(), target
