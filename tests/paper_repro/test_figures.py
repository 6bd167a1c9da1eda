"""What figures 1, 8, 12, 15, 16 and 18 to 23 draw and tables 1 to 6 and 8 print, from made records.

The accuracy of experiment j of a run is a number of its own, so that a line of the wrong runs,
experiments or seeds is seen.
"""

import dataclasses
import itertools

import numpy as np
import pytest

from paper_repro.catalog import find
from paper_repro.records import Records
from paper_repro.style import COLORS, LABELS

EXPERIMENTS = 3


def accuracy(run, j):
    methods = list(COLORS)
    place = methods.index(run.method) + (run.norm == "layer") / 2 + run.every / 40 + run.lam / 8
    place += len(run.model) / 30 + (run.optimizer == "sam") / 3 + run.l2
    return 0.02 * place + 0.1 * j + 0.01 * run.seed + run.sigma / 2 + len(run.dataset) / 500


def made(run):
    rows = [
        {
            "experiment": j, "test_accuracy": accuracy(run, j), "steps": 10 * j + run.seed,
            "dead_neurons": [0.1 * j, 0.2 * j], "converged": True, "train_accuracy": j / 10,
        }
        for j in range(1, EXPERIMENTS + 1)
    ]  # fmt: skip
    epochs = [
        {"experiment": j, "epoch": e, "test_accuracy": accuracy(run, j) + e / 100}
        for j in range(1, EXPERIMENTS + 1)
        for e in (1, 2)
    ]
    return Records(run, {"experiments": EXPERIMENTS}, epochs, rows)


def drawn(number, scale="cpu"):
    figure = find("figure", number)
    records = [made(run) for run in figure.runs(scale)]
    return records, figure.show(records).axes


def labels(axes):
    return [text.get_text() for text in axes.get_legend().get_texts()]


def over_seeds(records, **settings):
    """Return the mean accuracy by experiment over the runs with these settings, %."""
    chosen = [r for r in records if all(getattr(r.run, name) == v for name, v in settings.items())]
    rows = [[100 * accuracy(r.run, j) for j in range(1, EXPERIMENTS + 1)] for r in chosen]
    return np.mean(rows, axis=0)


@pytest.mark.parametrize("number", [1, 23])
@pytest.mark.parametrize("scale", ["smoke", "cpu", "paper"])
def test_lines_by_method(number, scale):
    records, (first, *others) = drawn(number, scale)
    methods = ["cold", "warm", "shrink_perturb", "dash"]
    assert labels(first) == [LABELS[m] for m in methods]
    for line, method in zip(first.lines, methods, strict=True):
        np.testing.assert_allclose(line.get_ydata(), over_seeds(records, method=method))
        assert line.get_color() == COLORS[method]
        assert list(line.get_xdata()) == [1, 2, 3]
    for axes in others:
        assert axes.get_ylabel() == "steps to convergence"
        np.testing.assert_allclose(np.diff(axes.lines[0].get_ydata()), 10)


def test_figure_15_tells_the_norms_apart():
    records, (axes, _) = drawn(15)
    pairs = list(itertools.product(("batch", "layer"), ("cold", "warm")))
    assert labels(axes) == [f"{method}, {norm} norm" for norm, method in pairs]
    for line, (norm, method) in zip(axes.lines, pairs, strict=True):
        np.testing.assert_allclose(line.get_ydata(), over_seeds(records, norm=norm, method=method))
        assert line.get_linestyle() == {"batch": "-", "layer": "--"}[norm]


@pytest.mark.parametrize(("number", "method"), [(20, "dash"), (21, "shrink_perturb")])
@pytest.mark.parametrize(("scale", "intervals"), [("cpu", (2, 3, 4)), ("paper", (10, 15, 20))])
def test_figures_20_and_21_have_a_line_a_distance(number, method, scale, intervals):
    records, (axes, _) = drawn(number, scale)
    expected = [f"{LABELS[method]} every {every} chunks" for every in intervals]
    assert labels(axes) == ["warm", *expected]
    for line, every in zip(axes.lines[1:], intervals, strict=True):
        wanted = over_seeds(records, every=every, method=method)
        np.testing.assert_allclose(line.get_ydata(), wanted)
    assert {r.run.arrival for r in records} == {"discard"}
    assert {r.run.until for r in records} == {8 if scale == "cpu" else 40}


def test_figure_12_has_a_pair_of_bars_a_data_set():
    records, (axes,) = drawn(12, "paper")
    names = [label.get_text() for label in axes.get_xticklabels()]
    assert names == ["svhn", "cifar10", "cifar100", "tiny_imagenet"]
    bars = [c for c in axes.containers if hasattr(c, "patches")]
    for container, method in zip(bars, ("cold", "warm"), strict=True):
        heights = [bar.get_height() for bar in container.patches]
        wanted = [over_seeds(records, method=method, dataset=name)[-1] for name in names]
        np.testing.assert_allclose(heights, wanted)


