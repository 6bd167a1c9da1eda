"""The examples of docs/results.md run, in their order."""

import re
from pathlib import Path

import matplotlib.figure

from featsim.__main__ import main

PAGE = (Path(__file__).parents[1] / "docs" / "results.md").read_text(encoding="utf-8")


def test_the_examples_run(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    names = {}
    for code in re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL):
        exec(compile(code, "results.md", "exec"), names)
    assert isinstance(names["figure"], matplotlib.figure.Figure)
    assert [path.name for path in tmp_path.iterdir()] == ["experiments.png"]
    gap = names["gap"].sel(experiment=20, gamma=50, tau=3)
    assert 0.0 < gap["low"] < gap["difference"] < gap["high"]
    assert (names["time"]["difference"] <= 0).all()  # warm is never dearer than ideal
    printed = capsys.readouterr().out
    assert printed.count("random") == printed.count("warm") == 5  # values of γ


def test_the_commands_run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    commands = re.findall(r"^    featsim (.*)$", PAGE, re.MULTILINE)
    assert len(commands) == 4
    for command in commands:
        assert main([*command.split(), "--quiet", "--seeds", "2", "--experiments", "3"]) == 0
    names = ["experiments.png", "result.csv", "sweep.csv", "sweep.nc", "sweep.png"]
    assert sorted(path.name for path in tmp_path.iterdir()) == names
