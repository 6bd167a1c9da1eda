"""What section 3.1 reads off Figure 3, on its ten seeds."""

import numpy as np
import pytest

import featsim


@pytest.fixture(scope="module")
def figure():
    return featsim.simulate(featsim.Config(), seeds=10)


@pytest.fixture(scope="module")
def series(figure):
    random, warm, ideal = (
        figure[["test_accuracy", "exact_accuracy", "learned_features"]].sel(init=init, drop=True)
        for init in ("random", "warm", "ideal")
    )
    return random, warm, ideal, random.std("seed", ddof=1)


def test_random_and_ideal_are_nearly_identical(series):
    random, _, ideal, spread = series
    gap = ideal - random
    # Means over the seeds differ by less than half of what one seed differs from another, at
    # every experiment, and by nothing to be seen at the end.
    assert (np.abs(gap.mean("seed")) < spread / 2).all().to_array().all()
    assert (np.abs(gap.mean("seed")) < spread / 20).isel(experiment=-1).to_array().all()
    # Both learn a feature when about γ points without τ others carry it. They may part only there.
    assert np.abs(gap.learned_features).max() <= 3


def test_warm_is_clearly_lower(series):
    random, warm, _, spread = series
    gap = (warm - random).sel(experiment=slice(2, None))
    assert (gap < 0).all().to_array().all()  # in every seed, from the second experiment on
    late = slice(10, None)
    assert (gap < -5 * spread).sel(experiment=late).all().to_array().all()


def test_training_time(figure):
    time = figure.nonzero_gradient_points.sum("experiment")
    random, warm, ideal = (time.sel(init=init) for init in ("random", "warm", "ideal"))
    assert (random == 1_000 * 50 * 51 // 2).all()  # from scratch, no point is well classified
    # The order of Theorem 3.6 in every seed, by factors that no seed could blur.
    assert (warm < ideal / 2).all()
    assert (ideal < random / 2).all()
