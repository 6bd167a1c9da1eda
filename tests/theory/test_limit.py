"""The mean field against its own definition step by step, and against the simulator."""

import time

import numpy as np
import pytest

import featsim
from featsim import theory


def train(L, p, tau, gamma, points, missing):
    """Algorithm 2 on expected counts, one class: most frequent feature first, again and again."""
    L, steps = set(L), []
    while True:
        rest = [k for k in range(len(p)) if k not in L]
        counts = {k: points * p[k] * missing(L) for k in rest}
        best = max(rest, key=lambda k: (counts[k], -k), default=None)
        if best is None or counts[best] < gamma:
            return L, steps
        L.add(best)
        steps.append((best, counts[best]))


@pytest.mark.parametrize("tau", [1, 2, 4])
def test_algorithm_on_expectations(tau):
    rng = np.random.default_rng(tau)
    C, K, J, n, gamma = 2, 8, 6, 1_000, 45.0
    p = np.round(rng.random((C, K)) * 0.4, 2)
    p[1, 3:5] = 0.21  # a tie
    config = featsim.Config(
        classes=C, features=K, experiments=J, points_per_chunk=n, gamma=gamma, tau=tau
    )
    got = theory.mean_field(config, p)

    for c in range(C):

        def missing(L, row=p[c]):
            mask = np.isin(np.arange(K), list(L))
            one = theory.exact_accuracy(np.stack([mask, mask]), np.stack([row, row]), tau)
            return 2 * (1 - one)

        for init in ("random", "warm", "ideal"):
            L = set()
            for j in range(1, J + 1):
                start = set() if init == "random" else L
                chunks = 1 if init == "warm" else j
                L, steps = train(start, p[c], tau, gamma, chunks * n / C, missing)
                now = got.sel(init=init, experiment=j).isel({"class": c})
                assert set(np.flatnonzero(now.learned)) == L
                counts = np.full(K, -1.0)
                for k, count in steps:
                    counts[k] = count
                np.testing.assert_allclose(now.learn_count, counts, rtol=1e-12)
                order = [int(k) for k in np.argsort(now.learn_step) if now.learn_step[k] >= 0]
                assert order == [k for k, _ in steps]


def test_points_are_expectations():
    config = featsim.Config(features=6, experiments=4, gamma=30, points_per_chunk=400)
    got = theory.mean_field(config)
    assert got.nonzero_gradient_points.sel(init="random").values.tolist() == [400, 800, 1200, 1600]
    for init, chunks in (("warm", [1, 1, 1]), ("ideal", [2, 3, 4])):
        one = got.sel(init=init)
        below = 2 * (1 - one.exact_accuracy.values[:-1])  # C = 2
        np.testing.assert_allclose(
            one.nonzero_gradient_points[1:], 400 * np.array(chunks) * below, rtol=1e-12
        )
    below = 2 * (1 - got.exact_accuracy)
    np.testing.assert_allclose(got.memorized_points, 400 * below * got.experiment, rtol=1e-12)


def test_shape_and_names_are_those_of_simulate():
    config = featsim.Config(features=6, experiments=3, points_per_chunk=20, test_points=20, gamma=2)
    out = featsim.simulate(config, seeds=(4, 2), inits=("ideal", "cold"), workers=1)
    limit = theory.mean_field(config, out.frequencies, inits=("ideal", "cold"))
    assert set(limit.variables) == set(out.variables)
    for name in out.variables:
        assert limit[name].dims == out[name].dims
        assert limit[name].shape == out[name].shape
        assert limit[name].attrs == out[name].attrs
    for coordinate in out.coords:
        np.testing.assert_array_equal(limit[coordinate], out[coordinate])
    limit.to_netcdf()


def test_frequencies_default_to_seed_zero_or_the_configuration():
    config = featsim.Config(features=5, experiments=2, points_per_chunk=20, gamma=2)
    drawn = featsim.simulate(config, seeds=1, workers=1).frequencies[0]
    np.testing.assert_array_equal(theory.mean_field(config).frequencies, drawn)
    given = config.replace(frequencies=np.full((2, 5), 0.25))
    np.testing.assert_array_equal(theory.mean_field(given).frequencies, np.full((2, 5), 0.25))


def test_any_number_of_points_costs_the_same_and_gives_the_same():
    config = featsim.Config()
    huge = config.replace(points_per_chunk=10**12, gamma=50 * 10**9)
    small = theory.mean_field(config)
    start = time.process_time()
    large = theory.mean_field(huge)
    assert time.process_time() - start < 0.5
    np.testing.assert_array_equal(large.learned, small.learned)
    np.testing.assert_allclose(
        large.nonzero_gradient_points, small.nonzero_gradient_points * 10**9, rtol=1e-12
    )


def test_the_simulator_converges():
    """Counts of points over n are within a few times n^(−1/2) of the limit, and the sets agree."""
    p = np.array([[0.5, 0.3, 0.11, 0.04], [0.4, 0.22, 0.15, 0.02]])
    for n in (4_000, 64_000, 1_024_000):
        config = featsim.Config(
            features=4, points_per_chunk=n, experiments=4, gamma=0.05 * n, tau=2, test_points=0,
            frequencies=p,
        )  # fmt: skip
        out = featsim.simulate(config, seeds=3, workers=1)
        limit = theory.mean_field(config)
        np.testing.assert_array_equal(out.learned, limit.learned.broadcast_like(out.learned))
        for name in ("nonzero_gradient_points", "memorized_points"):
            assert float(abs(out[name] - limit[name]).max()) / n < 5 * n**-0.5


def test_bad_input():
    config = featsim.Config(features=3, tau=2)
    with pytest.raises(ValueError, match=r"frequencies must have the shape \(2, 3\)"):
        theory.mean_field(config, np.ones((2, 4)))
    with pytest.raises(ValueError, match=r"not 2\.0"):
        theory.mean_field(config, np.full((2, 3), 2.0))
    with pytest.raises(ValueError, match="inits must be among"):
        theory.mean_field(config, inits="lukewarm")
    for change in ({"drift": 0.1}, {"window": 2}, {"max_strength": 2}, {"label_noise": 0.1}):
        (name,) = change
        beyond = config.replace(**change)
        for user, ask in {
            "accuracy_gap": lambda: theory.accuracy_gap(beyond, None, [5.0]),  # noqa: B023
            "best_schedule": lambda: theory.best_schedule(beyond, 0.1),  # noqa: B023
            "critical": lambda: theory.critical(beyond),  # noqa: B023
            "fluctuations": lambda: theory.fluctuations(beyond),  # noqa: B023
            "trade_off": lambda: theory.trade_off(beyond),  # noqa: B023
        }.items():
            with pytest.raises(ValueError, match=f"{name} must be .* for {user}, not"):
                ask()
