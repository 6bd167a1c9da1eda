"""The campaign's evidence, picture and page, from records made by hand."""

import dataclasses

import numpy as np
import pytest

pytest.importorskip("torch")

from matplotlib.colors import to_hex

from featsim import plotting
from paper_repro.__main__ import main
from paper_repro.campaign import CLAIMS, METHODS, REGIMES, end_point
from paper_repro.cut import Cut
from paper_repro.networks import experiments, page, tradeoff
from paper_repro.networks.evidence import gather
from paper_repro.records import load_records
from paper_repro.style import COLORS
from paper_repro.verdict import HOLDS, UNKNOWN
from tests.paper_repro.by_hand import cells_of, write

STEPS = dict(zip(METHODS, (900, 200, 250, 700, 600, 300, 400, 800), strict=True))
GAIN = dict(zip(METHODS, (8, 0, 1, 5, 6, 5.5, 4, 9), strict=True))


def write_seed(root, seed, regime="C16", skip=()):
    for name, run in REGIMES[regime].runs(seed).items():
        accuracy = (30 + GAIN[name] + 0.1 * (seed % 3)) / 100
        write(root, run, accuracy, STEPS[name], count=1 if name in skip else 2)


def test_a_seed_counts_once_every_method_has_finished_it(tmp_path):
    write_seed(tmp_path, 100)
    write_seed(tmp_path, 101, skip=["FIRE"])
    evidence = gather("C16", tmp_path)
    assert list(evidence.seeds) == [100]
    assert evidence.planned == 10
    assert evidence.numbers("DASH", "steps") == [600]
    assert evidence.numbers("warm", "mean accuracy") == pytest.approx([30.1])
    assert not gather("R16", tmp_path).seeds


def answer(tmp_path, gap, steps):
    """Return the answer where DASH at doublings differs so from DASH, whose steps are 600."""
    for number, seed in enumerate((100, 101, 102)):
        for name, run in REGIMES["W64"].runs(100).items():
            doubling = name == "DASH at doublings"
            run = dataclasses.replace(run, seed=seed)
            accuracy = 0.4 + (gap + 0.01 * number) / 100 * doubling
            write(tmp_path, run, accuracy, steps + 2 * number if doubling else 600)
    return gather("W64", tmp_path).answer


@pytest.mark.parametrize(
    ("gap", "steps", "expected"),
    [(-0.5, 300, "yes"), (-2.0, 300, "no"), (0.5, 800, "no"), (-2.0, 800, "no")],
)
def test_the_answer_needs_both(tmp_path, monkeypatch, gap, steps, expected):
    monkeypatch.setattr("paper_repro.networks.evidence.PLAN", (("W64", (100, 101, 102)),))
    assert answer(tmp_path, gap, steps) == expected


def test_one_seed_answers_nothing(tmp_path):
    write_seed(tmp_path, 100)
    evidence = gather("C16", tmp_path)
    assert evidence.answer == "cannot be told at this size"
    assert {finding.verdict for finding in evidence.findings} == {evidence.answer}


def test_a_regime_with_four_methods_has_the_claims_on_them(tmp_path):
    write_seed(tmp_path, 100, "W64")
    found = gather("W64", tmp_path).findings
    assert [f.claim for f in found] == [
        c for c in CLAIMS if {c.one, c.other} <= {"cold", "warm", "DASH", "DASH at doublings"}
    ]
    assert found[0].judgement.values == pytest.approx([-0.5])


def test_the_line_joins_what_no_other_beats():
    points = [(3, 5), (1, 1), (2, 5), (2, 4), (4, 4), (5, 6)]
    assert tradeoff.best(points) == [(1, 1), (2, 5), (5, 6)]


def test_the_picture_has_a_point_a_method_and_a_panel_a_regime(tmp_path):
    for seed in (100, 101):
        write_seed(tmp_path, seed)
    write_seed(tmp_path, 100, "W64")
    regimes = [gather(name, tmp_path) for name in ("C16", "W64")]
    figure = tradeoff.draw(regimes)
    assert [axes.get_title() for axes in figure.axes] == ["C16: 2 seeds", "W64: 1 seed"]
    for axes, evidence in zip(figure.axes, regimes, strict=True):
        for drawn, name in zip(axes.containers, evidence.regime.methods, strict=True):
            line = drawn.lines[0]
            mean = [np.mean(evidence.numbers(name, p)) for p in ("steps", "mean accuracy")]
            np.testing.assert_allclose(line.get_xydata(), [mean])
            assert drawn.get_label() == name
            assert to_hex(line.get_color()) == COLORS[METHODS[name]["method"]].lower()
            assert (line.get_markerfacecolor() == "white") == name.endswith("at doublings")
            assert bool(drawn.lines[2]) == (len(evidence.seeds) > 1)  # bars need a spread
    (legend,) = figure.legends
    assert [text.get_text() for text in legend.get_texts()] == list(METHODS)


