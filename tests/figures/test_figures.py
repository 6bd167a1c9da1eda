"""What each figure shows is what its Dataset says, and the Dataset is the simulator's."""

import numpy as np
import pytest
import xarray as xr
from matplotlib.colors import same_color, to_rgb

import featsim
from featsim.plotting import INIT_STYLES
from figures import (
    _registry,
    fig03,
    fig04,
    fig05,
    fig09,
    fig10,
    fig11,
    gap_map,
    learning_process,
    training_price,
)

SMALL = featsim.Config(experiments=4, test_points=200)
INITS = ["random", "warm", "ideal"]


def line(ax, label):
    (found,) = [line for line in ax.lines if line.get_label() == label]
    return found


def legend_texts(legend):
    return [text.get_text() for text in legend.get_texts()]


def test_every_figure_has_a_title_and_a_text():
    for name in _registry.names():
        assert _registry.title(name)
        assert len(_registry.text(name)) > 200


def test_fig03_is_three_panels_of_the_setting():
    figure, result = fig03.draw(SMALL, seeds=2)
    xr.testing.assert_identical(result, featsim.simulate(SMALL, seeds=2))
    assert len(figure.axes) == 3
    np.testing.assert_allclose(
        line(figure.axes[0], "warm").get_ydata(),
        100 * result["test_accuracy"].sel(init="warm").mean("seed"),
        rtol=1e-12,
    )


def test_fig04_factors_are_the_formula():
    figure, result = fig04.draw(lam=0.25)
    np.testing.assert_allclose(result["factor"], np.cos(np.radians([30, 60, 0])) * [1, 1, 0.25])
    np.testing.assert_allclose(
        result["curve"], np.maximum(0.25, np.cos(np.radians(result["any_angle"]))), rtol=1e-12
    )
    *vectors, factor = figure.axes
    assert len(vectors) == 3
    for ax, case in zip(vectors, result["case"].to_numpy(), strict=True):
        weight, negative, shrunk = (np.array([q.U[0], q.V[0]]) for q in ax.collections)
        expected = result.sel(case=case)
        np.testing.assert_allclose(weight, expected["weight"])
        np.testing.assert_allclose(negative, -expected["gradient"])
        np.testing.assert_allclose(shrunk, expected["factor"].item() * weight)
        assert f"{float(expected['factor']):.2f}" in ax.get_title()
        (number,) = ax.texts
        (arc,) = ax.patches
        # Just outside the arc, or as far as 30° leave room for the number.
        assert (
            arc.width / 2 < np.hypot(*number.get_position()) < (0.45 if case != "aligned" else 0.75)
        )
    curve, cases, floor = factor.lines
    np.testing.assert_array_equal(curve.get_ydata(), result["curve"])
    np.testing.assert_array_equal(cases.get_ydata(), result["factor"])
    assert list(floor.get_ydata()) == [0.25, 0.25]
    assert factor.get_xlabel() == "Angle of w and −g (°)"
    assert factor.get_ylim()[0] == 0
    assert legend_texts(figure.legends[0]) == ["weight w", "negative gradient −g", "w after DASH"]


def test_fig05_counts_and_frames_are_the_process():
    figure, result = fig05.draw()
    titles = [ax.get_title() for ax in figure.axes[:5]]
    assert titles[1:] == [
        "Step 1: learn v",
        "Step 2: learn b",
        "Step 3: learn g",
        "Step 4: memorize",
    ]
    heights = [[bar.get_height() for bar in ax.patches] for ax in figure.axes[6:]]
    assert heights == [
        [5, 3, 2, 1, 2, 1],
        [5, 3, 2, 1, 2, 1],
        [2, 0, 2, 1, 1, 0],
        [0, 0, 0, 1, 0, 0],
    ]
    frames = [[p.get_x() + 0.5 for p in ax.patches if not p.get_fill()] for ax in figure.axes[:5]]
    assert frames == [[], [], [0, 2, 3], [1, 4], [5]]
    pale = [
        sum(p.get_alpha() < 1 for p in ax.patches if p.get_alpha() and p.get_y() > 5)
        for ax in figure.axes[:5]
    ]
    assert pale == [0, 0, 0, 3, 5]
    assert all(list(ax.lines[0].get_ydata()) == [2, 2] for ax in figure.axes[6:])
    assert "threshold γ = 2" in legend_texts(figure.axes[5].get_legend())
    assert result["learned_features"].sel(init="random").item() == 3
    assert result["memorized_points"].sel(init="random").item() == 1


