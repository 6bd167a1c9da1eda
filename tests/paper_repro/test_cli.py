"""The command line: what it prints, its exit status, and which errors are a traceback."""

import os
import re
import signal
import subprocess
import sys
import time

import pytest

torch = pytest.importorskip("torch")

from paper_repro import catalog, check, scales  # noqa: E402
from paper_repro.__main__ import main  # noqa: E402
from paper_repro.claims import CLAIMS  # noqa: E402
from paper_repro.run import Run  # noqa: E402

TINY = Run(model="mlp_narrow", width=4, chunks=2, train_size=64, batch=32, epochs=1)
FLAGS = ["--model=mlp_narrow", "--width=4", "--chunks=2", "--train-size=64", "--batch=32",
         "--epochs=1"]  # fmt: skip
NOT_ON_DIGITS = (8, 19)
NAME = "python -m paper_repro"


@pytest.fixture
def tiny(monkeypatch):
    """Make the plain run of the smoke scale a matter of milliseconds."""
    monkeypatch.setitem(scales._BASES, "smoke", TINY)


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    """Return the folder of all figures and tables, so that what they share is trained once."""
    return tmp_path_factory.mktemp("root")


def cells(line):
    return [cell.strip() for cell in line.split("|")[1:-1]]


def test_train_runs_and_refuses_to_go_on_unasked(tmp_path, capsys):
    command = ["train", *FLAGS, "--method", "dash", "--root", str(tmp_path)]
    assert main(command) == 0
    said = capsys.readouterr().out
    assert "experiment 2 of 2" in said
    records = tmp_path / said.split("records: ")[1].strip()
    whole = records.read_text()
    records.write_text("\n".join(whole.split("\n")[:3]) + "\n")
    assert main(command) == 2
    assert "add --resume, or remove it" in capsys.readouterr().err
    assert main([*command, "--resume"]) == 0

    def untimed(text):
        return re.sub(r'"(seconds|images_per_second)": [\d.]+', "", text)

    assert untimed(records.read_text()) == untimed(whole)
    again = records.read_text()
    assert main(command) == 0  # complete: there is nothing to run
    assert records.read_text() == again


def test_a_wrong_device_leaves_no_trace(tmp_path, capsys):
    command = ["train", *FLAGS, "--root", str(tmp_path)]
    for device in ("tpu9", "meta", "meta:x", "cuda:77"):
        assert main([*command, "--device", device]) == 2
        assert capsys.readouterr().err == (
            f"{NAME}: error: device must be one that torch has here; it is {device!r}\n"
        )
        assert not list(tmp_path.iterdir())
    assert main(command) == 0


@pytest.mark.usefixtures("tiny")
def test_figure_7_then_status(tmp_path, capsys):
    assert main(["figure", "7", "--scale", "smoke", "--root", str(tmp_path)]) == 0
    path = tmp_path / "figure_07-smoke.png"
    assert capsys.readouterr().out.endswith(f"{path}\n")
    assert path.read_bytes().startswith(b"\x89PNG")
    assert main(["status", "--root", str(tmp_path)]) == 0
    rows = {cells(line)[0]: cells(line)[1:] for line in capsys.readouterr().out.splitlines()}
    assert rows[""] == ["smoke", "cpu", "paper"]
    assert rows["figure 7"][0] == "1 of 1"
    assert rows["figure 6"][0] == "0 of 2"
    assert rows["figure 8"][:2] == ["-", "-"]
    assert rows["table 7"] == ["no runs"] * 3
    assert len(rows) == 2 + len(catalog.numbers("figure")) + len(catalog.numbers("table"))


@pytest.mark.usefixtures("tiny")
def test_check_prints_every_claim(tmp_path, capsys):
    assert main(["check", "--scale", "smoke", "--root", str(tmp_path)]) == 0
    table = [line for line in capsys.readouterr().out.splitlines() if "experiment 1" not in line]
    assert max(map(len, table)) <= 200
    said = " ".join(re.split(r"[\s|]+", "\n".join(table)))
    assert "3 runs, 1 seed(s): digits, mlp_narrow of width 4" in said
    for name in check.HEADER:
        assert name.split()[0] in said
    # One seed tells nothing; a sentence is broken over several lines of its cell.
    assert said.count("1 seed)") == len(CLAIMS)


def test_every_figure_and_table_names_its_runs():
    assert catalog.numbers("figure") == [1, 2, 6, 7, 8, *range(12, 24)]
    assert catalog.numbers("table") == [1, 2, 3, 4, 5, 6, 7, 8, 9]
    for kind in ("figure", "table"):
        for number in catalog.numbers(kind):
            item = catalog.find(kind, number)
            assert item.title.startswith(f"{kind.title()} {number}")
            names = [run.name for run in item.runs("paper")]
            assert len(set(names)) == len(names)
            assert bool(names) == ((kind, number) != ("table", 7))