def test_the_runs_by_experiment(tmp_path):
    for seed in (100, 101):
        write_seed(tmp_path, seed)
    evidence = gather("C16", tmp_path)
    figure = experiments.by_experiment(evidence)
    accuracy, steps = figure.axes
    assert [line.get_label() for line in accuracy.lines] == list(METHODS)
    for name, one, other in zip(METHODS, accuracy.lines, steps.lines, strict=True):
        mean = np.mean(evidence.numbers(name, "last accuracy"))
        np.testing.assert_allclose(one.get_xydata(), [[1, mean], [2, mean]])
        np.testing.assert_allclose(other.get_ydata(), [STEPS[name] / 2] * 2)
        assert (one.get_linestyle() == "--") == name.endswith("at doublings")
    assert accuracy.get_legend() is None
    assert len(figure.legends[0].get_texts()) == len(METHODS)
    by_data = experiments.by_data(evidence)
    np.testing.assert_allclose(by_data.axes[0].lines[0].get_ydata(orig=False), [450, 450])  # cold's


def test_the_page_is_written_from_whole_seeds_alone(tmp_path, capsys):
    flags = ["networks", "--root", str(tmp_path), "--page", str(tmp_path / "docs" / "n.md")]
    assert main(flags) == 2
    assert "has no whole seed of a regime: run campaign first" in capsys.readouterr().err
    assert main([*flags[:3], "--page", str(tmp_path)]) == 2
    assert f"page must be a file, not the folder {tmp_path}" in capsys.readouterr().err
    for seed in (100, 101, 102):
        write_seed(tmp_path, seed)
    write_seed(tmp_path, 103, skip=["cold"])
    assert main(flags) == 0
    text = (tmp_path / "docs" / "n.md").read_text()
    for picture in ("tradeoff.png", "C16.png", "C16-data.png"):
        assert (tmp_path / "docs" / "n" / picture).is_file()
        assert f"(n/{picture})" in text
    rows = [[c.strip() for c in line.split("|")] for line in text.splitlines() if line[:1] == "|"]
    numbers = ("-0.5 [-0.5, -0.5]", "6.0 [6.0, 6.0]", "50.0 [50.0, 50.0]")
    assert ["", "C16", *(f"{number} (3 seeds)" for number in numbers), "yes", ""] in rows
    assert "Seeds 100, 101, 102: 24 runs, 24.0 hours on abacus, with torch 2." in text
    assert ["", "warm", "30.1 ± 0.1", "30.1 ± 0.1", "200 ± 0", "22", "3600", ""] in rows
    assert (
        "- *DASH generalizes better than cold*: does not hold, -2.0 [-2.0, -2.0] (3 seeds)." in text
    )
    assert "- *FIRE generalizes better than DASH*" not in text  # it holds
    assert "- C16: 3 of 10 seeds are whole; `python -m paper_repro campaign --regimes C16" in text
    assert "- W64: 0 of 3 seeds" in text
    growth = "- *a cold start needs more steps the more data there are*: cannot be told at this"
    assert f"{growth} size; ρ (Spearman) of training samples and steps: 0.00, p = 1 (3" in text
    assert "## R16" not in text


def test_steps_that_the_limit_cut_are_marked(tmp_path):
    for name, run in REGIMES["C16"].runs(100).items():
        write(tmp_path, run, 0.3, STEPS[name], converged=name != "cold")
    page.write(tmp_path, tmp_path / "n.md")
    text = (tmp_path / "n.md").read_text()
    assert "| ≥ 900 " in text
    assert "≥ 200" not in text
    rows = cells_of(text)
    assert ["", "cold", "30.0", "30.0", "≥ 900", "100", "3600", ""] in rows
    assert ["", "warm", "30.0", "30.0", "200", "≤ 22", "3600", ""] in rows
    assert ["", "warm needs fewer steps than cold", "steps saved by warm, % of cold's", "0",
            "≥ 77.8 (1 seed)", "cannot be told at this size", ""] in rows  # fmt: skip
    assert rows[2][:5] == ["", "C16", "0.0 (1 seed)", "0.0 (1 seed)", "50.0 (1 seed)"]
    with plotting.style():
        (axes,) = tradeoff.draw([gather("C16", tmp_path)]).axes
    assert [(text.get_text(), text.xy) for text in axes.texts] == [("≥", (900, 30))]
    assert "2 of 16 experiments ended at the epoch limit" in text
    assert end_point(load_records(REGIMES["C16"].runs(100)["cold"], tmp_path), "steps") == 900


def test_of_cut_steps_only_what_holds_of_the_bound_is_told(tmp_path):
    for cut in ("cold", "DASH"):
        for seed in (100, 101, 102):
            for number, (name, run) in enumerate(REGIMES["C16"].runs(seed).items()):
                steps = STEPS[name] + 2 * (seed + number)
                write(tmp_path / cut, run, 0.3, steps, converged=name != cut)
    told = {
        (cut, f.claim.one, f.claim.other): f.verdict
        for cut in ("cold", "DASH")
        for f in gather("C16", tmp_path / cut).findings
        if f.claim.end_point == "steps"
    }
    for cut in ("cold", "DASH"):
        assert told[cut, "warm", "cold"] == told[cut, "warm", "DASH"] == HOLDS
        assert told[cut, "DASH at doublings", "DASH"] == HOLDS
    assert Cut(True, False).mark("3") == "≥ 3"
    assert Cut(False, True).mark("3") == Cut(True, False).opposite.mark("3") == "≤ 3"
    assert Cut(True, True).mark("3") == "3 of cut steps"
    assert told["cold", "DASH", "cold"] == HOLDS
    assert told["DASH", "DASH", "cold"] == UNKNOWN
