"""Several runs at a time give the records of one after the other, whatever one of them does."""

import pytest

pytest.importorskip("torch")
from paper_repro.jobs import run_all
from paper_repro.machine import Machine
from paper_repro.records import RunError
from paper_repro.run import Run

TINY = {"model": "mlp_narrow", "width": 8, "chunks": 2, "train_size": 128, "batch": 32, "epochs": 2}
RUNS = [Run(method=method, **TINY) for method in ("cold", "warm", "dash", "cold")]


def results(done):
    return [
        [(row["steps"], row["test_accuracy"], row["train_accuracy"]) for row in records.experiments]
        for records in done
    ]


def test_two_jobs_give_the_numbers_of_one(tmp_path):
    one = run_all(RUNS, tmp_path / "one", Machine(threads=1))
    two = run_all(RUNS, tmp_path / "two", Machine(jobs=2))
    assert [records.run for records in two] == RUNS
    assert results(one) == results(two)
    assert {records.header["device"] for records in two} == {"CPU, 1 threads"}


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_run_that_diverges_does_not_stop_the_others(tmp_path, jobs):
    bad = Run(lr=1e30, **TINY)
    with pytest.raises(RunError, match="diverged"):
        run_all([bad, *RUNS], tmp_path, Machine(jobs=jobs, threads=1))
    assert len(results(run_all(RUNS, tmp_path, Machine(data=tmp_path / "none")))) == 4


@pytest.mark.parametrize("name", ["jobs", "threads"])
def test_bad_numbers_are_refused(name):
    with pytest.raises(ValueError, match=f"{name} must be at least 1; it is 0"):
        Machine(**{name: 0})
