"""What is drawn is the numbers of the result, by shape: experiments, axes, a design, a fit."""

import os

import numpy as np
import pytest
import xarray as xr

import featsim
from featsim.__main__ import main
from featsim._plot.scale import scale_of

CONFIG = featsim.Config(features=6, points_per_chunk=60, experiments=4, gamma=4, test_points=60)
FLAGS = ["--features", "6", "--points-per-chunk", "60", "--experiments", "4", "--test-points", "60"]
PANELS = {"test_accuracy": 100, "learned_features": 1, "nonzero_gradient_points": 1}


@pytest.fixture(scope="module")
def simulated():
    return featsim.simulate(CONFIG, seeds=3)


@pytest.fixture(scope="module")
def swept():
    return featsim.sweep(CONFIG, gamma=[2, 30, 8], tau=[1, 2, 3, 4], seeds=3)


@pytest.fixture(scope="module")
def design():
    settings = {
        "gamma": [9.0, 2.0, 30.0, 4.0],
        "frequency_law": ["zipf", "uniform", "zipf", "zipf"],
        "tau": [2] * 4,
    }
    return featsim.sweep(CONFIG, settings=settings, seeds=2)


def assert_lines(ax, places, values, low=None, high=None):
    """Assert that a panel has a line for each init of ``values``, (init, place), and its band."""
    names = values["init"].to_numpy().tolist()
    lines = [line for line in ax.lines if not line.get_label().startswith("_")]
    assert [line.get_label() for line in lines] == names
    assert len(ax.collections) == (0 if low is None else len(names))
    for i, line in enumerate(lines):
        np.testing.assert_array_equal(line.get_xdata(), places)
        np.testing.assert_allclose(line.get_ydata(), values[i], rtol=1e-12)
        if low is not None:
            corners = ax.collections[i].get_paths()[0].vertices
            for x, *ends in zip(places, low[i].values, high[i].values, strict=True):
                heights = corners[corners[:, 0] == x, 1]
                np.testing.assert_allclose([heights.min(), heights.max()], ends, rtol=1e-9)


def assert_over_seeds(ax, places, values):
    mean, spread = values.mean("seed"), values.std("seed", ddof=1)
    assert_lines(ax, places, mean, mean - spread, mean + spread)


def test_one_setting_is_figure_3(simulated):
    figure = featsim.plot(simulated)
    for ax, (name, scale) in zip(figure.axes, PANELS.items(), strict=True):
        assert_over_seeds(ax, [1, 2, 3, 4], scale * simulated[name])
    like = featsim.three_panels(simulated)
    for drawn, expected in zip(figure.axes, like.axes, strict=True):
        for read in ("get_xlim", "get_ylim", "get_xlabel", "get_ylabel", "get_title"):
            assert getattr(drawn, read)() == getattr(expected, read)()


def test_one_variable(simulated):
    (ax,) = featsim.plot(simulated, "memorized_points").axes
    assert_over_seeds(ax, [1, 2, 3, 4], simulated["memorized_points"])
    assert ax.get_ylabel() == "Memorized points"


def test_a_stream_and_the_mean_field_have_no_bands():
    stream = featsim.sample_stream(CONFIG, seed=1)
    for result in (
        featsim.simulate_stream(stream, gamma=4, tau=3),
        featsim.theory.mean_field(CONFIG, inits=("random", "warm")),
    ):
        ax = next(ax for ax in featsim.plot(result).axes if "features" in ax.get_ylabel())
        assert_lines(ax, [1, 2, 3, 4], result["learned_features"])


