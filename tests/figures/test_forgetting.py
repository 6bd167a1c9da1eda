"""The pictures of forgetting show what the simulator says of each policy."""

import numpy as np
import pytest
import xarray as xr

import featsim
from figures import forgetting, forgetting_square, plasticity

SMALL = featsim.Config(experiments=6, test_points=0)


def direct(init):
    """Return training time and accuracies (end, mean) of a policy, means over two seeds."""
    out = featsim.simulate(SMALL, inits=init, seeds=2).isel(init=0)
    accuracy = 100 * out["exact_accuracy"].to_numpy()
    time = out["nonzero_gradient_points"].to_numpy().sum(axis=1).mean()
    return time, accuracy[:, -1].mean(), accuracy.mean()


def line(ax, label):
    (found,) = [line for line in ax.lines if line.get_label() == label]
    return found


@pytest.fixture(scope="module")
def prices():
    return forgetting.draw(SMALL, factors=(1.5, 2), periods=(2, 3), shares=(0.5, 0.1), seeds=2)


def test_each_path_leads_from_ideal_to_warm(prices):
    figure, _ = prices
    paths = {
        "noise forgotten at growth by r": ("doubling:1.5", "doubling:2"),
        "every k experiments": ("every:2", "every:3"),
        "a share φ of it each time": ("keep:1,0.5", "keep:1,0.9"),
    }
    for ax, accuracy in zip(figure.axes, (1, 2), strict=True):
        for label, between in paths.items():
            expected = [direct(init) for init in ("ideal", *between, "warm")]
            x, y = line(ax, label).get_data()
            np.testing.assert_allclose(x, [one[0] for one in expected], rtol=1e-12)
            np.testing.assert_allclose(y, [one[accuracy] for one in expected], rtol=1e-12)
    (legend,) = figure.legends
    assert [text.get_text() for text in legend.get_texts()] == [*paths, "best schedules"]


def test_features_forgotten_too(prices):
    figure, _ = prices
    dotted = [line for line in figure.axes[0].lines if line.get_linestyle() == ":"]
    starts = (("warm", "keep:0.5,1", "forget_features"), ("ideal", "keep:0.5,0", "random"))
    for each, inits in zip(dotted, starts, strict=True):
        expected = [direct(init)[:2] for init in inits]
        np.testing.assert_allclose(each.get_xydata(), expected, rtol=1e-12)


def test_corners_have_bars_and_names(prices):
    figure, result = prices
    for ax, variable in zip(figure.axes, ("last", "mean"), strict=True):
        for bars, name in zip(ax.containers, ("random", "warm", "ideal"), strict=True):
            one = result.sel(init=name)
            x, y = bars.lines[0].get_xydata().T
            np.testing.assert_allclose(x[0], one["training_time"].mean(), rtol=1e-12)
            np.testing.assert_allclose(y[0], one[variable].mean(), rtol=1e-12)
            _, vertical = (bar.get_segments()[0] for bar in bars.lines[2])
            spread = one[variable].to_numpy().std(ddof=1)
            np.testing.assert_allclose(vertical[:, 1], y[0] + spread * np.array([-1, 1]))
        assert {"random", "warm", "ideal"} <= {text.get_text() for text in ax.texts}
        assert ax.get_xscale() == "log"
        assert ax.get_xlabel() == "Training time T (thousand points with a gradient)"
    labels = [ax.get_ylabel() for ax in figure.axes]
    assert labels == ["Accuracy at the end (%)", "Mean accuracy (%)"]


def test_numbers_stand_beside_points_of_their_own(prices):
    figure, _ = prices
    written = {text.get_text() for text in figure.axes[1].texts}
    assert written & {"1.5", "2", "3", "0.5", "0.1"}
    for text in figure.axes[1].texts:
        if text.get_text() == "0.1":
            assert text.xy == pytest.approx(direct("keep:1,0.9")[::2])


def test_the_square_has_a_cell_for_each_pair():
    shares = (0.0, 0.25, 1.0)
    figure, result = forgetting_square.draw(SMALL, shares=shares, seeds=2)
    spelled = {(1.0, 0.25): "keep:0,0.75", (0.0, 0.25): "keep:1,0.75", (0.25, 1.0): "keep:0.75,0"}
    corners = {(0.0, 0.0): "warm", (0.0, 1.0): "ideal", (1.0, 1.0): "random"}
    for (a, b), init in {**spelled, **corners, (1.0, 0.0): "forget_features"}.items():
        cell = result.sel(features_forgotten=a, noise_forgotten=b)
        time, accuracy, _ = direct(init)
        assert cell["accuracy"].item() == pytest.approx(accuracy)
        assert cell["training_time"].item() == time
    shown = (result["accuracy"], result["training_time"] / 1_000)
    for ax, values, form in zip(figure.axes, shown, ("{:.1f}", "{:,.0f}"), strict=True):
        np.testing.assert_array_equal(ax.images[0].get_array(), values.to_numpy().T)
        at = {text.get_position(): text.get_text() for text in ax.texts}
        assert at[0, 2] == form.format(values.values[0, 2]) + "\nideal"
        assert at[1, 2] == form.format(values.values[1, 2])
        assert [tick.get_text() for tick in ax.get_xticklabels()] == ["0", "0.25", "1"]
        assert ax.get_xlabel() == "Share of the features forgotten"
        assert not ax.yaxis_inverted()  # noise forgotten rises from warm to ideal
    assert figure.axes[0].get_ylabel() == "Share of the noise forgotten"


def test_plasticity_shows_what_can_be_learned():
    figure, result = plasticity.draw(SMALL, seeds=2)
    inits = ["random", "warm", "ideal", "doubling"]
    same = featsim.simulate(SMALL, inits=inits, seeds=2, gradient_rank=True)
    xr.testing.assert_identical(result, same)
    labels = ["Learnable features", "Rank of the gradient", "Learned features"]
    assert [ax.get_ylabel() for ax in figure.axes] == labels
    variables = ("learnable_features", "gradient_rank", "learned_features")
    for ax, variable in zip(figure.axes, variables, strict=True):
        for name in inits:
            expected = same[variable].sel(init=name).mean("seed")
            np.testing.assert_array_equal(line(ax, name).get_ydata(), expected)
    (legend,) = figure.legends
    assert [text.get_text() for text in legend.get_texts()] == inits


def test_best_schedules_are_those_of_the_mean_field(prices):
    figure, result = prices
    times, means = [], []
    for mu in result["mu"].to_numpy():
        runs = []
        for seed in range(2):
            p = featsim.simulate(SMALL, inits="warm", seeds=[seed])["frequencies"][0]
            when = featsim.theory.best_schedule(SMALL, mu, p).when
            init = featsim.Init("best", 1, 0, when)
            runs.append(featsim.simulate(SMALL, inits=init, seeds=[seed]))
        times.append(np.mean([run["nonzero_gradient_points"].sum() for run in runs]))
        means.append(np.mean([100 * run["exact_accuracy"].mean() for run in runs]))
    x, y = line(figure.axes[1], "best schedules").get_data()
    np.testing.assert_array_equal(x, times)
    np.testing.assert_allclose(y, means, rtol=1e-12)
    assert len(set(times)) > 1
