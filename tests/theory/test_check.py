"""Assumptions and statements: on streams that meet and break them, and from the shell."""

import itertools
import subprocess
import sys
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import featsim
from featsim import __main__ as command
from featsim import theory
from featsim.theory.assumptions import heights
from featsim.theory.random_streams import random_case
from tests.theory import literal


@given(st.integers(0, 2**32 - 1))
@settings(max_examples=40, deadline=None)
def test_outcome_equals_the_literal_reference(seed):
    rng = np.random.default_rng(seed)
    n, C, K = int(rng.integers(1, 25)), int(rng.integers(1, 4)), int(rng.integers(1, 5))
    chunks = np.sort(rng.integers(0, 3, n))
    chunks -= chunks[0]
    stream = featsim.FeatureStream(rng.random((n, K)) < 0.5, rng.integers(0, C, n), chunks, C)
    gamma, tau = float(rng.choice([1, 1.5, 2, 3])), int(rng.integers(1, K + 2))
    outcome = theory.check(stream, gamma=gamma, tau=tau).outcome
    points = literal.points_of(stream)
    for init in ("random", "warm", "ideal"):
        runs = literal.experiments(stream, gamma, tau, init)
        T = itertools.accumulate(run.nonzero_gradient for run in runs)
        assert outcome.training_time[init] == list(T)
        expected = [literal.accuracy(points, run.learned, C, tau) for run in runs]
        assert outcome.accuracy[init] == expected


@given(st.integers(0, 2**32 - 1), st.integers(1, 4), st.integers(1, 5))
@settings(max_examples=60, deadline=None)
def test_heights_are_h_for_every_set(seed, K, tau):
    rng = np.random.default_rng(seed)
    n = 20
    stream = featsim.FeatureStream(
        rng.random((n, K)) < 0.5, rng.integers(0, 2, n), np.zeros(n, int)
    )
    table = theory.Combinations.of(stream)
    for c in range(table.num_classes):
        got = heights(table, c, tau, np.zeros((0, K), bool))
        assert got.complete
        assert sorted(map(tuple, got.sets)) == sorted(itertools.product((False, True), repeat=K))
        assert (np.diff(got.sets.sum(axis=1)) >= 0).all()
        for L, below, margin in zip(got.sets, got.below, got.margin, strict=True):
            learned = np.zeros((table.num_classes, K), bool)
            learned[c] = L
            np.testing.assert_array_equal(below, np.rint(n * theory.h(table, learned, tau)[c]))
            fewer = theory.h(table, learned, tau - 1)[c] if tau > 1 else 0
            np.testing.assert_array_equal(margin, below - np.rint(n * fewer))


def test_many_features_are_not_enumerated():
    config = featsim.Config(features=70, experiments=3, points_per_chunk=100, gamma=5)
    report = theory.check(featsim.sample_stream(config, 0), gamma=5, tau=3)
    assert report.assumption_3_1.holds is False
    one = theory.check(featsim.FeatureStream(np.eye(20, dtype=bool)[:1], [0], [0]), gamma=1, tau=1)
    assert one.different_counts_in_proof.holds is False
    few = np.tri(20, 20, dtype=bool)  # feature k is in 20 − k points: no tie in what occurs
    stream = featsim.FeatureStream(few, np.zeros(20, int), np.zeros(20, int))
    assert theory.check(stream, gamma=30, tau=2).different_counts_in_proof.holds is None


def test_unequal_chunks_are_named():
    stream = theory.balanced_stream([[False], [True]], [2, 3], [0, 0], 3)
    chunks = stream.chunks.copy()
    chunks[-1] = 1  # one of {0} comes a chunk early
    moved = featsim.FeatureStream(stream.features, stream.labels, chunks)
    verdict = theory.check(moved, gamma=2, tau=1).assumption_3_1
    assert verdict.holds is False
    assert verdict.reason == "chunk 2 has 4 points of class 0 with the features {0}, chunk 1 has 3"


def test_a_missing_combination_is_named():
    A = [[False, False], [True, False], [True, True]]
    verdict = theory.check(theory.balanced_stream(A, [1, 1, 1], [0] * 3, 2), gamma=2, tau=1)
    assert verdict.assumption_3_1.reason == "no point of class 0 has the features {1} alone"


