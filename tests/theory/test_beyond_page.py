"""The programs of docs/beyond.md: their laws, their tables and what they draw."""

from pathlib import Path

import numpy as np
import pytest
import xarray as xr

import featsim
from docs.programs import beyond_borders, beyond_limit, beyond_scaling, marks
from figures import noise_spread, strong_features

PAGE = Path(__file__).parents[2] / "docs" / "beyond.md"
SMALL = beyond_scaling.Size(features=40, experiments=12, seeds=2, points=64, chunk_sizes=(64, 128))


def test_the_page_holds_every_table():
    page = PAGE.read_text(encoding="utf-8")
    for name in (
        "limit", "exponents", "time", "points", "border-drift", "border-gamma", "label-noise",
        "noise-spread", "arriving", "strong", "cost",
    ):  # fmt: skip
        rows = page.split(f"<!-- {name} -->")[1].split(f"<!-- end of {name} -->")[0]
        assert rows.count("\n|") > 3


def test_tables_are_put_between_their_marks(tmp_path):
    page = tmp_path / "page.md"
    page.write_text("a\n<!-- x -->\nold\n<!-- end of x -->\nb\n", encoding="utf-8")
    marks.write_between(page, {"x": "new"})
    assert page.read_text(encoding="utf-8") == "a\n<!-- x -->\n\nnew\n\n<!-- end of x -->\nb\n"


@pytest.mark.parametrize("init", [*beyond_scaling.INITS, *beyond_scaling.FORGOTTEN])
def test_chunks_that_count_are_those_of_the_mean_field(init):
    config = beyond_scaling.setting(1.5, SMALL)
    limit = featsim.theory.mean_field(config, inits=init).squeeze("init")
    chunks = beyond_scaling.chunks_that_count(init, 12)
    error, learned = beyond_scaling.limit(config, 32 * chunks)
    np.testing.assert_array_equal(2 * learned, limit.learned_features)
    floor = 1 - featsim.theory.exact_accuracy(np.ones((2, 40), bool), limit.frequencies, 1)
    np.testing.assert_allclose(error, 1 - limit.exact_accuracy - floor, rtol=1e-9)


@pytest.mark.parametrize("exponent", beyond_scaling.EXPONENTS)
def test_the_derived_exponents_are_those_of_many_chunks(exponent):
    found = beyond_scaling.endless(exponent)
    assert found == pytest.approx(beyond_scaling.law(exponent), abs=0.003)


def test_scaling_tables_and_picture():
    assert "| doubling" in beyond_scaling.exponents_table(SMALL)
    assert "ideal" in beyond_scaling.time_table(SMALL)
    assert "| 1.5 " in beyond_scaling.points_table(SMALL)
    figure = beyond_scaling.draw(SMALL)
    drawn = {line.get_label(): line for line in figure.axes[0].lines}
    measured = beyond_scaling.against_chunks(SMALL).sel(frequency_exponent=1.5, init="warm")
    np.testing.assert_array_equal(drawn["warm"].get_ydata(), measured.error.mean("seed"))


def test_borders():
    config = featsim.Config(features=10, experiments=6, points_per_chunk=100, gamma=8)
    both = beyond_borders.gaps(config, {"window": (1, 6), "drift": (0.0, 0.5)}, 2)
    assert dict(both["simulated"].sizes) == {"window": 2, "drift": 2, "seed": 2}
    alike = both["mean field"].sel(drift=0.0, window=1)
    np.testing.assert_allclose(alike, 0, atol=1e-9)  # a stationary stream, a window of one chunk


@pytest.mark.parametrize(
    ("values", "expected"),
    [([3.0, 1.0, -1.0], 4.0), ([1.0, 1.0, 2.0], np.inf), ([-1.0, -1.0, -2.0], 0.0)],
)
def test_the_border_is_where_warm_stops_to_win(values, expected):
    gap = xr.DataArray(values, {"window": [1, 2, 8]}, "window")
    assert beyond_borders.crossing(gap) == pytest.approx(expected)


def test_a_border_is_drawn_only_where_warm_wins_somewhere_and_loses_somewhere():
    rows = [[3.0, 1.0, -1.0], [1.0, 1.0, 2.0], [0.0, -1.0, -2.0]]
    gap = xr.DataArray(rows, {"drift": [0.0, 0.1, 1.0], "window": [1, 2, 8]}, ("drift", "window"))
    # Half of the way from 2 to 8 in log w; warm wins with all windows; it wins with none.
    np.testing.assert_allclose(beyond_borders.border(gap, "drift"), [1.5, np.nan, np.nan])


def test_the_picture_of_the_borders_says_where_there_is_none(monkeypatch):
    values = {"simulated": [[3.0, 1.0, -1.0]] * 2, "mean field": [[0.0, -1.0, -2.0]] * 2}

    def gap(plane, seeds):
        coords = {plane: [0.1, 1.0], "window": [1, 2, 8]}
        drawn = {
            name: xr.DataArray(rows, coords, (plane, "window")) for name, rows in values.items()
        }
        return xr.Dataset(drawn).expand_dims(seed=2)

    monkeypatch.setattr(beyond_borders, "gap", gap)
    for ax in beyond_borders.draw().axes[:2]:
        simulated, limit = ax.lines
        np.testing.assert_allclose(simulated.get_xdata(), [1.5, 1.5])
        assert np.isnan(limit.get_xdata()).all()
        assert [text.get_text() for text in ax.texts] == ["mean field:\nwarm never wins"]


def test_distances_from_the_limit():
    one = beyond_limit.distances("label noise 0.3", 1_000)
    assert (one.sel(init="random") < 0.02).all()


@pytest.mark.parametrize("family", [noise_spread.two_halves, noise_spread.one_in_ten])
def test_levels_act_as_one_noise_in_the_mean_field(family):
    base = featsim.Config(experiments=8, test_points=0)
    for value in (0.0, 0.3, 0.6, 0.9) if family is noise_spread.two_halves else (1.0, 1.3, 4, 9):
        levels = family(value)
        assert np.prod(levels, axis=1).sum() == pytest.approx(1)
        gamma = base.gamma * noise_spread.effective(levels)
        inits = ("random", "warm", "ideal", "doubling")
        some = featsim.theory.mean_field(base.replace(noise_levels=levels), inits=inits)
        one = featsim.theory.mean_field(base.replace(gamma=gamma), inits=inits)
        np.testing.assert_array_equal(some.learned, one.learned)
        np.testing.assert_allclose(some.nonzero_gradient_points, one.nonzero_gradient_points)


def test_pairs_of_a_world_have_equal_products():
    config = strong_features.world(featsim.Config(), 4, 3)
    products = np.array(config.frequencies) * np.array(config.strengths)
    np.testing.assert_allclose(products[:, :25], products[:, 25:])