def test_process_of_several_classes_and_experiments():
    stream = featsim.FeatureStream(
        np.array([[True, False], [True, True], [False, True], [True, False]]),
        np.array([0, 1, 1, 0]),
        np.array([0, 0, 0, 1]),
    )
    trace = featsim.trace(stream, gamma=2, tau=1, init="warm")
    first, second = (featsim.draw_process(trace, experiment=j) for j in (1, 2))
    assert [tick.get_text() for tick in first.axes[0].get_xticklabels()] == ["x1", "x2", "x3"]
    assert [ax.get_title() for ax in first.axes[:3]] == [
        "The points",
        "Step 1: learn 4",
        "Step 2: memorize",
    ]
    # The first point was memorized before, the second and third are well classified.
    pale = [p.get_alpha() < 1 for p in second.axes[1].patches if p.get_alpha() and p.get_y() > 1]
    assert pale == [True, True, True, False]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"experiment": 2}, r"experiment must be an integer in 1 … 1, not 2"),
        ({"names": "ab"}, r"names must be 6, one for each feature, not 2"),
    ],
)
def test_process_refuses(options, message):
    trace = featsim.trace(fig05.worked_example(), gamma=2, tau=2)
    with pytest.raises(ValueError, match=message):
        featsim.draw_process(trace, **options)


@pytest.mark.parametrize(
    ("points", "features", "experiment", "told"),
    [
        (20, 9, 1, "experiment 1 to be drawn, not 18 and 20"),
        (30, 8, 2, "experiment 2 to be drawn, not 16 and 60"),
    ],
)
def test_process_refuses_what_could_not_be_read(points, features, experiment, told):
    config = featsim.Config(features=features, points_per_chunk=points, experiments=2)
    trace = featsim.trace(featsim.sample_stream(config, 0), gamma=3, tau=2)
    message = f"trace must have at most 16 features and 40 points up to {told}"
    with pytest.raises(ValueError, match=message):
        featsim.draw_process(trace, experiment=experiment)


@pytest.mark.parametrize(
    ("module", "dim", "values", "symbol", "changes"),
    [
        (fig09, "classes", [2, 4], "C", [{}, {"classes": 4, "points_per_chunk": 2_000}]),
        (fig10, "gamma", [20.0, 80.0], "γ", [{"gamma": 20}, {"gamma": 80}]),
        (fig11, "tau", [2, 4], "τ", [{"tau": 2}, {"tau": 4}]),
    ],
)
def test_sweeps_have_a_row_for_each_value(module, dim, values, symbol, changes):
    figure, result = module.draw(SMALL, **{dim: values}, seeds=2)
    axes = np.array(figure.axes).reshape(2, 3)
    assert [ax.get_title() for ax in axes[0]] == [
        "Test accuracy (%)",
        "Learned features",
        "Non-zero-gradient points",
    ]
    assert [ax.get_ylabel() for ax in axes[:, 0]] == [f"{symbol} = {value:g}" for value in values]
    assert legend_texts(figure.legends[0]) == INITS
    assert axes[0, 0].get_ylim() == axes[1, 0].get_ylim()
    for row, value, change in zip(axes, values, changes, strict=True):
        direct = featsim.simulate(SMALL.replace(**change), seeds=2)
        chosen = result.sel({dim: value})
        assert featsim.Config.from_json(chosen["config"].item()) == SMALL.replace(**change)
        variables = ("test_accuracy", "learned_features", "nonzero_gradient_points")
        for ax, variable, scale in zip(row, variables, (100, 1, 1), strict=True):
            np.testing.assert_array_equal(chosen[variable], direct[variable])
            for name in INITS:
                expected = scale * direct[variable].sel(init=name).mean("seed")
                np.testing.assert_allclose(line(ax, name).get_ydata(), expected, rtol=1e-12)


