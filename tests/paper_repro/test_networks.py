"""The campaign's evidence, picture and page, from records made by hand."""

import numpy as np
import pytest

pytest.importorskip("torch")

from matplotlib.colors import to_hex

from paper_repro import campaign, records
from paper_repro.__main__ import main
from paper_repro.campaign import CLAIMS, METHODS, REGIMES, end_point
from paper_repro.networks import (
    experiments,
    noise,
    page,
    rate,
    shown,
    simulated_noise,
    tradeoff,
)
from paper_repro.networks.evidence import gather
from paper_repro.records import load_records
from paper_repro.style import COLORS

STEPS = dict(zip(METHODS, (900, 200, 250, 700, 600, 300, 400, 800), strict=True))
GAIN = dict(zip(METHODS, (8, 0, 1, 5, 6, 5.5, 4, 9), strict=True))


def write(root, run, accuracy, steps, *, count=2, converged=True):
    """Write the records of a run with `count` of two experiments finished."""
    folder = root / run.name
    folder.mkdir(parents=True)
    records.append(
        folder,
        {
            "kind": "run", "run": run.to_dict(), "experiments": 2,
            "versions": {"torch": "2"}, "device": "abacus",
        },
    )  # fmt: skip
    for number in range(1, count + 1):
        records.append(
            folder,
            {
                "kind": "experiment", "experiment": number, "train_size": 10, "epochs": 1,
                "steps": steps // 2, "converged": converged, "train_accuracy": 1.0,
                "test_accuracy": accuracy, "seconds": 1800.0,
            },
        )  # fmt: skip


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
            run = campaign.dataclasses.replace(run, seed=seed)
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
    assert found[0].values == pytest.approx([-0.5])


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
    assert "- W64: 0 of 1 seeds" in text
    assert "## R16" not in text


def test_steps_that_the_limit_cut_are_marked(tmp_path):
    for name, run in REGIMES["C16"].runs(100).items():
        write(tmp_path, run, 0.3, STEPS[name], converged=name != "cold")
    page.write(tmp_path, tmp_path / "n.md")
    text = (tmp_path / "n.md").read_text()
    assert "| ≥ 900 " in text
    assert "≥ 200" not in text
    assert "2 of 16 experiments ended at the epoch limit" in text
    assert end_point(load_records(REGIMES["C16"].runs(100)["cold"], tmp_path), "steps") == 900


def cells_of(text):
    return [[c.strip() for c in line.split("|")] for line in text.splitlines() if line[:1] == "|"]


def test_the_section_on_noise_has_shares_ranks_and_their_correlation(tmp_path):
    assert noise.section(noise.whole_seeds(tmp_path)) == ""
    shares = {"cold": [0, 0, 0, 0], "warm": [0, 0.1, 0.2, 0.3], "DASH": [0, 0.3, 0.2, 0.1]}
    for seed in noise.SEEDS[:2]:
        for name, run in noise.runs(seed).items():
            folder = tmp_path / run.name
            write(tmp_path, run, 0.4, 2, count=0)
            for number, share in enumerate(shares[name], 1):
                records.append(
                    folder,
                    {
                        "kind": "experiment", "experiment": number, "train_size": 10, "epochs": 1,
                        "steps": 1, "converged": True, "train_accuracy": 1.0,
                        "test_accuracy": 0.4, "seconds": 1.0,
                        "curvature": {"samples": 256, "without_gradient": share, "trace": 7.0,
                                      "ranks": [1.0, 50.0 - 10 * number, 99.0]},
                    },
                )  # fmt: skip
            lines = (
                (folder / "records.jsonl")
                .read_text()
                .replace('"experiments": 2', '"experiments": 4')
            )
            (folder / "records.jsonl").write_text(lines)
    text, simulated = noise.section(noise.whole_seeds(tmp_path)).split("The simulator has both")
    assert "first\n4 experiments" in simulated
    rows = cells_of(text)
    assert rows[3][1:-1] == ["2", "0.0 ± 0.0", "30 ± 0", "7 ± 0", "10.0 ± 0.0", "30 ± 0", "7 ± 0",
                             "30.0 ± 0.0", "30 ± 0", "7 ± 0"]  # fmt: skip
    # Three pairs a seed: that two seeds are in perfect order has probability 1/36 at either end.
    assert rows[-3:] == [
        ["", "cold", "0", "0.00, p = 1 (2 seeds)", "cannot be told at this size", ""],
        ["", "warm", "20", "-1.00, p = 0.056 (2 seeds)", "holds", ""],
        ["", "DASH", "20", "1.00, p = 0.056 (2 seeds)", "does not hold", ""],
    ]