def test_ties_are_named():
    A = list(itertools.product((False, True), repeat=2))
    report = theory.check(theory.balanced_stream(A, [1, 2, 2, 1], [0] * 4, 2), gamma=9, tau=1)
    assert "features 0 and 1 of class 0 both have n h(v; L) = 3 for L = {}" in str(report)
    other = theory.check(theory.balanced_stream(A, [1, 3, 2, 1], [0] * 4, 2), gamma=9, tau=1)
    assert other.different_counts.holds is False  # τ = 1: both are 0 once both are learned
    assert other.different_counts_in_proof.holds


def test_thresholds_are_named():
    A = list(itertools.product((False, True), repeat=3))
    stream = theory.balanced_stream(A, [1, 1, 2, 3, 4, 5, 6, 7], [0] * 8, 2)
    few = theory.check(stream, gamma=23, tau=2).enough_frequent_features
    assert few.reason.startswith("class 0 has 0 features in at least 23 points")
    assert theory.check(stream, gamma=22, tau=2).enough_frequent_features.holds
    every = theory.check(stream, gamma=1, tau=2).enough_frequent_features
    assert every.reason == "class 0 has no feature in fewer than 1 points of the chunk"


def test_report_is_readable_and_exact():
    stream = theory.balanced_stream(
        list(itertools.product((False, True), repeat=2)) * 2, [1, 1, 2, 3] * 2, [0] * 4 + [1] * 4, 4
    )
    report = theory.check(stream, gamma=5, tau=1)
    assert report.prediction.delta == Fraction(1, 14)
    assert report.prediction.bound == 5
    assert report.prediction.training_time["warm"] == [14, 18, 22, 26]
    text = str(report)
    assert (
        "G = class 0 {0}, class 1 {0}; δ = 1/14; γ/(δ n) = 5: strict gap from experiment 6" in text
    )
    assert "Lemma D.3" in text


def test_bad_input():
    stream = featsim.FeatureStream(np.ones((1, 2), bool), [0], [1])
    with pytest.raises(ValueError, match="the first chunk of the stream must hold"):
        theory.check(stream, gamma=1, tau=1)
    with pytest.raises(ValueError, match="gamma must be"):
        theory.check(stream, gamma=0, tau=1)


def test_file_and_command(tmp_path, capsys):
    case = random_case(np.random.default_rng(3))
    path = tmp_path / "stream.nc"
    theory.save_stream(case.stream, path, gamma=case.gamma, tau=case.tau)
    again, kept = theory.load_stream(path)
    assert kept == {"gamma": case.gamma, "tau": case.tau}
    for name in ("features", "labels", "chunks"):
        np.testing.assert_array_equal(getattr(again, name), getattr(case.stream, name))
    assert command.main(["check", str(path)]) == 0
    expected = theory.check(case.stream, gamma=case.gamma, tau=case.tau)
    assert capsys.readouterr().out == f"{expected}\n"
    assert command.main(["check", str(path), "--gamma", "7", "--tau", "1"]) == 0
    assert "gamma = 7, tau = 1" in capsys.readouterr().out


def test_the_number_of_classes_is_the_streams(tmp_path):
    stream = featsim.FeatureStream(np.ones((1, 2), bool), [0], [0], 2)
    with pytest.raises(ValueError, match="settings must not hold num_classes, which is 2 in the"):
        theory.save_stream(stream, tmp_path / "stream.nc", num_classes=3)
    assert not list(tmp_path.iterdir())


def test_random_command(capsys):
    assert command.main(["check", "--random", "3", "--seed", "5"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("3 random balanced streams")
    assert "on 3 the simulator gives what is predicted" in out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "give either a file or --random, and not both"),
        (["--random", "0"], "random must be an integer of at least 1, not 0"),
        (["nowhere.nc"], "No such file"),
        ([__file__], "is not a NetCDF file"),
        (["--random", "2", "--gamma", "nan"], "gamma must not be given with --random"),
        (["--random", "2", "--tau", "-1"], "tau must not be given with --random"),
    ],
)
def test_bad_commands(arguments, message, capsys):
    assert command.main(["check", *arguments]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert message in captured.err
    assert len(captured.err.splitlines()) == 1


def test_a_file_without_the_variables(tmp_path, capsys):
    path = tmp_path / "other.nc"
    featsim.theory.mean_field(featsim.Config(features=3, tau=2)).to_netcdf(path)
    assert command.main(["check", str(path)]) == 2
    assert "must have the variable 'features'" in capsys.readouterr().err


def test_as_a_module():
    done = subprocess.run(
        [sys.executable, "-m", "featsim", "check", "--random", "x"], capture_output=True, text=True
    )
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
