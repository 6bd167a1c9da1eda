"""Statements on policies: by the letter of the algorithms, on random streams, for all schedules."""

import itertools
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import featsim
from featsim import theory
from featsim.theory.prediction import predict
from featsim.theory.random_streams import every_combination, random_case
from featsim.theory.schedule_cost import cheapest, last_forgetting, starting_points
from tests.theory import literal


def schedules(J):
    """Return every set F of experiments 2 … J."""
    for chosen in itertools.product((False, True), repeat=J - 1):
        yield {j for j, member in enumerate(chosen, 2) if member}


def before(F, J):
    return [j in F for j in range(1, J + 1)]


def f(F, j):
    return max({1} | {d for d in F if d <= j})


@given(st.integers(0, 2**32 - 1))
@settings(max_examples=60, deadline=None)
def test_statements_1_and_2_by_the_letter(seed):
    """On any stream of equal chunks, ties and missing combinations or not, and for any F."""
    rng = np.random.default_rng(seed)
    C, K, J = int(rng.integers(1, 3)), int(rng.integers(1, 4)), int(rng.integers(1, 6))
    chunk = every_combination(rng.integers(0, 4, C << K), C, K)
    if chunk.points == 0:
        return
    stream = theory.balanced_stream(chunk.combinations, chunk.counts, chunk.labels, J)
    gamma, tau = float(rng.integers(1, chunk.points + 1)), int(rng.integers(1, K + 2))
    cold = [run.learned for run in literal.experiments(stream, gamma, tau, "random")]
    one = [V for V, _ in literal.points_of(stream)[: chunk.points]]
    N = [sum(len(V & L) < tau for V in one) for L in cold]
    for F in schedules(J):
        runs = literal.experiments(stream, gamma, tau, literal.keeping(F))
        assert [run.learned for run in runs] == [cold[f(F, j) - 1] for j in range(1, J + 1)]
        expected = [chunk.points] + [
            (j if j in F else 1) * N[f(F, j - 1) - 1] for j in range(2, J + 1)
        ]
        assert [run.nonzero_gradient for run in runs] == expected
        assert starting_points(chunk.points, N, before(F, J)).tolist() == expected
        outside = sum(N[f(F, j) - 1] for j in range(2, J + 1) if j not in F)
        inside = sum(d * N[f(F, d - 1) - 1] for d in F)
        assert sum(expected) == chunk.points + outside + inside  # statement 2 as it is written


@pytest.mark.parametrize("r", ["2", "1.5", "1.1", "1.01", "2.5", "3", "7.25", "100"])
def test_doublings(r):
    """f(j) > j/r, and the forgettings weigh at most r/(r − 1) (J − 1)."""
    factor = Fraction(float(r))
    for n in (1, 7, 1_000):
        J = 300
        forgets = featsim.schedules.forgets(featsim.Doubling(float(r)), [n] * J)
        last = last_forgetting(forgets)
        assert all(d > Fraction(j) / factor for j, d in enumerate(last.tolist(), 1))
        F = (np.flatnonzero(forgets) + 1).tolist()
        for j in range(1, J + 1):
            assert sum(d for d in F if d <= j) <= factor / (factor - 1) * (j - 1)
    if r == "2":
        assert F == [2, 4, 8, 16, 32, 64, 128, 256]
        assert all(2 * d >= j + 1 for j, d in enumerate(last.tolist(), 1))


def test_three_cannot_be_lower():
    """Where nothing is learned T of doubling comes as near to 3 T_warm as one likes."""
    for J in (2, 64, 4096):
        forgets = featsim.schedules.forgets(featsim.Doubling(), [10] * J)
        total = starting_points(10, [10] * J, forgets).sum()
        assert total == 10 * (3 * J - 1 - J.bit_length())
    assert total / (10 * J) > 2.99


