"""The mean field of shares and schedules: Algorithm 2 on all combinations, and the simulator."""

import itertools

import numpy as np
import pytest

import featsim
from featsim import theory


def train(L, mass, has, n, gamma, tau):
    """Algorithm 2 on masses of combinations; the features learned with their counts."""
    L, steps = set(L), []
    while True:
        below = has[:, sorted(L)].sum(axis=1) < tau
        rest = [k for k in range(has.shape[1]) if k not in L]
        counts = {k: n * mass[below & has[:, k]].sum() for k in rest}
        best = max(rest, key=lambda k: (counts[k], -k), default=None)
        if best is None or counts[best] < gamma:
            return L, steps
        L.add(best)
        steps.append((best, counts[best]))


def kept_parts(L, share):
    """Return every part of L that may be kept, with its probability."""
    parts = itertools.product((False, True), repeat=len(L))
    for part in parts:
        probability = np.prod([share if kept else 1.0 - share for kept in part])
        if probability > 0:
            yield {k for k, kept in zip(sorted(L), part, strict=True) if kept}, probability


def experiments(p, n, gamma, tau, J, init, forgets):
    """One class by the letter of Algorithms 2 to 5, whatever part of the features is kept."""
    has = np.array(list(itertools.product((False, True), repeat=len(p))))
    share = np.where(has, p, 1.0 - p).prod(axis=1)
    memorized = np.zeros((J, len(has)))  # share of the points of each chunk and combination
    L = set()
    for j in range(J):
        forgetting = j + 1 in forgets
        if forgetting:
            memorized *= init.keep_memorized
        mass = (share * (1.0 - memorized[: j + 1])).sum(axis=0)
        active, learnable, ends = 0.0, [], []
        for R, probability in kept_parts(L, init.keep_learned if forgetting else 1.0):
            below = has[:, sorted(R)].sum(axis=1) < tau
            active += probability * n * mass[below].sum()
            counts = n * (mass * below) @ has
            learnable.append(sum(counts[k] >= gamma for k in range(len(p)) if k not in R))
            ends.append(train(R, mass, has, n, gamma, tau))
        L = ends[0][0]
        assert all(end == L for end, _ in ends)
        memorized[: j + 1, has[:, sorted(L)].sum(axis=1) < tau] = 1.0
        stored = n * (share * memorized[: j + 1]).sum()
        yield L, [steps for _, steps in ends], active, stored, learnable


POLICIES = [
    featsim.Init("forget_features", 0, 1),
    featsim.Init("noise at times", 1, 0, featsim.At((3, 4, 7))),
    featsim.Init("share of noise", 1, 0.7),
    featsim.Init("features, share of noise", 0, 0.6),
    featsim.Init("features, share of noise, at times", 0, 0.9, featsim.Every(3)),
    featsim.Init("shares", 0.5, 0.4),
    featsim.Init("shares at doublings", 0.3, 0.8, featsim.Doubling(1.5)),
    featsim.Init("share of features", 0.5, 1),
    featsim.Init("share of features, no noise", 0.5, 0),
]


@pytest.mark.parametrize("init", POLICIES, ids=lambda init: init.name)
@pytest.mark.parametrize("tau", [1, 2, 3])
def test_algorithm_on_expectations(init, tau):
    rng = np.random.default_rng(tau)
    K, J, n, gamma = 6, 8, 500.0, 60.0
    p = np.round(rng.random((2, K)) * 0.4, 3)
    p[1, 3:5] = 0.21  # a tie
    config = featsim.Config(
        features=K, experiments=J, points_per_chunk=1_000, gamma=gamma, tau=tau, test_points=0
    )
    got = theory.mean_field(config, p, inits=init).isel(init=0)
    before = featsim.schedules.forgets(init.when, [1_000] * J)
    forgets = set((np.flatnonzero(before) + 1).tolist())
    runs = [list(experiments(row, n, gamma, tau, J, init, forgets)) for row in p]
    grown = {len(L) for run in runs for L, *_ in run}
    for j in range(J):
        now = got.isel(experiment=j)
        for c in range(2):
            L, steps, *_ = runs[c][j]
            assert set(np.flatnonzero(now.learned[c])) == L
            counts = now.learn_count.values[c]
            certain = np.full(K, -1.0)
            for k, count in steps[-1]:  # the last part that may be kept is all that may
                certain[k] = count
            if len(steps) == 1:
                np.testing.assert_allclose(counts, certain, rtol=1e-11)
            else:
                some = {k for part in steps for k, _ in part}
                always = {k for k in some if all(k in dict(part) for part in steps)}
                assert set(np.flatnonzero(np.isnan(counts))) == some - always
                for k in always:
                    assert counts[k] == pytest.approx(certain[k], rel=1e-11)
        parts = [run[j] for run in runs]
        for name, i in (("nonzero_gradient_points", 2), ("memorized_points", 3)):
            assert float(now[name]) == pytest.approx(sum(x[i] for x in parts), rel=1e-11)
        chance = any(len(x[4]) > 1 for x in parts)
        expected = np.nan if chance else sum(x[4][0] for x in parts)
        np.testing.assert_equal(float(now.learnable_features), expected)
    assert len(grown) > 1 or init.keep_memorized == 1


def test_the_simulator_converges():
    """The learned sets agree; points and features are within a few times n^(−1/2) of the limit."""
    p = np.array([[0.5, 0.3, 0.11, 0.04], [0.4, 0.22, 0.15, 0.02]])
    whole = [init for init in POLICIES if init.keep_learned in (0, 1)]
    for n in (64_000, 1_024_000):
        config = featsim.Config(
            features=4, points_per_chunk=n, experiments=6, gamma=0.0785 * n, tau=2, test_points=0,
            frequencies=p,
        )  # fmt: skip
        out = featsim.simulate(config, seeds=2, inits=whole, workers=1)
        limit = theory.mean_field(config, inits=whole)
        np.testing.assert_array_equal(out.learned, limit.learned.broadcast_like(out.learned))
        np.testing.assert_array_equal(
            out.learnable_features, limit.learnable_features.broadcast_like(out.learnable_features)
        )
        for name in ("nonzero_gradient_points", "memorized_points", "learn_count"):
            assert float(abs(out[name] - limit[name]).max()) / n < 5 * n**-0.5


def test_chance_of_features_averages_to_the_limit():
    """Which features are kept is drawn anew by seed; the mean over seeds is the expectation."""
    p = np.array([[0.5, 0.3, 0.11, 0.04], [0.4, 0.22, 0.15, 0.02]])
    init = featsim.Init("shares", 0.5, 0.4)
    n, seeds = 20_000, 400
    config = featsim.Config(
        features=4, points_per_chunk=n, experiments=3, gamma=0.07 * n, tau=2, test_points=0,
        frequencies=p,
    )  # fmt: skip
    out = featsim.simulate(config, seeds=seeds, inits=init, workers=1).nonzero_gradient_points
    limit = theory.mean_field(config, inits=init).nonzero_gradient_points
    error = out.std("seed", ddof=1) / np.sqrt(seeds)
    assert (abs(out.mean("seed") - limit)[0, 1:] < 4 * error[0, 1:]).all()
