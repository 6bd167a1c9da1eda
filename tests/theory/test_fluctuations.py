"""The estimated deviations against the spread of many simulations with the same frequencies."""

import numpy as np
import pytest

import featsim
from featsim import theory


@pytest.mark.parametrize(
    ("points", "features", "init"),
    [
        (1_000, 50, "random"),
        (20_000, 50, "random"),
        (1_000, 150, "random"),
        (1_000, 50, "doubling"),
        (1_000, 50, "keep:1,0.5"),
    ],
)
def test_spread_of_the_simulator(points, features, init):
    """Root mean squares over settings and experiments agree within a quarter."""
    estimated, simulated = [], []
    for seed in range(4):
        p = np.random.default_rng(seed).random((2, features)) * 0.2
        config = featsim.Config(
            features=features, points_per_chunk=points, gamma=points / 20, experiments=8,
            test_points=0, frequencies=p,
        )  # fmt: skip
        one = theory.fluctuations(config, inits=init)
        names = list(one.data_vars)
        assert names == ["learned_features", "exact_accuracy"]
        estimated.append(one)
        out = featsim.simulate(config, seeds=60, inits=init, workers=1)
        simulated.append(out[names].std("seed", ddof=1))
    for name in names:
        root = [
            np.sqrt(np.mean([(part[name] ** 2).mean("experiment") for part in parts]))
            for parts in (estimated, simulated)
        ]
        assert root[0] == pytest.approx(root[1], rel=0.25)


def test_seeds_and_certainty():
    config = featsim.Config(features=4, tau=2, points_per_chunk=10**12, gamma=10**11, experiments=3)
    p = [[[0.9, 0.5, 0.4, 0.0], [0.9, 0.5, 1.0, 0.05]]] * 2
    got = theory.fluctuations(config, p)
    assert got.learned_features.dims == ("seed", "init", "experiment")
    assert got.learned_features.shape == (2, 3, 3)
    assert np.isfinite(got.learned_features).all()
    assert float(got.learned_features.max()) < 1e-6
    assert float(got.exact_accuracy.max()) < 1e-6
    alone = theory.fluctuations(config, p[0])
    np.testing.assert_array_equal(got.learned_features[1], alone.learned_features)
    warm = got.learned_features.sel(init="warm")
    np.testing.assert_array_equal(warm, warm.sel(experiment=1).broadcast_like(warm))
