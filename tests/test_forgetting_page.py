"""The page on forgetting is what its program writes, and its words are true of its numbers."""

from pathlib import Path

import numpy as np
import pytest

from docs.programs import forgetting

SEEDS = 10


@pytest.fixture(scope="module")
def result():
    return forgetting.simulate(forgetting.PAPER, [init for _, init in forgetting.POLICIES], SEEDS)


def test_the_page_is_what_the_program_writes():
    page = (Path(__file__).parents[1] / "docs" / "forgetting.md").read_text(encoding="utf-8")
    assert page == forgetting.page(SEEDS)


def test_what_it_says(result):
    last, mean, T = (result[name].mean("seed") for name in ("last", "mean", "training_time"))

    def of(init):
        return last.sel(init=init).item(), mean.sel(init=init).item(), T.sel(init=init).item()

    doubling, warm, ideal = of("doubling"), of("warm"), of("ideal")
    assert doubling[2] < warm[2] < ideal[2] / 5
    assert 0 < ideal[0] - doubling[0] < 0.25
    assert of("doubling:1.3")[1] > doubling[1]
    for k in (5, 10, 25):
        assert of(f"every:{k}")[1] < of("doubling:1.3")[1]
        assert of(f"every:{k}")[2] > of("doubling:1.3")[2]
    for share in ("keep:1,0.98", "keep:1,0.9", "keep:1,0.5"):
        assert of(share)[0] < doubling[0]
        assert of(share)[2] > doubling[2]
    for features, without in (("keep:0.5,0", "ideal"), ("forget_features", "warm")):
        assert of(features)[0] == pytest.approx(of(without)[0], abs=0.05)
        assert of(features)[2] > 4 * of(without)[2]


def test_the_last_is_as_good_as_ideal_where_it_forgets(result):
    for init in (forgetting.and_the_last(2.0), forgetting.and_the_last(1.3), "at:50"):
        np.testing.assert_allclose(
            result["last"].sel(init=init), result["last"].sel(init="ideal"), atol=0.05
        )
    assert forgetting.and_the_last(2.0) == "at:2,4,8,16,32,50"


def test_bounds_are_those_of_the_statement(result):
    cheap, reached = forgetting.bounds(result)
    price = result["training_time"].sel(init="doubling") / result["training_time"].sel(init="warm")
    assert cheap == np.count_nonzero(price <= 3) == SEEDS
    right = [
        result["accuracy"].sel(init="doubling", experiment=j, seed=s)
        >= result["accuracy"].sel(init="random", experiment=-(-j // 2), seed=s)
        for j in range(1, 51)
        for s in range(SEEDS)
    ]
    assert reached == np.mean(right)
