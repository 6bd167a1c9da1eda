"""Policies of forgetting: what a text spells, when a schedule forgets, and what is refused."""

import math

import numpy as np
import pytest
import xarray as xr

import featsim
from featsim.inits import resolve, spelled
from featsim.schedules import forgets

DOUBLING = featsim.Doubling()


@pytest.mark.parametrize(
    ("text", "shares", "when"),
    [
        ("random", (0, 0), "always"),
        ("cold", (0, 0), "always"),
        ("warm", (1, 1), "always"),
        ("ideal", (1, 0), "always"),
        ("forget_features", (0, 1), "always"),
        ("doubling", (1, 0), DOUBLING),
        ("doubling:1.3", (1, 0), featsim.Doubling(1.3)),
        ("every:10", (1, 0), featsim.Every(10)),
        ("at:4,10,20", (1, 0), featsim.At((4, 10, 20))),
        ("keep:0.3,0.6", (0.3, 0.6), "always"),
        ("keep:1,0.5@every:2", (1, 0.5), featsim.Every(k=2)),
        ("random@doubling", (0, 0), featsim.Doubling(factor=2)),
    ],
)
def test_what_a_text_spells(text, shares, when):
    assert spelled(text) == featsim.Init(text, *shares, when)
    assert [init.name for init in resolve(text)] == [text]


def test_arguments_by_position_or_name():
    by_name = featsim.Init(
        name="a", keep_learned=True, keep_memorized=0.25, when=featsim.At(experiments=[2, 5])
    )
    assert by_name == featsim.Init("a", 1.0, 0.25, featsim.At((2, 5)))
    assert featsim.Init("a", False, True).when == "always"


def places(when, sizes):
    """Return the experiments before which a schedule forgets, from 1."""
    return [j for j, before in enumerate(forgets(when, sizes), 1) if before]


@pytest.mark.parametrize(
    ("when", "sizes", "expected"),
    [
        ("always", [1] * 4, [2, 3, 4]),
        (featsim.Every(1), [1] * 4, [2, 3, 4]),
        (featsim.Every(3), [1] * 10, [3, 6, 9]),
        (featsim.At((2, 5, 99)), [1] * 6, [2, 5]),
        (featsim.At(()), [1] * 6, []),
        (DOUBLING, [7] * 33, [2, 4, 8, 16, 32]),
        (featsim.Doubling(1.5), [1] * 12, [2, 3, 5, 8, 12]),
        (DOUBLING, [0, 5, 1, 4, 9], [2, 4]),  # 5 of 0, 10 of 5; 19 is not twice 10
        (DOUBLING, [0, 0, 5], [2, 3]),
        (DOUBLING, [4, 0, 3, 1, 0, 8], [4, 6]),
        ("always", [9], []),
    ],
)
def test_when_a_schedule_forgets(when, sizes, expected):
    assert places(when, sizes) == expected


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: featsim.Init("a", 1.5, 0), ValueError, r"keep_learned must .* \[0, 1\], not 1\.5"),
        (lambda: featsim.Init("a", 0, -0.1), ValueError, r"keep_memorized .* \[0, 1\], not -0\.1"),
        (lambda: featsim.Init("a", math.nan, 0), ValueError, "keep_learned must be .*, not nan"),
        (lambda: featsim.Init("a", 0.5, "no"), TypeError, "keep_memorized must be .*, not 'no'"),
        (lambda: featsim.Init("", 1, 0), TypeError, "name must be a text .*, not ''"),
        (lambda: featsim.Init("a", 1, 0, "often"), ValueError, "when must be .*, not 'often'"),
        (lambda: featsim.Init("a", 1, 0, 3), TypeError, "when must be .*, not 3"),
        (lambda: featsim.Init("a", 1, 0, np.ones(2)), TypeError, "when must be .*, not array"),
        (lambda: featsim.Doubling(1), ValueError, "factor must be .* above 1, not 1"),
        (lambda: featsim.Doubling(math.inf), ValueError, "factor must be .* above 1, not inf"),
        (lambda: featsim.Doubling("2"), TypeError, "factor must be .* above 1, not '2'"),
        (lambda: featsim.Every(0), ValueError, "k must be an integer of at least 1, not 0"),
        (lambda: featsim.Every(2.5), TypeError, r"k must be an integer of at least 1, not 2\.5"),
        (lambda: featsim.At((1, 3)), ValueError, "experiment must be .* at least 2, not 1"),
        (lambda: featsim.At((4, 3)), ValueError, r"experiments must be increasing, not \(4, 3\)"),
        (lambda: featsim.At((4, 4)), ValueError, r"experiments must be increasing, not \(4, 4\)"),
        (lambda: featsim.At((2.5,)), TypeError, r"experiment must be .* at least 2, not 2\.5"),
        (lambda: featsim.At(3), TypeError, "experiments must be increasing .*, not 3"),
        (lambda: featsim.At("3"), TypeError, "experiments must be increasing .*, not '3'"),
        (lambda: spelled("keep:2,0"), ValueError, "in inits 'keep:2,0', keep_learned must be"),
        (lambda: spelled("doubling:1"), ValueError, "in inits 'doubling:1', factor must be"),
        (lambda: spelled("every:x"), ValueError, "inits must be among .*, not 'every:x'"),
        (lambda: spelled("keep:0.3"), ValueError, "inits must be among .*, not 'keep:0.3'"),
        (lambda: spelled("warm@"), ValueError, "inits must be among .*, not 'warm@'"),
        (lambda: spelled("doubling@every:2"), ValueError, "inits must be .*, not 'doubling@every"),
    ],
)
def test_bad_input(make, error, message):
    with pytest.raises(error, match=message) as raised:
        make()
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize("workers", [2, 5])
def test_policies_do_not_depend_on_workers(workers):
    config = featsim.Config(
        classes=3, features=12, points_per_chunk=99, experiments=8, gamma=4, test_points=30
    )
    inits = ["doubling", "keep:0.4,0.7", "forget_features", "keep:1,0.5@every:3", "at:3,4"]
    one, more = (
        featsim.simulate(config, inits=inits, seeds=3, workers=n, gradient_rank=True)
        for n in (1, workers)
    )
    xr.testing.assert_identical(one, more)
    assert not np.array_equal(one.learn_count.sel(init="doubling"), one.learn_count.isel(init=1))