@given(st.integers(0, 2**32 - 1), st.integers(1, 12))
@settings(max_examples=25, deadline=None)
def test_the_cheapest_of_all_schedules(seed, J):
    """Statement 5, exactly, against all 2^(J − 1) schedules."""
    rng = np.random.default_rng(seed)
    case = random_case(rng)
    chunk = theory.Combinations.of(case.stream, 0)
    told = predict(chunk, case.gamma, case.tau, J)
    n, N, ACC = chunk.points, told.below, told.accuracy["random"]
    costs = [(T, loss) for _, T, loss in every_schedule(n, N, ACC)]
    for price in (Fraction(1, 100 * n), Fraction(1, 3 * n), Fraction(1, n), Fraction(0)):
        F = cheapest(n, N, np.array(ACC), price)
        T, loss = schedule_cost(n, N, ACC, set(F))
        assert price * T + loss == min(price * t + lost for t, lost in costs)


def every_schedule(n, N, ACC):
    for F in schedules(len(N)):
        yield F, *schedule_cost(n, N, ACC, F)


def schedule_cost(n, N, ACC, F):
    J = len(N)
    T = n + sum((j if j in F else 1) * N[f(F, j - 1) - 1] for j in range(2, J + 1))
    return T, sum(ACC[j - 1] - ACC[f(F, j) - 1] for j in range(1, J + 1))


def setting(seed, **changes):
    rng = np.random.default_rng(seed)
    p = np.round(rng.random((2, 8)) * 0.4, 3)
    fields = {"features": 8, "tau": 2, "gamma": 40.0, "points_per_chunk": 600, "experiments": 10}
    return featsim.Config(frequencies=p, test_points=0, **(fields | changes))


@pytest.mark.parametrize("seed", range(6))
def test_best_schedule(seed):
    config = setting(seed)
    n = config.points_per_chunk
    cold = theory.mean_field(config, inits="random").isel(init=0)
    N = (cold.memorized_points / cold.experiment).values.tolist()
    ACC = cold.exact_accuracy.values.tolist()
    costs = [(T, loss) for _, T, loss in every_schedule(n, N, ACC)]
    for price in (1e-6, 1e-5, 1e-4, 1e-3, 1.0):
        best = theory.best_schedule(config, price)
        got = price * best.training_time + best.accuracy_loss
        assert got == pytest.approx(min(price * T + loss for T, loss in costs), rel=1e-12)
        policy = featsim.Init("best", 1, 0, best.when)
        limit = theory.mean_field(config, inits=policy).isel(init=0)
        assert best.training_time == pytest.approx(float(limit.nonzero_gradient_points.sum()))
        lost = float((cold.exact_accuracy - limit.exact_accuracy).sum())
        assert best.accuracy_loss == pytest.approx(lost, abs=1e-12)
    curve = theory.trade_off(config)
    points = [(one.training_time, one.accuracy_loss) for one in curve]
    np.testing.assert_allclose(points, lower_hull(costs), rtol=1e-9, atol=1e-12)
    assert curve[-1].accuracy_loss == 0
    assert len(curve) > 2
    for price in (1e-6, 1e-4, 1e-3):
        best = theory.best_schedule(config, price)
        assert any(
            price * one.training_time + one.accuracy_loss
            == pytest.approx(price * best.training_time + best.accuracy_loss, rel=1e-12)
            for one in curve
        )


def lower_hull(costs):
    """Return the corners of the lower convex hull from the least T to the least loss."""
    hull = []
    for T, loss in sorted(costs):
        if hull and loss >= hull[-1][1] - 1e-12:
            continue
        while len(hull) > 1 and cross(*hull[-2:], (T, loss)) <= 1e-9:
            hull.pop()
        hull.append((T, loss))
    return hull


def cross(a, b, c):
    """Return how far b lies below the chord from a to c, times its length."""
    return (c[0] - a[0]) * (a[1] - b[1]) - (b[0] - a[0]) * (a[1] - c[1])


def test_nothing_to_trade():
    config = setting(0, gamma=1e9)
    (only,) = theory.trade_off(config)
    assert only == theory.best_schedule(config, 1e-9)
    assert only.when == featsim.At(())
    assert only.training_time == config.points_per_chunk * config.experiments
    assert theory.trade_off(setting(0, experiments=1))[0].training_time == 600


@pytest.mark.parametrize("price", [0, -1, float("nan"), float("inf")])
def test_bad_prices(price):
    with pytest.raises(ValueError, match="price must be"):
        theory.best_schedule(setting(0), price)
    with pytest.raises(ValueError, match=r"frequencies must have the shape \(C, K\)"):
        theory.best_schedule(setting(0), 1, np.zeros((1, 2, 8)))
