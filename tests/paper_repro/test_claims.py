"""The claims' numbers and verdicts, from records made by hand."""

import numpy as np
import pytest

pytest.importorskip("torch")

import featsim
from paper_repro import check
from paper_repro.claims import CLAIMS, by_seed, runs
from paper_repro.records import Records
from paper_repro.run import Run
from paper_repro.verdict import FAILS, HOLDS, UNKNOWN, interval, verdict

# Accuracies, steps and gradient norms of experiments 1 to 3; warm and cold as the paper has them.
SEED = {
    "cold": ([0.3, 0.5, 0.7], [10, 40, 60], [1.0, 5.0, 6.0]),
    "warm": ([0.3, 0.4, 0.5], [10, 10, 20], [1.0, 2.0, 3.0]),
    "dash": ([0.3, 0.6, 0.8], [10, 20, 40], [1.0, 1.0, 1.0]),
}


def made(method, seed, shift=0.0):
    accuracies, steps, norms = SEED[method]
    experiments = [
        {
            "experiment": j, "train_size": 100 * j, "test_accuracy": accuracy - shift,
            "steps": step, "gradient_norm": norm, "converged": True,
        }
        for j, (accuracy, step, norm) in enumerate(zip(accuracies, steps, norms, strict=True), 1)
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
    # DASH is 40 below cold and 30 above warm; norms rank as the steps do; 94 % in first epochs
    assert measured == pytest.approx([15, 30, 10, 30, 1, 94])


def test_verdicts_follow_the_interval_of_the_mean():
    assert verdict([1.0, 1.1, 0.9]) == HOLDS
    assert verdict([-1.0, -1.1, -0.9]) == FAILS
    assert verdict([1.0, -1.1, 0.9]) == UNKNOWN
    assert verdict([100.0]) == UNKNOWN
    assert verdict([89.0, 89.1, 88.9], threshold=90) == FAILS


def test_the_interval_is_students():
    low, high = interval([1.0, 2.0, 3.0])
    assert (low + high) / 2 == pytest.approx(2)
    assert (high - low) / 2 == pytest.approx(2.919986 / np.sqrt(3), rel=1e-6)  # t, 2 df, 95 %


def test_the_simulator_shows_the_theorems():
    config = featsim.Config(experiments=6)
    dataset = featsim.simulate(config, seeds=2, progress=False)
    numbers = [claim.simulated(dataset) for claim in CLAIMS if claim.simulated is not None]
    assert all(n.shape == (2,) for n in numbers)
    accuracy = dataset.exact_accuracy.sel(experiment=slice(2, None)).mean("experiment")
    gap = 100 * (accuracy.sel(init="random") - accuracy.sel(init="warm")).values
    np.testing.assert_allclose(numbers[0], gap)
    assert (numbers[1] > 0).all()
    assert (numbers[4] == 100).all()


def test_findings_and_their_table():
    records = [made(method, seed, 0.01 * seed) for seed in range(3) for method in SEED]
    found = check.findings(records, "smoke")
    assert [f.claim for f in found] == list(CLAIMS)
    assert found[0].network == pytest.approx([15] * 3)
    assert found[4].row()[3] == "by definition"
    text = check.to_markdown(found)
    assert text.count("\n") == len(CLAIMS) + 1
    assert "15.00 ± 0.00 (3 seeds)" in text
    described = check.describe(records)
    assert "9 runs, 3 seed(s): digits, resnet18" in described
    assert "0 of 27 experiments ended at the limit" in described


def test_the_runs_of_the_check():
    for scale, count in (("smoke", 3), ("cpu", 9), ("paper", 15)):
        chosen = runs(scale)
        assert len(chosen) == count
        assert {run.method for run in chosen} == {"cold", "warm", "dash"}


def test_steps_that_the_limit_cut_short_tell_nothing():
    records = [made(method, seed, 0.01 * seed) for seed in range(3) for method in SEED]
    before = check.findings(records, "smoke")
    records[0].experiments[2]["converged"] = False
    after = check.findings(records, "smoke")
    assert [f.verdict for f in before] == [HOLDS] * 6
    expected = [HOLDS, UNKNOWN, HOLDS, UNKNOWN, UNKNOWN, HOLDS]
    assert [f.verdict for f in after] == expected