@pytest.mark.parametrize("experiment", [None, 2])
def test_lines_over_one_axis(swept, experiment):
    figure = featsim.plot(swept.sel(tau=2), experiment=experiment)
    at = swept.sel(tau=2, experiment=experiment or 4).sortby("gamma")
    for ax, (name, scale) in zip(figure.axes, PANELS.items(), strict=True):
        values = (scale * at[name]).transpose("init", "gamma", "seed")
        assert_over_seeds(ax, [2, 8, 30], values)
        assert ax.get_xlabel() == "Strength of the noise, γ"
        assert ax.get_xscale() == "log"
        assert [text.get_text() for text in ax.get_xticklabels()] == ["2", "8", "30"]
    (legend,) = figure.legends
    assert [text.get_text() for text in legend.get_texts()] == ["random", "warm", "ideal"]
    assert figure.axes[0].get_title("left") == f"tau = 2, experiment = {experiment or 4}"


def test_an_axis_of_one_value_does_not_count(swept):
    one, same = (featsim.plot(swept.sel(tau=tau)) for tau in (2, [2]))
    for ax, like in zip(one.axes, same.axes, strict=True):
        for line, expected in zip(ax.lines, like.lines, strict=True):
            np.testing.assert_array_equal(line.get_xydata(), expected.get_xydata())


def test_mean_and_standard_deviation_that_were_kept():
    axes = {"frequency_law": ["uniform", "zipf"], "seeds": 3}
    figure = featsim.plot(featsim.sweep(CONFIG, reduce="mean_std", **axes), "exact_accuracy")
    values = 100 * featsim.sweep(CONFIG, **axes)["exact_accuracy"].sel(experiment=4)
    assert_over_seeds(figure.axes[0], [0, 1], values.transpose("init", "frequency_law", "seed"))
    labels = [text.get_text() for text in figure.axes[0].get_xticklabels()]
    assert labels == ["uniform", "zipf"]


def test_experiments_of_means_that_were_kept(simulated):
    figure = featsim.plot(featsim.sweep(CONFIG, seeds=3, reduce="mean_std"))
    for ax, (name, scale) in zip(figure.axes, PANELS.items(), strict=True):
        assert_over_seeds(ax, [1, 2, 3, 4], scale * simulated[name])


def meshes(figure):
    return [(ax, ax.collections[0]) for ax in figure.axes[:-1]]


def test_a_heat_map_over_two_axes(swept):
    figure = featsim.plot(swept, experiment=3)
    values = 100 * swept["test_accuracy"].sel(experiment=3).mean("seed").sortby("gamma")
    assert [ax.get_title() for ax in figure.axes[:-1]] == ["random", "warm", "ideal"]
    for ax, mesh in meshes(figure):
        expected = values.sel(init=ax.get_title()).transpose("tau", "gamma")
        np.testing.assert_allclose(mesh.get_array(), expected, rtol=1e-12)
        assert mesh.get_clim() == (values.min(), values.max())
        x, y = mesh.get_coordinates()[0, :, 0], mesh.get_coordinates()[:, 0, 1]
        np.testing.assert_allclose(x, [1, 4, 240**0.5, (30**3 / 8) ** 0.5], rtol=1e-12)
        np.testing.assert_allclose(y, [0.5, 1.5, 2.5, 3.5, 4.5])
        assert ax.get_xlabel() == "Strength of the noise, γ"
    assert figure.axes[0].get_ylabel() == "Features to classify a point, τ"
    assert figure.axes[-1].get_ylabel() == "Test accuracy (%)"
    assert figure.get_suptitle() == "experiment = 3"


def test_a_difference_as_a_line_and_as_a_map(swept):
    pair = featsim.paired_differences(swept, "random", "warm").sortby("gamma")
    (ax,) = featsim.plot(pair.sel(tau=2)).axes
    lines = 100 * pair.sel(tau=2, experiment=4).expand_dims(init=["random − warm"])
    assert_lines(ax, [2, 8, 30], lines["difference"], lines["low"], lines["high"])
    assert ax.get_ylabel() == "Exact accuracy (percentage points)"
    ((ax, mesh),) = meshes(featsim.plot(pair))
    expected = 100 * pair["difference"].sel(experiment=4).transpose("tau", "gamma")
    np.testing.assert_allclose(mesh.get_array(), expected, rtol=1e-12)
    low, high = mesh.get_clim()
    assert -low == high == abs(expected).max()
    assert ax.get_title() == "random − warm"


