"""Records on disk: what is read, what is refused, and that reading needs no torch."""

import json
import subprocess
import sys

import pytest

from paper_repro.records import Records, RunError, append, load_records, rewrite
from paper_repro.run import Run

RUN = Run(chunks=2)
HEADER = {
    "kind": "run", "run": RUN.to_dict(), "experiments": 2, "versions": {"torch": "2"},
    "device": "CPU",
}  # fmt: skip


def epoch(experiment, number=1, **changes):
    row = {
        "kind": "epoch", "experiment": experiment, "epoch": number, "loss": 1.0,
        "train_accuracy": 0.5, "old_accuracy": None, "steps": 3 * number, "seconds": 0.1,
    }  # fmt: skip
    return {**row, **changes}


def experiment(number, **changes):
    row = {
        "kind": "experiment", "experiment": number, "train_size": 10 * number, "epochs": 1,
        "steps": 3, "converged": True, "train_accuracy": 1, "test_accuracy": 0.25 * number,
        "seconds": 0.5,
    }  # fmt: skip
    return {**row, **changes}


ROWS = [HEADER, epoch(1), experiment(1), epoch(2, old_accuracy=0.5), experiment(2)]


@pytest.fixture
def path(tmp_path):
    folder = tmp_path / RUN.name
    folder.mkdir()
    for row in ROWS:
        append(folder, row)
    return folder / "records.jsonl"


def test_round_trip(path, tmp_path):
    done = load_records(RUN, tmp_path)
    assert done.complete
    assert done.lines() == ROWS
    assert done.mean("test_accuracy") == pytest.approx(0.375)
    assert done.last == ROWS[-1]
    rewrite(path.parent, done.lines()[:3])
    assert load_records(RUN, tmp_path).lines() == ROWS[:3]
    assert sorted(p.name for p in path.parent.iterdir()) == ["records.jsonl"]


def test_an_unfinished_line_and_the_epochs_of_an_unfinished_experiment_do_not_count(path, tmp_path):
    text = path.read_text()
    path.write_text(text[: text.index('{"kind": "experiment", "experiment": 2') + 20])
    done = load_records(RUN, tmp_path)
    assert not done.complete
    assert done.lines() == ROWS[:3]
    path.write_text("")
    assert load_records(RUN, tmp_path) == Records(RUN)


@pytest.mark.parametrize(
    "line",
    [
        "[]", "3", "null", "{}", '{"kind": "other"}', '{"kind": "epoch"}', "{",
        "\udcff", "[" * 10**5,
        json.dumps(epoch(1, loss="low")), json.dumps(epoch(None)),
        json.dumps(experiment(1, converged=1)), json.dumps(experiment(1, steps=True)),
        json.dumps({**HEADER, "experiments": "2"}), json.dumps({**HEADER, "run": []}),
    ],
)  # fmt: skip
def test_a_line_that_is_no_record_is_one_sentence(path, tmp_path, line):
    lines = path.read_text().split("\n")
    text = "\n".join([lines[0], line, *lines[1:]])
    path.write_bytes(text.encode(errors="surrogateescape"))
    with pytest.raises(RunError, match=r"records.jsonl: line 2 is damaged; remove the folder$"):
        load_records(RUN, tmp_path)


def test_records_of_other_settings_or_none_or_out_of_order_are_refused(path, tmp_path):
    good = path.read_text()
    for wrong in ({"seed": 1}, {"temperature": 1}, {"chunks": "many"}):
        header = json.dumps({**HEADER, "run": {**HEADER["run"], **wrong}})
        path.write_text("\n".join([header, *good.split("\n")[1:]]))
        with pytest.raises(RunError, match="other settings than its name"):
            load_records(RUN, tmp_path)
    path.write_text("\n".join(good.split("\n")[1:]))
    with pytest.raises(RunError, match="other settings than its name"):
        load_records(RUN, tmp_path)
    path.write_text(good + json.dumps(experiment(2)) + "\n")
    with pytest.raises(RunError, match="line 6 is out of order"):
        load_records(RUN, tmp_path)


def test_steps_are_cut_where_there_is_a_stop_that_was_not_reached():
    row = experiment(1, converged=False)
    assert Records(RUN).cut(row)
    assert not Records(RUN).cut(experiment(1))
    assert not Records(Run(stop=None)).cut(row)
    assert not Records(Run(arrival="continuous")).cut(row)
    assert Records(RUN, experiments=[experiment(1), row]).any_cut


@pytest.mark.slow
def test_help_status_and_the_report_need_neither_torch_nor_rich(tmp_path):
    script = """
import sys
MISSING = ("torch", "torchvision", "rich", "sklearn", "pytorch_optimizer")
class Finder:
    def find_spec(self, name, path, target=None):
        if name in MISSING:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
sys.meta_path.insert(0, Finder())
from paper_repro.__main__ import main
print(main(["status"]))
print(main(["report", "--page", sys.argv[1]]))
try:
    main(["train", "--help"])
except SystemExit as end:
    print(end.code)
print(main(["train"]))
"""
    command = [sys.executable, "-c", script, str(tmp_path / "page.md")]
    run = subprocess.run(command, capture_output=True, text=True, check=True)
    lines = run.stdout.splitlines()
    assert [line for line in lines if line.isdigit()] == ["0", "0", "0", "2"]
    assert "24 of 24" in run.stdout  # figure 2 at cpu scale
    assert "Reproduction" in (tmp_path / "page.md").read_text()
    assert (
        run.stderr
        == 'python -m paper_repro: error: this needs torch: pip install "featsim[repro]"\n'
    )
