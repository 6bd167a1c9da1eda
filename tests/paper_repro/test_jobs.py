"""Several runs at a time give the records of one after the other, whatever one of them does."""

import pytest

pytest.importorskip("torch")
from paper_repro.jobs import run_all
from paper_repro.machine import Machine
from paper_repro.records import RunError, load_records
from paper_repro.run import Run

TINY = {"model": "mlp_narrow", "width": 8, "chunks": 2, "train_size": 128, "batch": 32, "epochs": 2}
RUNS = [Run(method=method, **TINY) for method in ("cold", "warm", "dash", "cold")]


def results(done):
    return [
        [(row["steps"], row["test_accuracy"], row["train_accuracy"]) for row in records.experiments]
        for records in done
    ]


@pytest.mark.slow
def test_two_jobs_give_the_numbers_of_one_and_a_run_that_diverges_stops_no_other(tmp_path):
    runs = [Run(lr=1e30, **TINY), *RUNS]
    for folder, machine in (("one", Machine(threads=1)), ("two", Machine(jobs=2))):
        with pytest.raises(RunError, match="diverged"):
            run_all(runs, tmp_path / folder, machine)
    one, two = ([load_records(run, tmp_path / name) for run in RUNS] for name in ("one", "two"))
    assert all(records.complete for records in (*one, *two))
    assert results(one) == results(two)
    nothing_to_run = run_all(RUNS, tmp_path / "two", Machine(jobs=2))
    assert nothing_to_run == two
    assert [records.run for records in two] == RUNS
    assert {records.header["device"] for records in two} == {"CPU, 1 threads"}


@pytest.mark.parametrize("name", ["jobs", "threads"])
def test_bad_numbers_are_refused(name):
    with pytest.raises(ValueError, match=f"{name} must be at least 1; it is 0"):
        Machine(**{name: 0})
