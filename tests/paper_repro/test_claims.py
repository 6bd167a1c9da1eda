"""The claims' numbers and verdicts, from records made by hand."""

import json

import pytest
import xarray as xr

import featsim
from paper_repro import check
from paper_repro.claims import CLAIMS, by_seed, runs
from paper_repro.records import Records
from paper_repro.run import Run
from paper_repro.verdict import FAILS, HOLDS, UNKNOWN

# Accuracies and steps of experiments 1 to 3; warm and cold as the paper has them.
SEED = {
    "cold": ([0.3, 0.5, 0.7], [10, 40, 60]),
    "warm": ([0.3, 0.4, 0.5], [10, 10, 20]),
    "dash": ([0.3, 0.6, 0.8], [10, 20, 40]),
}


def made(method, seed, shift=0.0):
    accuracies, steps = SEED[method]
    experiments = [
        {
            "experiment": j, "train_size": 100 * j, "test_accuracy": accuracy - shift,
            "steps": step, "converged": True,
        }
        for j, (accuracy, step) in enumerate(zip(accuracies, steps, strict=True), 1)
    ]  # fmt: skip
    epochs = [
        {"experiment": j, "epoch": epoch, "old_accuracy": None if j == 1 else 0.9 + 0.04 * epoch}
        for j in (1, 2, 3)
        for epoch in (1, 2)
    ]
    return Records(Run(method=method, seed=seed), {"experiments": 3}, epochs, experiments)


def test_the_numbers_of_one_seed():
    (seed,) = by_seed([made(method, 0) for method in SEED])
    measured = [claim.measured(seed) for claim in CLAIMS]
    # cold − warm: 60 − 45; warm saves 30 of cold's 100 steps against DASH; DASH − cold: 70 − 60;
    # DASH is 40 below cold and 30 above warm; 94 % in first epochs
    assert measured == pytest.approx([15, 30, 10, 30, 94])


def simulated():
    """A result of two seeds and three experiments, with numbers set by hand."""
    accuracy = {"random": [[0.1, 0.6, 0.8], [0.1, 0.6, 0.9]],
                "warm": [[0.1, 0.5, 0.5], [0.1, 0.4, 0.5]],
                "ideal": [[0.1, 0.6, 0.9], [0.1, 0.7, 0.9]]}  # fmt: skip
    points = {"random": [[9, 80, 120], [9, 100, 100]], "warm": [[9, 40, 53], [9, 10, 50]],
              "ideal": [[9, 60, 90], [9, 100, 60]]}  # fmt: skip
    inits = list(accuracy)
    coords = {"init": inits, "seed": [0, 1], "experiment": [1, 2, 3]}
    dims = ("init", "seed", "experiment")
    return xr.Dataset(
        {
            "exact_accuracy": (dims, [accuracy[init] for init in inits]),
            "nonzero_gradient_points": (dims, [points[init] for init in inits]),
        },
        coords,
        {"config": json.dumps({"points_per_chunk": 50})},
    )


def test_the_numbers_of_the_simulator():
    dataset = simulated()
    numbers = [claim.simulated(dataset).tolist() for claim in CLAIMS]
    assert numbers[0] == pytest.approx([20, 30])  # random 70, 75; warm 50, 45
    assert numbers[1] == pytest.approx([28.5, 50])  # of 200: ideal 150, 160; warm 93, 60
    assert numbers[2] == pytest.approx([5, 5])
    assert numbers[3] == pytest.approx([25, 20])
    # warm of seed 0 has 3 points more than a chunk in experiment 3, of 100 old ones
    assert numbers[4] == pytest.approx([97, 100])


def test_the_simulator_shows_the_theorems():
    dataset = featsim.simulate(featsim.Config(experiments=6), seeds=2, progress=False)
    numbers = [claim.simulated(dataset) for claim in CLAIMS]
    assert all(n.shape == (2,) for n in numbers)
    assert all((n > 0).all() for n in (numbers[0], numbers[1], numbers[3]))
    assert (numbers[4] == 100).all()


def varied(drop=0.0):
    """Three seeds whose gaps between the methods differ; `drop` lowers DASH's accuracy."""
    changes = {"cold": (0.0, 0.01, 0.02), "warm": (0.0, 0.0, 0.01), "dash": (drop, drop, drop)}
    return [made(m, seed, changes[m][seed]) for seed in range(3) for m in SEED]


def test_findings_and_their_rows():
    records = varied()
    found = check.findings(records, "smoke")
    assert [f.claim for f in found] == list(CLAIMS)
    assert found[0].network.values == pytest.approx([15, 14, 14])
    assert found[0].row()[-2:] == ["14.33 [13.36, 15.31] (3 seeds)", HOLDS]
    assert len(found[0].row()) == len(check.HEADER)
    described = check.describe(records)
    assert "9 runs, 3 seed(s): digits, resnet18" in described
    assert "0 of 27 experiments ended at the limit" in described


def test_a_claim_is_judged_at_its_threshold_and_by_its_own_methods():
    assert [f.verdict for f in check.findings(varied(), "smoke")] == [HOLDS] * 5
    worse = [f.verdict for f in check.findings(varied(drop=0.3), "smoke")]
    assert worse == [HOLDS, HOLDS, FAILS, HOLDS, HOLDS]
    records = varied()
    for r in records:
        if r.run.method == "warm":
            for row in r.epochs:
                row["old_accuracy"] = None if row["experiment"] == 1 else 0.89 + r.run.seed / 1000
    assert check.findings(records, "smoke")[4].verdict == FAILS


def test_the_runs_of_the_check():
    for scale, count in (("smoke", 3), ("cpu", 9), ("paper", 15)):
        chosen = runs(scale)
        assert len(chosen) == count
        assert {run.method for run in chosen} == {"cold", "warm", "dash"}


def test_steps_that_the_limit_cut_short_tell_nothing():
    records = varied()
    records[0].experiments[2]["converged"] = False
    assert [f.verdict for f in check.findings(records, "smoke")] == [
        HOLDS, UNKNOWN, HOLDS, UNKNOWN, HOLDS,
    ]  # fmt: skip
    assert "1 of 27 experiments ended at the limit" in check.describe(records)
