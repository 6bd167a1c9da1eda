"""The campaign's plan and what its claims measure."""

import dataclasses

import pytest

pytest.importorskip("torch")
from paper_repro.campaign import CLAIMS, METHODS, PLAN, REGIMES, Claim, end_point, planned
from paper_repro.records import Records
from paper_repro.run import Run


def records(accuracies, steps):
    rows = [{"test_accuracy": a, "steps": s} for a, s in zip(accuracies, steps, strict=True)]
    return Records(Run(), experiments=rows)


SEED = {"DASH": records([0.2, 0.4], [100, 300]), "warm": records([0.2, 0.35], [100, 200])}


def test_end_points():
    assert end_point(SEED["DASH"], "mean accuracy") == pytest.approx(30)
    assert end_point(SEED["DASH"], "last accuracy") == pytest.approx(40)
    assert end_point(SEED["DASH"], "steps") == 400


def test_a_claim_is_a_difference_of_accuracies_or_the_steps_saved():
    gain = Claim("", "DASH", "warm", "last accuracy")
    assert gain.measured(SEED) == pytest.approx(5)
    assert Claim("", "warm", "DASH", "steps").measured(SEED) == pytest.approx(25)


def test_claims_are_of_methods_that_there_are():
    assert len(CLAIMS) == 16
    assert {name for claim in CLAIMS for name in (claim.one, claim.other)} <= set(METHODS)


def test_the_plan_runs_whole_seeds_once_each():
    runs = planned(REGIMES)
    assert len(set(runs)) == len(runs)
    first = runs[: len(METHODS)]
    assert {run.seed for run in first} == {100}
    assert [(run.method, run.doubling) for run in first] == [
        (changes["method"], changes.get("doubling")) for changes in METHODS.values()
    ]
    sizes = {name: sum(len(seeds) for regime, seeds in PLAN if regime == name) for name in REGIMES}
    assert sizes == {"C16": 10, "C16-noise": 10, "R16": 10, "W64": 3, "W64-slow": 3, "MLP": 3}
    wide = [run for run in runs if run.model == "resnet18"]
    assert planned(["W64"]) == [run for run in wide if run.lr == 0.01]
    assert planned(["W64-slow"]) == [run for run in wide if run.lr == 0.001]


def test_methods_of_a_regime_differ_in_the_method_alone():
    for regime in REGIMES.values():
        plain = {
            dataclasses.replace(run, method="warm", doubling=None)
            for run in regime.runs(100).values()
        }
        assert len(plain) == 1


def test_the_regime_of_label_noise_differs_from_its_clean_one_in_that_alone():
    clean, noisy = (REGIMES[name].runs(100) for name in ("C16", "C16-noise"))
    assert {run.label_noise for run in noisy.values()} == {0.2}
    assert {n: dataclasses.replace(run, label_noise=0) for n, run in noisy.items()} == clean


def test_an_unknown_regime_is_refused():
    expected = "regimes must be among C16, C16-noise, R16, W64, W64-slow, MLP; they have"
    with pytest.raises(ValueError, match=expected):
        planned(["C16", "huge"])