def test_a_setting_without_test_points_is_left_open():
    result = featsim.sweep(CONFIG, gamma=[2, 8], test_points=[0, 60], seeds=2)
    for _, mesh in meshes(featsim.plot(result)):
        values = np.ma.getmaskarray(mesh.get_array())
        np.testing.assert_array_equal(values, [[True, True], [False, False]])


def test_a_design_is_a_scatter_over_its_columns(design):
    figure = featsim.plot(design)
    values = 100 * design["test_accuracy"].sel(experiment=4).mean("seed").transpose("init", ...)
    for ax, label, places in zip(
        figure.axes,
        ("Strength of the noise, γ", "Frequency law"),  # τ is the same in all settings
        ([9, 2, 30, 4], [1, 0, 1, 1]),
        strict=True,
    ):
        assert ax.get_xlabel() == label
        assert_lines(ax, places, values)
        assert {line.get_linestyle() for line in ax.lines} == {"None"}
    assert figure.axes[0].get_ylabel() == "Test accuracy (%)"


def test_equal_settings_are_drawn_over_their_number():
    result = featsim.sweep(CONFIG, settings={"gamma": [9.0, 9.0]}, seeds=1)
    (ax,) = featsim.plot(result, "learned_features").axes
    assert_lines(ax, [0, 1], result["learned_features"].sel(experiment=4).isel(seed=0).T)
    assert ax.get_xlabel() == "Setting"


def test_a_difference_by_class_and_feature(simulated):
    pair = featsim.paired_differences(simulated, "random", "warm", "learned")
    ((ax, mesh),) = meshes(featsim.plot(pair, experiment=2))
    np.testing.assert_array_equal(mesh.get_array(), pair["difference"].sel(experiment=2).T)
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("Class", "Feature")


def test_a_fit_is_drawn_with_what_was_observed():
    config = featsim.Config(experiments=12, test_points=0)
    curve = featsim.theory.mean_field(config, inits="cold")["exact_accuracy"].isel(init=0)
    fitted = featsim.fit(curve, classes=2, features=50, tau=3, frequency_law="uniform")
    (ax,) = featsim.plot(fitted).axes
    (observed,) = [line for line in ax.lines if line.get_label() == "observed"]
    np.testing.assert_allclose(observed.get_ydata(), 100 * curve, rtol=1e-12)
    with pytest.raises(ValueError, match=r"^variable must not be given for a fit, not 'learned'$"):
        featsim.plot(fitted, "learned")


@pytest.mark.parametrize(
    ("values", "texts"),
    [
        ([10, 20, 50, 100], ["10", "20", "50", "100"]),
        (np.geomspace(3, 60, 9), ["5", "10", "20", "50"]),
        (np.geomspace(3, 2_000, 9), ["10", "100", "1000"]),
        (range(1, 10), ["2", "4", "6", "8"]),
    ],
)
def test_ticks_are_few_and_plain(values, texts):
    result = featsim.sweep(CONFIG.replace(experiments=1), inits="warm", gamma=values, seeds=1)
    figure = featsim.plot(result, "learned_features")
    figure.draw_without_rendering()
    (ax,) = figure.axes
    low, high = ax.get_xlim()
    ticks = zip(ax.get_xticks(), ax.get_xticklabels(), strict=True)
    assert [text.get_text() for x, text in ticks if low <= x <= high] == texts
    assert not any(text.get_text() for text in ax.get_xticklabels(minor=True))


@pytest.mark.parametrize(
    ("values", "logarithmic"),
    [
        ([10, 20, 50, 100], True),
        ([1, 2, 3, 50], True),
        (range(1, 13), False),
        ([0, 1, 10, 100], False),
        ([0.1, 0.2, 0.3], False),
        ([5, 500], False),
    ],
)
def test_scales(values, logarithmic):
    assert scale_of(xr.DataArray(list(values), name="gamma")).logarithmic == logarithmic


