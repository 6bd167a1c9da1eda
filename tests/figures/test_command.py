"""The command draws what it is asked for, and refuses in one sentence."""

from pathlib import Path

import pytest
import xarray as xr
from matplotlib.figure import Figure

from figures import _gallery, _registry
from figures.__main__ import main

ALL = [
    "fig03",
    "fig04",
    "fig05",
    "fig09",
    "fig10",
    "fig11",
    "gap_map",
    "learning_process",
    "training_price",
]


def test_names():
    assert set(ALL) <= set(_registry.names())


def test_list_draws_nothing(capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert main(["--list"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == _registry.names()
    assert list(tmp_path.iterdir()) == []


@pytest.fixture
def quick(monkeypatch):
    """Draw empty figures; what is drawn is not these tests'."""
    monkeypatch.setattr(_registry, "draw", lambda name, seeds=None: (Figure(), xr.Dataset()))


@pytest.mark.usefixtures("quick")
def test_only_and_format(capsys, tmp_path):
    folder = tmp_path / "new" / "folder"
    arguments = ["--output", str(folder), "--format", "png", "svg", "--only", "fig04", "fig05"]
    assert main(arguments) == 0
    names = sorted(path.name for path in folder.iterdir())
    assert names == ["fig04.png", "fig04.svg", "fig05.png", "fig05.svg"]
    lines = capsys.readouterr().out.splitlines()
    assert [line.split(":")[0] for line in lines] == ["fig04", "fig05"]
    assert all(line.endswith(" s)") for line in lines)


def test_a_bug_of_a_figure_keeps_its_traceback(tmp_path, monkeypatch):
    def broken():
        raise ValueError("a bug")

    monkeypatch.setattr(_registry.load("fig04"), "draw", broken)
    with pytest.raises(ValueError, match=r"^a bug$"):
        main(["--output", str(tmp_path), "--only", "fig04"])


def test_seeds_go_to_figures_that_have_them(monkeypatch):
    given = []
    monkeypatch.setattr(_registry.load("fig03"), "draw", lambda *, seeds: given.append(seeds))
    monkeypatch.setattr(_registry.load("fig04"), "draw", lambda lam=0.3: given.append(None))
    for name in ("fig03", "fig04"):
        _registry.draw(name, seeds=4)
    assert given == [4, None]


@pytest.mark.usefixtures("quick")
def test_gallery_is_the_docstrings(tmp_path, monkeypatch):
    monkeypatch.setattr(_registry, "names", lambda: ["fig04", "fig05"])
    assert main(["--gallery", str(tmp_path)]) == 0
    page = (tmp_path / "figures.md").read_text(encoding="utf-8")
    for name in ("fig04", "fig05"):
        assert f"## {_registry.title(name)}\n" in page
        assert f"(figures/{name}.png)" in page
        assert f"    python -m figures.{name}\n" in page
        assert _registry.text(name) in page
    assert sorted(path.name for path in (tmp_path / "figures").iterdir()) == [
        "fig04.png",
        "fig05.png",
    ]


def test_the_page_of_the_documentation_is_up_to_date():
    docs = Path(__file__).parents[2] / "docs"
    assert (docs / "figures.md").read_text(encoding="utf-8") == _gallery.text("docs", None)
    pictures = sorted(path.stem for path in (docs / "figures").iterdir())
    assert pictures == _registry.names()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--only", "fig99"], "only must be among arriving_classes, fig03"),
        (["--seeds", "0"], "seeds must be an integer of at least 1, not 0"),
        (["--gallery", "docs", "--only", "fig03"], "gallery draws all pictures"),
        (["--output", "/dev/null/x", "--only", "fig04"], "Not a directory"),
    ],
)
def test_bad_input(arguments, message, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert main(arguments) == 2
    assert message in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []
