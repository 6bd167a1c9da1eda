"""What the figures 2, 6, 7, 13, 14, 17 and table 9 draw and print, from records made by hand."""

from dataclasses import replace

import numpy as np
from matplotlib.colors import to_hex

from paper_repro.figures import figure_02, figure_06, figure_07, figure_13, figure_14, figure_17
from paper_repro.figures.curves import BOTH, by_method, panels
from paper_repro.figures.drawing import CUT
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

    def rows(run):
        fitted = {"train_accuracy": 0.02 * run.first_epochs, "test_accuracy": 0.5}
        return [fitted, {"train_accuracy": 1.0, "test_accuracy": accuracy(run)}]

    records = [made(run, rows(run)) for run in figure_02.runs("cpu")]
    figure = figure_02.draw(records)
    first, second, *others = figure.axes
    assert [axes.get_title() for axes in (first, second)] == ["three-layer MLP", "ResNet-18"]
    for axes, other in zip((first, second), others, strict=True):
        (after,), (before,) = axes.containers, other.containers
        np.testing.assert_allclose(after.lines[0].get_xydata(), [[e, 82 - e] for e in (1, 10, 30)])
        np.testing.assert_allclose(before.lines[0].get_xydata(), [[e, 2 * e] for e in (1, 10, 30)])
        assert "train accuracy" in other.get_ylabel()
    (legend,) = figure.legends
    named = ["on all, new", "on all, pretrained", "pretraining (right)"]
    assert sorted(text.get_text() for text in legend.get_texts()) == named


def rising(run, *, last_converged=True):
    """Three experiments, the last two with norms and steps that the method decides."""
    summed = {"cold": [1, 4.0, 6.0], "warm": [1, 3.0, 2.0]}[run.method]
    rows = [
        {"summed_gradient_norm": n, "gradient_norm": 10 - n, "steps": 5 * i, "converged": True}
        for i, n in enumerate(summed)
    ]
    rows[-1]["converged"] = last_converged
    return rows


def test_figure_6():
    records = [made(run, rising(run)) for run in figure_06.runs("smoke")]
    left, right = figure_06.draw(records).axes
    points = {"cold": [[4, 5], [6, 10]], "warm": [[3, 5], [2, 10]]}
    for scatter, method in zip(left.collections, points, strict=True):
        np.testing.assert_allclose(scatter.get_offsets(), points[method])
        assert to_hex(scatter.get_facecolor()) == COLORS[method].lower()
    assert texts(left) == ["cold (ρ = 1.00)", "warm (ρ = -1.00)"]
    assert texts(right) == ["cold (ρ = -1.00)", "warm (ρ = 1.00)"]
    assert left.get_xlabel() == "norm of the summed gradients"
    np.testing.assert_allclose(right.collections[0].get_offsets(), [[6, 5], [4, 10]])


def test_the_correlation_of_figure_6_is_a_mean_over_runs():
    runs = [*figure_06.runs("smoke"), *(replace(run, seed=9) for run in figure_06.runs("smoke"))]
    falling = [dict(row, steps=-row["steps"]) for row in rising(runs[0])]
    records = [made(run, falling if run.seed == 9 else rising(runs[0])) for run in runs]
    left, _ = figure_06.draw(records).axes
    assert texts(left) == ["cold (ρ = 0.00)", "warm (ρ = 0.00)"]


def test_steps_cut_by_the_limit_are_open_circles():
    runs = figure_06.runs("smoke")
    records = [made(run, rising(run, last_converged=run.method == "warm")) for run in runs]
    (left, _) = figure_06.draw(records).axes
    (marked,) = left.lines
    np.testing.assert_allclose(marked.get_xydata(), [[6, 10]])
    assert marked.get_markerfacecolor() == "white"
    assert CUT in texts(left)
    rows = [
        {"train_size": j, "steps": j, "epochs": j, "test_accuracy": 0, "converged": j != 2}
        for j in (1, 2, 3)
    ]
    steps, epochs = figure_07.draw([made(run, rows) for run in figure_07.runs("cpu")]).axes
    for axes in (steps, epochs):
        np.testing.assert_allclose(axes.lines[-1].get_xydata(), [[2, 2]])
    assert texts(steps) == [CUT]
    lines = by_method([made(run, rows) for run in figure_07.runs("cpu")])
    accuracy, steps = panels(lines, BOTH, "experiment").axes
    assert len(accuracy.lines) == 1
    np.testing.assert_allclose(steps.lines[1].get_xydata(), [[2, 2]])
    assert texts(steps) == [CUT]


def test_figure_7():
    records = [
        made(run, [
            {"train_size": 10 * j, "steps": j + run.seed, "epochs": 7 * j, "converged": True}
            for j in (1, 2)
        ])
        for run in figure_07.runs("cpu")
    ]  # fmt: skip
    steps, epochs = figure_07.draw(records).axes
    np.testing.assert_allclose(steps.containers[0].lines[0].get_xydata(), [[10, 2], [20, 3]])
    heights = [segment[:, 1] for segment in steps.containers[0].lines[2][0].get_segments()]
    np.testing.assert_allclose(heights, [[1, 3], [2, 4]])
    np.testing.assert_allclose(epochs.containers[0].lines[0].get_xydata(), [[10, 7], [20, 14]])