@pytest.mark.parametrize(
    ("change", "arguments", "error", "message"),
    [
        (None, {}, ValueError, "one value of drift, as result.sel.drift=0.0.$"),
        (lambda r: r["learned_features"], {}, TypeError, "^result must be a Dataset .* DataArray$"),
        (lambda r: r[[]], {}, ValueError, "^result must have a variable among test_accuracy, "),
        (lambda r: r.isel(drift=0, init=0), {}, ValueError, "^result must have the dim init: cho"),
        (
            lambda r: r.isel(drift=0),
            {"variable": "learned"},
            ValueError,
            "^variable must be among test_accuracy, .*, not 'learned'$",
        ),
        (
            lambda r: r.isel(drift=0),
            {"experiment": 5},
            ValueError,
            "^experiment must be one of the result, 1 … 4, not 5$",
        ),
        (
            lambda r: r.isel(gamma=0, tau=0, drift=0),
            {"experiment": 2},
            ValueError,
            "^experiment must not be given where all experiments are drawn, not 2$",
        ),
        (
            lambda r: r.isel(drift=0).sel(experiment=3),
            {"experiment": 2},
            ValueError,
            "^experiment must not be given where one was chosen before, not 2$",
        ),
        (
            lambda r: r.isel(gamma=0, tau=0, drift=0, experiment=3),
            {},
            ValueError,
            "^result must have several values of an axis, or the dim experiment: choose",
        ),
    ],
)
def test_what_cannot_be_drawn(swept, change, arguments, error, message):
    result = xr.concat([swept, swept], xr.DataArray([0.0, 0.1], dims="drift", name="drift"))
    result = result.transpose("gamma", "tau", "drift", ...)
    result = result if change is None else change(result)
    with pytest.raises(error, match=message):
        featsim.plot(result, **arguments)


def test_a_design_beside_an_axis_cannot_be_drawn():
    result = featsim.sweep(CONFIG, settings={"gamma": [2, 9]}, tau=[1, 2], seeds=1)
    with pytest.raises(
        ValueError, match=r"not setting, tau: choose one value of tau, as result.sel\(tau=1\)$"
    ):
        featsim.plot(result)
    assert len(featsim.plot(result.sel(tau=2)).axes) == 1


@pytest.mark.parametrize("suffix", ["png", "svg", "pdf"])
def test_the_command_draws(tmp_path, suffix):
    files = [tmp_path / "sweep.nc", tmp_path / f"sweep.{suffix}"]
    flags = [*FLAGS, "--gamma", "2", "8", "--tau", "1:4", "--seeds", "2", "--quiet"]
    assert main(["sweep", *flags, "--output", str(files[0]), "--plot", str(files[1])]) == 0
    assert sorted(os.listdir(tmp_path)) == sorted(file.name for file in files)
    like = tmp_path / f"like.{suffix}"
    featsim.save_figure(featsim.plot(xr.load_dataset(files[0])), like)
    assert files[1].read_bytes() == like.read_bytes()


@pytest.mark.parametrize(
    ("flags", "sentence"),
    [
        ("--plot a.gif", "plot must end in .png, .pdf or .svg, not 'a.gif'"),
        ("--plot absent/a.png", "plot must be in a folder that exists, not in 'absent'"),
        ("--output a.png --plot a.png", "plot must be another file than output, not 'a.png'"),
        (
            "--gamma 2 3 --tau 1 2 --drift 0 0.5 --plot a.png",
            "plot can be over two axes or a design alone, not gamma, tau, drift: "
            "draw a part with featsim.plot",
        ),
    ],
)
def test_the_command_refuses_before_the_work(flags, sentence, tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert main(["sweep", *FLAGS, "--output", "sweep.nc", *flags.split()]) == 2
    assert capsys.readouterr().err == f"featsim sweep: error: {sentence}\n"
    assert os.listdir(tmp_path) == []
