"""Every statement of the theory on random streams that meet the paper's assumptions."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from featsim import theory
from featsim.theory.random_streams import random_case

T_WARM, T_IDEAL = "T_warm < T_ideal", "T_ideal < T_cold"


@pytest.mark.slow
@given(st.integers(0, 2**32 - 1))
@settings(max_examples=1_000, deadline=None)
def test_random_streams_that_meet_the_assumptions(seed):
    case = random_case(np.random.default_rng(seed))
    report = theory.check(case.stream, gamma=case.gamma, tau=case.tau)
    assert_the_papers_statements(case, report)
    assert_statements_on_policies(case, report)


def assert_the_papers_statements(case, report):
    assert report.assumptions_hold
    assert report.as_predicted
    assert report.outcome.accuracy == report.prediction.accuracy
    for statement in report.statements:
        if not statement.text.startswith((T_WARM, T_IDEAL)):
            assert statement.holds is not False, statement
    # Strictness begins at the bound: below it the learned sets are the same.
    bound, ACC = report.prediction.bound, report.outcome.accuracy
    for j, (cold, warm) in enumerate(zip(ACC["random"], ACC["warm"], strict=True), 1):
        assert (warm < cold) == (j >= bound)
    # T_ideal < T_cold needs a class with tau features in an experiment before.
    enough = (report.prediction.learned["ideal"].sum(axis=-1) >= case.tau).any(axis=-1)
    ordered = report.statement("Theorem 3.6", T_IDEAL).by_experiment
    assert ordered == {j: bool(enough[: j - 1].any()) for j in ordered}


def assert_statements_on_policies(case, report):
    """Statements 1, 2, 3 and 5 hold, and the sharper bounds of their proofs."""
    of_policies = [one for one in report.statements if one.source.startswith("Policies")]
    assert len(of_policies) == 7
    assert all(one.holds for one in of_policies)
    T, J = report.outcome.training_time, case.stream.num_chunks
    n = len(case.stream) // J
    for name, r in (("doubling", Fraction(2)), ("doubling:1.5", Fraction(3, 2))):
        for j in range(1, J + 1):
            bound = (1 + r / (r - 1)) * T["warm"][j - 1] - r / (r - 1) * n
            assert T[name][j - 1] <= bound
