"""The command line: what it prints, its exit status, and that no error is a traceback."""

import subprocess
import sys

import pytest

torch = pytest.importorskip("torch")

from paper_repro import catalog, scales  # noqa: E402
from paper_repro.__main__ import main  # noqa: E402
from paper_repro.run import Run  # noqa: E402

TINY = Run(
    model="mlp", width=4, chunks=2, train_size=64, batch=32, epochs=1,
    probes=("gradient_norm", "old_accuracy"),
)  # fmt: skip
FLAGS = ["--model=mlp", "--width=4", "--chunks=2", "--train-size=64", "--batch=32", "--epochs=1"]


@pytest.fixture
def tiny(monkeypatch):
    """Make every scale's plain run a matter of milliseconds."""
    monkeypatch.setattr(scales, "_BASES", dict.fromkeys(("smoke", "cpu", "paper"), TINY))


def test_train_runs_and_refuses_to_go_on_unasked(tmp_path, capsys):
    command = ["train", *FLAGS, "--method", "dash", "--root", str(tmp_path)]
    assert main(command) == 0
    said = capsys.readouterr().out
    assert "experiment 2 of 2" in said
    records = tmp_path / said.split("records: ")[1].strip()
    kept = records.read_text()
    records.write_text("\n".join(kept.split("\n")[:3]) + "\n")
    assert main(command) == 2
    assert "add --resume, or remove it" in capsys.readouterr().err
    assert main([*command, "--resume"]) == 0
    assert records.read_text().count('"kind": "experiment"') == 2
    assert main(command) == 0  # complete: there is nothing to run


@pytest.mark.usefixtures("tiny")
def test_figure_6_then_status(tmp_path, capsys):
    assert main(["figure", "6", "--scale", "smoke", "--root", str(tmp_path)]) == 0
    path = tmp_path / "figure_06-smoke.png"
    assert capsys.readouterr().out.endswith(f"{path}\n")
    assert path.read_bytes().startswith(b"\x89PNG")
    assert main(["status", "--root", str(tmp_path)]) == 0
    rows = [line.split("|")[1:-1] for line in capsys.readouterr().out.splitlines()]
    cells = {row[0].strip(): [cell.strip() for cell in row[1:]] for row in rows}
    assert cells[""] == ["smoke", "cpu", "paper"]
    assert cells["figure 6"][0] == "2 of 2"


@pytest.mark.usefixtures("tiny")
def test_check_prints_every_claim(tmp_path, capsys):
    assert main(["check", "--scale", "smoke", "--root", str(tmp_path)]) == 0
    assert capsys.readouterr().out.count("told at") == 6  # one seed tells nothing


def test_every_figure_and_table_names_its_runs():
    for kind in ("figure", "table"):
        for number in catalog.numbers(kind):
            item = catalog.find(kind, number)
            assert item.__doc__.startswith(f"{kind.title()} {number}")
            names = [run.name for run in item.runs("paper")]
            assert len(set(names)) == len(names) > 0


@pytest.mark.parametrize(
    ("command", "message"),
    [
        (["figure", "99", "--scale", "smoke"], "figure must be one of"),
        (["table", "99", "--scale", "smoke"], "table must be one of"),
        (["train", "--dataset", "imagenet", "--data", "/nowhere"], "imagenet was not found"),
        (["train", "--train-size", "5000"], "train_size must be at most the 1400 samples"),
        (["train", "--device", "tpu9"], "device must be one that torch has"),
    ],
)
def test_a_wrong_request_is_one_sentence_and_status_2(tmp_path, capsys, command, message):
    assert main([*command, "--root", str(tmp_path)]) == 2
    said = capsys.readouterr().err
    assert said.startswith(f"error: {message}")
    assert said.count("\n") == 1


@pytest.mark.parametrize("value", [["--lam", "7"], ["--method", "hot"], ["--epochs", "many"]])
def test_a_wrong_flag_is_status_2(capsys, value):
    with pytest.raises(SystemExit) as end:
        main(["train", *value])
    assert end.value.code == 2
    assert value[0].strip("-") in capsys.readouterr().err


def test_no_traceback_from_the_command_line():
    command = [sys.executable, "-m", "paper_repro", "figure", "99", "--scale", "smoke"]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    assert run.returncode == 2
    assert run.stderr.startswith("error: figure must be one of")
    assert run.stderr.count("\n") == 1


@pytest.mark.usefixtures("tiny")
@pytest.mark.parametrize("number", [n for n in catalog.numbers("figure") if n not in (8, 19)])
def test_every_figure_runs_and_draws(tmp_path, number):
    assert main(["figure", str(number), "--scale", "smoke", "--root", str(tmp_path)]) == 0
    assert (tmp_path / f"figure_{number:02d}-smoke.png").is_file()


@pytest.mark.usefixtures("tiny")
@pytest.mark.parametrize("number", catalog.numbers("table"))
def test_every_table_runs_and_prints(tmp_path, capsys, number):
    assert main(["table", str(number), "--scale", "smoke", "--root", str(tmp_path)]) == 0
    assert capsys.readouterr().out.splitlines()[-1].startswith("|")


def test_imagenet_is_for_the_paper_scale(tmp_path, capsys):
    for number in ("8", "19"):
        assert main(["figure", number, "--scale", "cpu", "--root", str(tmp_path)]) == 2
        assert "scale must be 'paper'" in capsys.readouterr().err