def test_figure_13():
    def epochs(run):
        values = {"warm": 0.9, "dash": 0.6, "shrink_perturb": 0.5, "shrink": 0.4}
        last = 3 if run.method == "warm" else 12
        return [{"experiment": 1, "epoch": 1}] + [
            {
                "experiment": 2, "epoch": e, "old_accuracy": 0.1,
                "start_old_accuracy": values[run.method] + 0.01 * e,
            }
            for e in range(1, last + 1)
        ]  # fmt: skip

    records = [made(run, [{}, {}], epochs(run)) for run in figure_13.runs("cpu")]
    (axes,) = figure_13.draw(records).axes
    warm, dash, *_ = axes.lines
    np.testing.assert_allclose(warm.get_ydata(), [91, 92] + [93] * 4)
    np.testing.assert_allclose(dash.get_ydata(), 60 + np.arange(1, 7))
    np.testing.assert_allclose(dash.get_xdata(), np.arange(6))
    assert texts(axes) == ["warm", "DASH", "shrink and perturb", "shrink"]


def test_figure_14():
    box = [0.1, 0.2, 0.3, 0.4, 0.9]
    rows = [
        {"train_size": 1000, "test_accuracy": 0.5, "test_cosines": {"box": box}},
        {"train_size": 2000, "test_accuracy": 0.6, "test_cosines": {"box": [0.5] * 5}},
    ]
    figure = figure_14.draw([made(run, rows) for run in figure_14.runs("cpu")])
    boxes, accuracy = figure.axes
    assert [label.get_text() for label in boxes.get_xticklabels()] == ["1,000", "2,000"]
    heights = {tuple(line.get_ydata()) for line in boxes.lines}
    assert (0.3, 0.3) in {tuple(np.round(h, 9)) for h in heights if len(h) == 2}
    np.testing.assert_allclose(accuracy.lines[0].get_xydata(), [[1, 50], [2, 60]])
    none = {"train_size": 3000, "test_accuracy": 0.7, "test_cosines": {"box": None}}
    boxes, _ = figure_14.draw([made(run, [*rows, none]) for run in figure_14.runs("cpu")]).axes
    assert [label.get_text() for label in boxes.get_xticklabels()][-1] == "3,000"
    assert not any(0 in line.get_ydata() for line in boxes.lines)
    many = [rows[0] | {"train_size": 100 * i} for i in range(1, 13)]
    axes, _ = figure_14.draw([made(run, many) for run in figure_14.runs("cpu")]).axes
    shown = [label.get_text() for label in axes.get_xticklabels()]
    assert shown == ["", "200", "", "400", "", "600", "", "800", "", "1,000", "", "1,200"]


def test_figure_17():
    def rows(run):
        reached = not (run.alpha == 1.0 and run.lam == 0.6)
        return [
            {"steps": 5, "test_accuracy": 0, "converged": True},
            {"steps": 7, "test_accuracy": run.alpha / 2 + run.lam / 10, "converged": reached},
        ]

    records = [made(run, rows(run)) for run in figure_17.runs("cpu")]
    accuracy, steps = figure_17.draw(records).axes
    expected = np.add.outer([5, 15, 50], [0.5, 3, 6])
    np.testing.assert_allclose(accuracy.images[0].get_array(), expected)
    assert [text.get_text() for text in steps.texts] == ["12"] * 8 + ["≥ 12"]
    assert [text.get_text() for text in accuracy.texts][:2] == ["5.5", "8.0"]
    assert [label.get_text() for label in accuracy.get_yticklabels()] == ["0.1", "0.3", "1"]
    assert [label.get_text() for label in accuracy.get_xticklabels()] == ["0.05", "0.3", "0.6"]


def test_table_9():
    def row(run):
        cost = {"tflops": 2, "seconds": 100} if run.probes else {"seconds": 1.5}
        return {"epochs": 3 + run.seed, "converged": True, **cost}

    text = table_9.table([made(run, [row(run)] * 2) for run in table_9.runs("cpu")])
    lines = [[cell.strip() for cell in line.split("|")[1:-1]] for line in text.splitlines()]
    assert [line[0] for line in lines[2:]] == ["cold", "warm", "shrink and perturb", "DASH"]
    assert lines[2][1:] == ["7.0 ± 1.4", "3.0 ± 0.0", "4.00 ± 0.00"]


def test_what_the_limit_cut_of_table_9_is_a_lower_bound():
    row = {"epochs": 3, "converged": False, "tflops": 2, "seconds": 1.5}
    text = table_9.table([made(run, [row] * 2) for run in table_9.runs("smoke")])
    assert text.count("≥") == 3 * len(table_9.METHODS)
