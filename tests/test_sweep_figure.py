"""The phase diagram shows the gap of ``simulate``, and over it the limit's prediction."""

import numpy as np
import pytest

import featsim
from figures import _registry, phase_diagram

CONFIG = featsim.Config(experiments=6)
NOISE = {"gamma": (15.0, 50.0, 150.0), "tau": (1, 2, 4)}
DATA = {"features": (10, 50), "max_frequency": (0.1, 0.3)}


def gap(result):
    last = 100 * result["exact_accuracy"].isel(experiment=-1).mean("seed")
    return float(last.sel(init="random") - last.sel(init="warm"))


@pytest.fixture(scope="module")
def drawn():
    return phase_diagram.draw(CONFIG, noise=NOISE, data=DATA, seeds=3)


@pytest.mark.parametrize(
    ("plane", "setting"),
    [
        ("noise", {"gamma": 50.0, "tau": 2}),
        ("noise", {"gamma": 15.0, "tau": 4}),
        ("data", {"features": 10, "max_frequency": 0.3}),
        ("data", {"features": 50, "max_frequency": 0.1}),
    ],
)
def test_gap_is_that_of_simulate_and_of_the_limit(drawn, plane, setting):
    _, result = drawn
    config = CONFIG.replace(**setting)
    direct = featsim.simulate(config, seeds=3)
    limit = featsim.theory.mean_field(config, direct.frequencies)
    assert float(result[f"{plane}_gap"].sel(setting)) == pytest.approx(gap(direct), abs=1e-9)
    assert float(result[f"{plane}_predicted"].sel(setting)) == pytest.approx(gap(limit), abs=1e-9)


def test_the_text_tells_the_levels_that_are_drawn(drawn):
    numbers = " and ".join(
        ", ".join(f"{level:g}" for level in levels)
        for levels in (phase_diagram.LEVELS[:-1], phase_diagram.LEVELS[-1:])
    )
    text = " ".join(_registry.text("phase_diagram").split())
    assert f"On the lines the gap is {numbers} percentage points" in text
    figure, _ = drawn
    for ax in figure.axes[:2]:
        for lines in ax.collections[1:]:
            assert tuple(lines.levels) == phase_diagram.LEVELS
    written = {text.get_text() for ax in figure.axes[:2] for text in ax.texts}
    assert written <= {f"{level:g}" for level in phase_diagram.LEVELS}
    assert written


def test_what_is_drawn(drawn):
    figure, result = drawn
    left, right, bar = figure.axes
    for ax, plane in ((left, "noise"), (right, "data")):
        mesh, *contours = ax.collections
        np.testing.assert_array_equal(mesh.get_array(), result[f"{plane}_gap"].to_numpy().T)
        assert mesh.get_clim() == (
            0,
            max(float(result[f"{p}_gap"].max()) for p in ("noise", "data")),
        )
        assert [tuple(lines.levels) for lines in contours] == [phase_diagram.LEVELS] * 2
    assert left.get_xscale() == "log"
    assert [left.get_xlabel(), left.get_ylabel()] == [
        "Strength of the noise, γ",
        "Features to classify a point, τ",
    ]
    assert [right.get_xlabel(), right.get_ylabel()] == [
        "Features of a class, K",
        "Largest frequency of a feature",
    ]
    texts = [text.get_text() for text in left.get_legend().get_texts()]
    assert texts == ["simulated", "mean-field limit"]
    assert bar.get_ylabel() == "Random − warm (percentage points)"