def test_gap_map_shows_the_gap_and_where_it_vanishes():
    gammas, taus = (1.0, 40.0, 1_000.0), (1, 2, 3)
    figure, result = gap_map.draw(SMALL, gammas=gammas, taus=taus, seeds=2)
    ax, bar = figure.axes
    for gamma in gammas:
        direct = featsim.simulate(SMALL.replace(gamma=gamma, tau=2), seeds=2)
        last = direct["exact_accuracy"].isel(experiment=-1).mean("seed")
        gap = 100 * (last.sel(init="random") - last.sel(init="warm"))
        assert result["gap"].sel(gamma=gamma, tau=2).item() == pytest.approx(gap.item())
    mesh, lines = ax.collections
    np.testing.assert_array_equal(mesh.get_array(), result["gap"].transpose("tau", "gamma"))
    assert list(lines.levels) == [gap_map.VANISHED]
    crossing = lines.get_paths()[0].vertices
    assert ((crossing[:, 0] > 1) & (crossing[:, 0] < 1_000)).all()
    assert ax.get_xscale() == "log"
    assert ax.get_xlabel() == "Strength of the noise, γ"
    assert ax.get_ylabel() == "Features to classify a point, τ"
    assert bar.get_ylabel() == "Random − warm (percentage points)"


def test_learning_process_shows_what_is_learned_by_frequency():
    figure, result = learning_process.draw(SMALL, seed=3)
    xr.testing.assert_identical(result, featsim.simulate(SMALL, seeds=[3]).isel(seed=0))
    order = np.argsort(-result["frequencies"].to_numpy().ravel())
    assert [ax.get_title() for ax in figure.axes] == INITS
    for ax, name in zip(figure.axes, INITS, strict=True):
        (mesh,) = ax.collections
        learned = result["learned"].sel(init=name).to_numpy().reshape(4, -1).T[order]
        np.testing.assert_array_equal(mesh.get_array(), learned)
        assert same_color(mesh.cmap(1.0), to_rgb(INIT_STYLES[name].color))
        low, high = ax.get_ylim()
        assert low > high  # the most frequent feature is on top
    assert figure.axes[0].get_ylabel() == "Feature, by its frequency"


def test_training_price_shows_time_and_accuracy():
    figure, result = training_price.draw(SMALL, gammas=(20, 80), taus=(2, 4), seeds=2)
    settings = [{"gamma": 20}, {"gamma": 80}, {"tau": 2}, {"tau": 4}]
    for i, change in enumerate(settings):
        direct = featsim.simulate(SMALL.replace(**change), seeds=2)
        np.testing.assert_array_equal(
            result["training_time"].isel(setting=i),
            direct["nonzero_gradient_points"].sum("experiment"),
        )
        np.testing.assert_array_equal(
            result["accuracy"].isel(setting=i), 100 * direct["test_accuracy"].isel(experiment=-1)
        )
    for ax, part in zip(figure.axes, (slice(0, 2), slice(2, 4)), strict=True):
        for bars, name in zip(ax.containers, INITS, strict=True):
            x, y = bars.lines[0].get_xydata().T
            shown = result.isel(setting=part).sel(init=name).mean("seed")
            np.testing.assert_allclose(x, shown["training_time"])
            np.testing.assert_allclose(y, shown["accuracy"])
        assert ax.get_xscale() == "log"
    assert figure.axes[0].get_ylabel() == "Test accuracy at the end (%)"
    assert legend_texts(figure.axes[1].get_legend()) == INITS
    # Every setting is named beside its point of each initialization.
    for ax, values in zip(figure.axes, (["20", "80"], ["2", "4"]), strict=True):
        named = [value for text in ax.texts for value in text.get_text().split(", ")]
        assert sorted(named) == sorted(values * 3)
