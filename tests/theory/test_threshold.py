"""Critical γ, τ and experiment against the mean field on both sides of each."""

import math

import numpy as np
import pytest

import featsim
from featsim import theory


def gap(config):
    limit = theory.mean_field(config, inits=("random", "warm"))
    accuracy = limit.exact_accuracy.isel(experiment=-1)
    return float(accuracy.sel(init="random") - accuracy.sel(init="warm"))


def setting(seed, **changes):
    rng = np.random.default_rng(seed)
    fields = {"classes": 2, "features": 7, "points_per_chunk": 200, "experiments": 3, "tau": 2}
    fields |= {"gamma": 12.0, **changes}
    p = np.round(rng.random((fields["classes"], fields["features"])) ** 3, 3)
    return featsim.Config(frequencies=p, **fields)


@pytest.mark.parametrize("seed", range(8))
def test_the_gap_is_open_exactly_in_the_intervals(seed):
    config = setting(seed, experiments=2 + seed % 3, tau=1 + seed % 3)
    found = theory.critical(config)
    edges = sorted({end for interval in found.gamma_intervals for end in interval})
    tried = [edge * factor for edge in edges for factor in (1 - 1e-9, 1.0, 1 + 1e-9)]
    tried += np.geomspace(edges[0] / 2, edges[-1] * 2, 60).tolist()
    gaps = [gap(config.replace(gamma=gamma)) for gamma in tried]
    for gamma, expected in zip(tried, gaps, strict=True):
        inside = any(low < gamma <= high for low, high in found.gamma_intervals)
        assert (expected > 1e-15) == inside, gamma
        assert theory.accuracy_gap(config, None, gamma) == pytest.approx(expected, abs=1e-15)
    assert (found.gamma_open, found.gamma_close) == (edges[0], edges[-1])
    assert gap(config.replace(gamma=found.gamma_widest)) == pytest.approx(found.widest_gap)
    assert max(gaps) <= found.widest_gap + 1e-15


@pytest.mark.parametrize("seed", range(6))
def test_tau(seed):
    config = setting(seed)
    found = theory.critical(config)
    open_taus = [tau for tau in range(1, 7) if gap(config.replace(tau=tau)) > 0]
    assert open_taus
    assert (found.tau_open, found.tau_close) == (open_taus[0], open_taus[-1])


@pytest.mark.parametrize("seed", range(6))
def test_first_experiment(seed):
    config = setting(seed, gamma=20.0)
    first = theory.critical(config).first_experiment
    long = theory.mean_field(config.replace(experiments=first)).exact_accuracy
    gaps = (long.sel(init="random") - long.sel(init="warm")).values
    assert (gaps[:-1] == 0).all()
    assert gaps[-1] > 0


def test_no_gap_at_all():
    one = theory.critical(setting(0, experiments=1))
    assert one.gamma_intervals == ()
    assert math.isnan(one.gamma_open)
    assert math.isnan(one.gamma_widest)
    assert one.widest_gap == 0
    empty = featsim.Config(features=3, tau=1, frequencies=np.zeros((2, 3)))
    found = theory.critical(empty)
    assert (found.tau_open, found.tau_close, found.first_experiment) == (None, None, None)


def test_holes_between_intervals():
    config = featsim.Config(
        features=2, tau=1, experiments=2, points_per_chunk=200,
        frequencies=[[0.9, 0.05], [0.9, 0.05]],
    )  # fmt: skip
    found = theory.critical(config)
    np.testing.assert_allclose(found.gamma_intervals, [(0.5, 1.0), (90, 180)], rtol=1e-12)
    assert gap(config.replace(gamma=50)) == 0


def test_one_table_of_frequencies_is_asked_for():
    config, several = featsim.Config(features=3, tau=1), np.full((3, 2, 3), 0.5)
    changing = config.replace(experiments=3, frequencies=several)
    asked = [theory.critical, lambda *given: theory.accuracy_gap(*given, gammas=[5, 20])]
    for ask in (*asked, theory.trade_off):
        with pytest.raises(ValueError, match=r"frequencies must have the shape \(C, K\), not"):
            ask(config, several)
    for ask in (lambda config, _: theory.fluctuations(config), *asked):
        with pytest.raises(ValueError, match=r"frequencies must not change for (crit|acc|fluct)"):
            ask(changing, None)