def test_in_the_simulator_the_rank_falls_as_points_are_without_gradient():
    rows = cells_of(simulated_noise.section(4))
    first, last = rows[2][2:-1], rows[5][2:-1]
    assert first == first[:3] * 3  # all inits have the same first experiment
    assert last[0] == "0.0 ± 0.0"  # a cold start memorizes nothing before it begins
    without, learnable, rank = (float(last[3 + i].split(" ")[0]) for i in range(3))
    assert without > 50
    assert learnable < rank < float(first[5].split(" ")[0])
    # Three pairs in each of three seeds: perfect order has probability 1/216 at either end.
    assert rows[-3][1:4] == ["cold", "0", "0.00, p = 1 (3 seeds)"]
    assert rows[-1][3:5] == ["-1.00, p = 0.0093 (3 seeds)", "holds"]


def write_pretrained(root, seed, accuracies):
    """Write Figure 2's runs in C16: accuracies by epochs of pretraining, then of a new start."""
    (figure,) = (s for s in shown.SHOWN if (s.number, s.regime) == (2, "C16"))
    for run, accuracy in zip(figure.of_seed(seed), accuracies, strict=True):
        assert (run.chunks, run.stop, run.pool) == (2, None, 2)
        write(root, run, accuracy, 10)


def test_the_figures_in_regimes_have_their_claims(tmp_path):
    assert shown.section(shown.whole_seeds(tmp_path), tmp_path) == ""
    for seed in shown.SEEDS[:2]:
        less = 0.001 * (seed - 100)
        write_pretrained(tmp_path, seed, [0.5, 0.49, 0.48, 0.47, 0.46 - less, 0.5])
    text = shown.section(shown.whole_seeds(tmp_path), tmp_path)
    assert f"({tmp_path.name}/figure_02-C16.png)" in text
    assert (tmp_path / "figure_02-C16.png").is_file()
    rows = cells_of(text)[2:]
    assert [row[1:3] for row in rows] == [["2", "C16"]] * 2
    # Five pairs a seed: that two seeds are in perfect order has probability 1/120² at either end.
    assert rows[0][5:7] == ["1.00, p = 0.00014 (2 seeds)", "holds"]
    assert rows[1][5:7] == ["4.05 [3.73, 4.37] (2 seeds)", "holds"]


def test_runs_of_the_figures_in_regimes():
    assert len(shown.planned([2, 17], ["C16"], [100, 101])) == 2 * (6 + 9)
    campaigns = REGIMES["C16"].runs(100)["DASH"]
    assert campaigns in shown.planned([17], ["C16"], [100])
    probed = shown.planned([6], ["R16"], [100])
    assert {run.method for run in probed} == {"cold", "warm"}
    for run in probed:
        bare = campaign.dataclasses.replace(run, probes=())
        assert bare in REGIMES["R16"].runs(100).values()
    with pytest.raises(campaign.Mendable, match="figures must be among 2, 6, 13, 14, 17"):
        shown.planned([3], ["C16"], [100])
    with pytest.raises(campaign.Mendable, match="regimes must be among C16, MLP, R16"):
        shown.planned([2], ["W64"], [100])


def test_the_runs_on_noise_are_the_campaigns_with_a_probe():
    plain = REGIMES["C16"].runs(100)
    for name, run in noise.runs(100).items():
        assert run.probes == ("curvature",)
        assert campaign.dataclasses.replace(run, probes=()) == plain[name]


def test_the_section_on_rates_compares_with_dash_on_the_same_seeds(tmp_path):
    assert rate.section(rate.whole_seeds(tmp_path)) == ""
    for seed, accuracy in zip(rate.SEEDS, (0.40, 0.41, 0.42), strict=True):
        for name, run in REGIMES["R16"].runs(seed).items():
            if name in ("cold", "DASH"):
                write(tmp_path, run, accuracy - (0.05 if name == "cold" else 0), STEPS[name])
        for (name, run), less in zip(rate.runs(seed).items(), (0.001, 0.03), strict=True):
            assert run.lr == float(name.split()[-1])
            done = 1 if seed == rate.SEEDS[2] else 2
            write(tmp_path, run, accuracy - less, 100, count=done)
    rows = [
        line.split("|")
        for line in rate.section(rate.whole_seeds(tmp_path)).splitlines()
        if line[:1] == "|"
    ]
    cells = {row[1].strip(): [cell.strip() for cell in row[2:-1]] for row in rows[2:]}
    assert list(cells) == ["cold", "DASH", "cold, rate 0.03", "cold, rate 0.1"]
    assert cells["DASH"][-2:] == ["–", "–"]
    assert cells["cold, rate 0.03"][0] == "40.4 ± 0.7"  # the third seed is not whole
    assert cells["cold, rate 0.03"][-1] == "holds"
    assert cells["cold, rate 0.1"][-2:] == ["-3.0 [-3.0, -3.0] (2 seeds)", "does not hold"]