@pytest.mark.parametrize(
    ("command", "message"),
    [
        (["figure", "99", "--scale", "smoke"], "figure must be one of"),
        (["table", "99", "--scale", "smoke"], "table must be one of"),
        (["figure", "8", "--scale", "cpu"], "scale must be 'paper' for figure 8"),
        (["train", "--dataset", "imagenet", "--data", "/nowhere"], "imagenet was not found"),
        (["train", "--train-size", "5000"], "train_size must be at most the 1400 samples"),
        (["train", "--model", "vgg16"], "images must be at least 28×28 for vgg16; they are 8×8"),
        (["noise", "--seeds", "-1"], "seed must be at least 0; it is -1"),
        (
            ["figures-in-regimes", "--figures", "2", "--regimes", "C16", "--seeds", "-1"],
            "seed must be at least 0; it is -1",
        ),
        (["report", "--page", "."], "page must be a file, not the folder ."),
    ],
)
def test_a_wrong_request_is_one_sentence_and_status_2(tmp_path, capsys, command, message):
    assert main([*command, "--root", str(tmp_path)]) == 2
    said = capsys.readouterr().err
    assert said.startswith(f"{NAME}: error: {message}")
    assert said.count("\n") == 1


def test_what_the_machine_refuses_is_one_sentence(tmp_path, capsys):
    (tmp_path / "file").touch()
    assert main(["train", *FLAGS, "--root", str(tmp_path / "file")]) == 2
    assert capsys.readouterr().err.count("\n") == 1
    assert main(["authors", str(tmp_path / "nowhere.csv")]) == 2
    assert "No such file" in capsys.readouterr().err


@pytest.mark.parametrize("value", [["--lam", "7"], ["--method", "hot"], ["--epochs", "many"]])
def test_a_wrong_flag_is_status_2(capsys, value):
    with pytest.raises(SystemExit) as end:
        main(["train", *value])
    assert end.value.code == 2
    said = capsys.readouterr().err
    assert value[0].strip("-") in said
    assert value[1] in said


@pytest.mark.parametrize("kind", [ValueError, TypeError, KeyError, ImportError])
def test_a_bug_keeps_its_traceback(tmp_path, monkeypatch, kind):
    def broken(*args):
        raise kind("a bug")

    monkeypatch.setattr("paper_repro.claims.settings", broken)
    with pytest.raises(kind, match="a bug"):
        main(["report", "--root", str(tmp_path)])


def command_line(*arguments, **settings):
    command = [sys.executable, "-m", "paper_repro", *arguments]
    return subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **settings
    )


@pytest.mark.slow
def test_ctrl_c_during_training_is_status_130_without_a_traceback(tmp_path):
    flags = ["--chunks=2", "--epochs=100000", "--model=mlp_narrow", "--width=4", "--train-size=64",
             "--stop=None"]  # fmt: skip
    process = command_line("train", *flags, "--root", str(tmp_path))
    deadline = time.monotonic() + 120
    while not list(tmp_path.glob("*/records.jsonl")) and time.monotonic() < deadline:
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=60)
    assert (process.returncode, said) == (130, f"{NAME}: interrupted\n")


def test_ctrl_c_while_importing_is_status_130_without_a_traceback(tmp_path):
    (tmp_path / "tyro.py").write_text("import os, signal\nos.kill(os.getpid(), signal.SIGINT)\n")
    paths = os.pathsep.join([str(tmp_path), os.getcwd()])
    process = command_line("status", env={**os.environ, "PYTHONPATH": paths})
    _, said = process.communicate(timeout=60)
    assert (process.returncode, said) == (130, f"{NAME}: interrupted\n")


@pytest.mark.slow
@pytest.mark.usefixtures("tiny")
@pytest.mark.parametrize("number", [n for n in catalog.numbers("figure") if n not in NOT_ON_DIGITS])
def test_every_figure_runs_and_draws(root, number):
    assert main(["figure", str(number), "--scale", "smoke", "--root", str(root)]) == 0
    assert (root / f"figure_{number:02d}-smoke.png").is_file()


@pytest.mark.slow
@pytest.mark.usefixtures("tiny")
@pytest.mark.parametrize("number", [1, 2, 3, 7, 8, 9])  # 4 to 6 are 3 with other data
def test_every_table_runs_and_prints(root, capsys, number):
    table = catalog.find("table", number)
    assert main(["table", str(number), "--scale", "smoke", "--root", str(root)]) == 0
    lines = [line for line in capsys.readouterr().out.splitlines() if line.startswith("|")]
    assert len({len(cells(line)) for line in lines}) == 1
    groups = {(run.model, run.optimizer, run.method, run.l2) for run in table.runs("smoke")}
    assert len(lines) == 2 + (len(groups) or 16)