def test_figure_16_has_a_panel_a_block():
    _, panels = drawn(16)
    for block, axes in enumerate(panels, 1):
        assert axes.get_title() == f"block {block}"
        for line in axes.lines:
            np.testing.assert_allclose(line.get_ydata(), [10 * block * j for j in (1, 2, 3)])


def test_figure_18_is_a_map_of_noise_and_shrink():
    records, (axes,) = drawn(18)
    for (i, j), value in np.ndenumerate(axes.images[0].get_array()):
        sigma, lam = (0.0, 0.001, 0.01, 0.1)[i], (0.05, 0.3, 0.6)[j]
        assert value == pytest.approx(over_seeds(records, sigma=sigma, lam=lam)[-1])


@pytest.mark.parametrize(("number", "scale", "half"), [(19, "paper", 150), (22, "cpu", 40)])
def test_figures_19_and_22_show_both_halves_by_epoch(number, scale, half):
    records, (axes,) = drawn(number, scale)
    methods = ["cold", "warm", "shrink_perturb", "dash"]
    *lines, halves = axes.lines
    assert labels(axes) == [LABELS[m] for m in methods]
    assert list(halves.get_xdata()) == [half + 0.5] * 2
    for line, method in zip(lines, methods, strict=True):
        by_experiment = over_seeds(records, method=method)
        expected = [value + e for value in by_experiment for e in (1, 2)]
        np.testing.assert_allclose(line.get_xydata(), list(enumerate(expected, 1)))


def test_figures_8_and_19_need_imagenet():
    for number in (8, 19):
        with pytest.raises(ValueError, match=f"scale must be 'paper' for figure {number}"):
            find("figure", number).runs("cpu")
    records, (axes, _) = drawn(8, "paper")
    after = axes.containers[0].lines[0].get_xydata()
    wanted = [[r.run.first_epochs, 100 * accuracy(r.run, EXPERIMENTS)] for r in records[:-1]]
    np.testing.assert_allclose(after, wanted)


def cells(text):
    return [[c.strip() for c in row.split("|")[1:-1]] for row in text.splitlines()[2:]]


@pytest.mark.parametrize(
    ("number", "rows"), [(1, 40), (2, 7), (3, 30), (4, 30), (5, 30), (6, 30), (8, 12)]
)
def test_tables_have_a_row_a_method(number, rows):
    table = find("table", number)
    records = [made(run) for run in table.runs("paper")]
    lines = cells(table.show(records))
    assert len(lines) == rows
    assert {row[-5] for row in lines} == {LABELS[r.run.method] for r in records}
    groups = {}
    for r in records:
        groups.setdefault(dataclasses.replace(r.run, seed=0), []).append(r)
    shares = [[100 * accuracy(r.run, EXPERIMENTS) for r in group] for group in groups.values()]
    expected = sorted(f"{np.mean(s):.1f} ± {np.std(s, ddof=1):.1f}" for s in shares)
    assert sorted(row[-4] for row in lines) == expected
    steps = {3: "31 ± 1", 5: "32 ± 2"}
    assert {row[-2] for row in lines} <= set(steps.values())


def test_a_table_marks_steps_that_the_limit_cut_short():
    table = find("table", 1)
    records = [made(run) for run in table.runs("smoke")]
    (warm,) = (r for r in records if r.run.method == "warm")
    warm.experiments[0]["converged"] = False
    lines = {row[1]: row for row in cells(table.show(records))}
    assert lines["warm"][-2:] == ["30", "≥ 20"]
    warm.experiments[-1]["converged"] = False
    assert {row[1]: row for row in cells(table.show(records))}["warm"][-2:] == ["≥ 30", "≥ 20"]
    assert lines["cold"][-2:] == ["30", "20"]


def test_table_1_gives_tiny_imagenet_three_seeds_and_its_own_lambda():
    runs = find("table", 1).runs("paper")
    assert runs[0].dataset == "cifar10"
    tiny = [run for run in runs if run.dataset == "tiny_imagenet"]
    assert {run.seed for run in tiny} == {0, 1, 2}
    assert {run.lam for run in tiny} == {0.05}
    assert {run.seed for run in runs if run.dataset == "svhn"} == {0, 1, 2, 3, 4}
    assert {run.lam for run in runs if run.dataset == "svhn"} == {0.3}


def test_tables_3_to_6_are_a_data_set_each_of_three_networks_with_sgd_and_sam():
    for number, name in {3: "tiny_imagenet", 4: "cifar10", 5: "cifar100", 6: "svhn"}.items():
        table = find("table", number)
        assert f"on {name}," in table.title
        runs = table.runs("paper")
        assert {run.dataset for run in runs} == {name}
        assert {(run.model, run.optimizer) for run in runs} == set(
            itertools.product(("resnet18", "vgg16", "mlp"), ("sgd", "sam"))
        )
