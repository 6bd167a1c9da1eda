"""The shared panels show the numbers of the result, and files are whole or not there."""

import numpy as np
import pytest

import featsim
from featsim.plotting import INIT_STYLES, init_styles

SMALL = featsim.Config(experiments=4, test_points=100)


@pytest.fixture(scope="module")
def result():
    return featsim.simulate(SMALL, seeds=3)


def line(ax, label):
    (found,) = [line for line in ax.lines if line.get_label() == label]
    return found


def test_lines_and_bands(result):
    figure = featsim.three_panels(result)
    variables = ("test_accuracy", "learned_features", "nonzero_gradient_points")
    for ax, variable, scale in zip(figure.axes, variables, (100, 1, 1), strict=True):
        values = scale * result[variable].to_numpy()
        mean, spread = values.mean(axis=0), values.std(axis=0, ddof=1)
        for i, name in enumerate(("random", "warm", "ideal")):
            np.testing.assert_array_equal(line(ax, name).get_xdata(), [1, 2, 3, 4])
            np.testing.assert_allclose(line(ax, name).get_ydata(), mean[i], rtol=1e-12)
            corners = ax.collections[i].get_paths()[0].vertices
            edges = zip(range(1, 5), mean[i] - spread[i], mean[i] + spread[i], strict=True)
            for x, low, high in edges:
                heights = corners[corners[:, 0] == x, 1]
                np.testing.assert_allclose([heights.min(), heights.max()], [low, high], rtol=1e-9)


def test_labels_legend_and_limits(result):
    figure = featsim.three_panels(result)
    assert [ax.get_ylabel() for ax in figure.axes] == [
        "Test accuracy (%)",
        "Learned features",
        "Non-zero-gradient points",
    ]
    assert [ax.get_xlabel() for ax in figure.axes] == ["Experiment"] * 3
    (legend,) = figure.legends
    assert [text.get_text() for text in legend.get_texts()] == ["random", "warm", "ideal"]
    assert all(ax.get_xlim() == (0, 5) for ax in figure.axes)
    assert all(ax.get_ylim()[0] < 0 for ax in figure.axes[1:])


def test_random_and_ideal_are_both_seen(result):
    random, ideal = (line(featsim.three_panels(result).axes[0], n) for n in ("random", "ideal"))
    assert random.get_zorder() < ideal.get_zorder()
    assert random.get_linewidth() > 2 * ideal.get_linewidth()
    assert ideal.get_linestyle() == "--"
    assert random.get_color() != ideal.get_color()


def test_only_the_panels_and_inits_that_are_there():
    stream = featsim.sample_stream(SMALL, seed=1)
    out = featsim.simulate_stream(stream, gamma=50, tau=3, inits=["ideal"])
    figure = featsim.three_panels(out)
    assert [ax.get_ylabel() for ax in figure.axes] == [
        "Learned features",
        "Non-zero-gradient points",
    ]
    np.testing.assert_array_equal(
        line(figure.axes[0], "ideal").get_ydata(), out["learned_features"].sel(init="ideal")
    )
    assert [len(ax.lines) for ax in figure.axes] == [1, 1]
    assert not any(len(ax.collections) for ax in figure.axes)


def test_exact_accuracy_without_test_points():
    figure = featsim.three_panels(featsim.simulate(SMALL.replace(test_points=0), seeds=1))
    assert figure.axes[0].get_ylabel() == "Exact accuracy (%)"
    assert not any(len(ax.collections) for ax in figure.axes)


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        (lambda r: r.isel(init=0), ValueError, r"dims init and experiment, .* has \('seed', 'exp"),
        (lambda r: r.expand_dims(gamma=[1, 2]), ValueError, r"choose one value of others with sel"),
        (lambda r: r.drop_vars("learned_features"), ValueError, "with the variable 'learned_feat"),
        (lambda r: r["learned_features"], TypeError, "or simulate_stream, not DataArray"),
    ],
)
def test_what_is_no_result_is_refused(result, change, error, message):
    with pytest.raises(error, match=f"^dataset must be a result of simulate.*{message}"):
        featsim.three_panels(change(result))


def test_every_init_has_its_own_look():
    looks = init_styles(["mine", "warm", "yours", "random"])
    assert looks["warm"] == INIT_STYLES["warm"]
    assert len({look.color for look in looks.values()}) == 4
    assert len({look.marker for look in looks.values()}) == 4


@pytest.mark.parametrize("suffix", ["png", "pdf", "svg"])
def test_same_figure_same_bytes(result, tmp_path, suffix):
    for name in ("a", "b"):
        featsim.save_figure(featsim.three_panels(result), tmp_path / f"{name}.{suffix}")
    assert (tmp_path / f"a.{suffix}").read_bytes() == (tmp_path / f"b.{suffix}").read_bytes()
    assert sorted(path.name for path in tmp_path.iterdir()) == [f"a.{suffix}", f"b.{suffix}"]


def test_letters_of_a_pdf_are_embedded(result, tmp_path):
    featsim.save_figure(featsim.three_panels(result), tmp_path / "a.pdf")
    content = (tmp_path / "a.pdf").read_bytes()
    assert b"/FontFile2" in content
    assert b"/Type3" not in content


def test_unknown_ending(result, tmp_path):
    with pytest.raises(ValueError, match=r"path must end in .pdf, .png, .svg, not 'a.jpg'"):
        featsim.save_figure(featsim.three_panels(result), tmp_path / "a.jpg")


def test_a_folder_that_is_absent(result, tmp_path):
    figure = featsim.three_panels(result)
    with pytest.raises(OSError, match=r"the file must be in a folder that exists, not in .*absent"):
        featsim.save_figure(figure, tmp_path / "absent" / "a.png")
    assert list(tmp_path.iterdir()) == []


def test_nothing_is_left_of_a_failure(result, tmp_path, monkeypatch):
    figure = featsim.three_panels(result)
    (tmp_path / "a.png").write_text("before")

    def fail(path, **options):
        path.write_text("half")
        raise OSError("no space left")

    monkeypatch.setattr(figure, "savefig", fail)
    with pytest.raises(OSError, match="no space left"):
        featsim.save_figure(figure, tmp_path / "a.png")
    assert [path.name for path in tmp_path.iterdir()] == ["a.png"]
    assert (tmp_path / "a.png").read_text() == "before"
