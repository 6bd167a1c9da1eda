"""The code of the pages on how to do something runs, from top to bottom of each page."""

import re
from pathlib import Path

import matplotlib.pyplot
import pytest

PAGES = Path(__file__).parents[2] / "docs"


def blocks(name):
    return re.findall(r"```python\n(.*?)```", (PAGES / name).read_text(encoding="utf-8"), re.DOTALL)


def run(name):
    names = {"__name__": "page"}
    for code in blocks(name):
        exec(compile(code, name, "exec"), names)
    return names


def test_own_stream(capsys):
    names = run("own_stream.md")
    assert names["out"].sizes["experiment"] == 6
    assert "doubling" in capsys.readouterr().out


def test_own_init(capsys):
    names = run("own_init.md")
    assert list(names["out"].init.values) == ["warm", "half the noise", "doubling"]
    assert "half the noise" in capsys.readouterr().out


def test_figure_for_paper(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    run("figure_for_paper.md")
    assert all(
        (tmp_path / name).read_bytes().startswith(b"%PDF")
        for name in ("panels.pdf", "accuracy.pdf")
    )
    assert not matplotlib.pyplot.get_fignums()


def test_own_method():
    torch = pytest.importorskip("torch")
    act = run("own_method.md")["act"]

    class Learner:
        model = torch.nn.Linear(3, 2)

        class run:  # noqa: N801
            sigma = 0.5

    before = Learner.model.weight.detach().clone()
    act(Learner, [], 0)
    assert not torch.equal(Learner.model.weight, before)
