"""What the figures 2, 6, 7, 13, 14, 17 and table 9 draw and print, from records made by hand."""

import numpy as np
import pytest

pytest.importorskip("torch")
from matplotlib.colors import to_hex

from paper_repro.figures import figure_02, figure_06, figure_07, figure_13, figure_14, figure_17
from paper_repro.records import Records
from paper_repro.style import COLORS
from paper_repro.tables import table_9


def made(run, rows, epochs=()):
    experiments = [{"experiment": j, **row} for j, row in enumerate(rows, 1)]
    return Records(run, {"experiments": len(experiments)}, list(epochs), experiments)


def texts(axes):
    return [text.get_text() for text in axes.get_legend().get_texts()]


def test_figure_2():
    def accuracy(run):
        return 0.9 if run.method == "cold" else 0.8 - 0.01 * run.first_epochs + 0.02 * run.seed

    records = [
        made(run, [{"test_accuracy": 0.5}, {"test_accuracy": accuracy(run)}])
        for run in figure_02.runs("cpu")
    ]
    figure = figure_02.draw(records)
    assert [axes.get_title() for axes in figure.axes] == ["three-layer MLP", "ResNet-18"]
    for axes in figure.axes:
        after, before = (container.lines[0].get_xydata() for container in axes.containers)
        np.testing.assert_allclose(after, [[e, 82 - e] for e in (1, 10, 30)])
        np.testing.assert_allclose(before, [[e, 50] for e in (1, 10, 30)])
    assert set(texts(figure.axes[0])) == {"on all, new", "on all, pretrained", "pretraining"}


def test_figure_6():
    norms = {"cold": [4.0, 6.0, 5.0], "warm": [3.0, 2.0, 1.0]}
    records = [
        made(run, [{"gradient_norm": n, "steps": i} for i, n in enumerate(norms[run.method])])
        for run in figure_06.runs("smoke")
    ]
    (axes,) = figure_06.draw(records).axes
    for scatter, method in zip(axes.collections, ("cold", "warm"), strict=True):
        np.testing.assert_allclose(
            scatter.get_offsets(), list(zip(norms[method], range(3), strict=True))
        )
        assert to_hex(scatter.get_facecolor()) == COLORS[method].lower()
    assert texts(axes) == ["cold (ρ = 0.50)", "warm (ρ = -1.00)"]
    assert axes.get_xlabel() == "initial gradient norm"


def test_figure_7():
    records = [
        made(run, [{"train_size": 10 * j, "steps": j + run.seed} for j in (1, 2)])
        for run in figure_07.runs("cpu")
    ]
    (axes,) = figure_07.draw(records).axes
    np.testing.assert_allclose(axes.containers[0].lines[0].get_xydata(), [[10, 2], [20, 3]])
    heights = [segment[:, 1] for segment in axes.containers[0].lines[2][0].get_segments()]
    np.testing.assert_allclose(heights, [[1, 3], [2, 4]])


def test_figure_13():
    def epochs(run):
        values = {"warm": 0.9, "dash": 0.6, "shrink_perturb": 0.5, "shrink": 0.4}
        last = 3 if run.method == "warm" else 12
        return [{"experiment": 1, "epoch": 1, "old_accuracy": None}] + [
            {"experiment": 2, "epoch": e, "old_accuracy": values[run.method] + 0.01 * e}
            for e in range(1, last + 1)
        ]

    records = [made(run, [{}, {}], epochs(run)) for run in figure_13.runs("cpu")]
    (axes,) = figure_13.draw(records).axes
    warm, dash, *_ = axes.lines
    np.testing.assert_allclose(warm.get_ydata(), [91, 92] + [93] * 8)
    np.testing.assert_allclose(dash.get_ydata(), 60 + np.arange(1, 11))
    assert texts(axes) == ["warm", "DASH", "shrink and perturb", "shrink"]


def test_figure_14():
    box = [0.1, 0.2, 0.3, 0.4, 0.9]
    rows = [
        {"train_size": 1000, "test_accuracy": 0.5, "filter_cosines": {"box": box}},
        {"train_size": 2000, "test_accuracy": 0.6, "filter_cosines": {"box": [0.5] * 5}},
    ]
    figure = figure_14.draw([made(run, rows) for run in figure_14.runs("cpu")])
    boxes, accuracy = figure.axes
    assert [label.get_text() for label in boxes.get_xticklabels()] == ["1,000", "2,000"]
    heights = {tuple(line.get_ydata()) for line in boxes.lines}
    assert (0.3, 0.3) in {tuple(np.round(h, 9)) for h in heights if len(h) == 2}
    np.testing.assert_allclose(accuracy.lines[0].get_xydata(), [[1, 50], [2, 60]])


def test_figure_17():
    records = [
        made(run, [{"steps": 5, "test_accuracy": 0}, {"steps": 7, "test_accuracy": run.alpha / 2}])
        for run in figure_17.runs("cpu")
    ]
    accuracy, steps = figure_17.draw(records).axes
    np.testing.assert_allclose(accuracy.images[0].get_array(), np.outer([5, 15, 50], [1, 1, 1]))
    assert {text.get_text() for text in steps.texts} == {"12"}
    assert [label.get_text() for label in accuracy.get_yticklabels()] == ["0.1", "0.3", "1"]
    assert [label.get_text() for label in accuracy.get_xticklabels()] == ["0.05", "0.3", "0.6"]


def test_table_9():
    def row(run):
        return {"epochs": 3 + run.seed, "seconds": 1.5, "tflops": 2, "cpu_gib": 1, "gpu_gib": None}

    text = table_9.table([made(run, [row(run)] * 2) for run in table_9.runs("cpu")])
    lines = [[cell.strip() for cell in line.split("|")[1:-1]] for line in text.splitlines()]
    assert [line[0] for line in lines[2:]] == ["cold", "warm", "shrink and perturb", "DASH"]
    assert lines[2][1:] == ["7.0 ± 1.4", "3.0 ± 0.0", "4.00 ± 0.00", "1.00 ± 0.00", "-"]
