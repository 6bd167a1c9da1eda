"""What runs beside the campaign: noise, figures, rates and last batches, from records by hand."""

import dataclasses
import shutil

import pytest

pytest.importorskip("torch")

from paper_repro import records
from paper_repro.campaign import REGIMES
from paper_repro.errors import Mendable
from paper_repro.networks import label_noise, last_batch, noise, rate, shown, simulated_noise
from paper_repro.networks.evidence import gather
from tests.paper_repro.by_hand import cells_of, write


def test_the_section_on_noise_has_shares_ranks_and_their_correlation(tmp_path):
    assert noise.part(tmp_path).text == ""
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
                                      "trace_draws": 64, "ranks": [8.0, 50.0 - 10 * number],
                                      "rank_bounds": [[6.0, 12.0], [3.0 * number, 60.0]],
                                      "lanczos_steps": 1024},
                    },
                )  # fmt: skip
            lines = (
                (folder / "records.jsonl")
                .read_text()
                .replace('"experiments": 2', '"experiments": 4')
            )
            (folder / "records.jsonl").write_text(lines)
    part = noise.part(tmp_path)
    text, simulated = part.text.split("The simulator has both")
    assert "first\n4 experiments" in simulated
    rows = cells_of(text)
    of_hessian = ["8 ± 0", "30 ± 0", "7 ± 0"]
    assert rows[3][1:-1] == [
        "2", "0.0 ± 0.0", *of_hessian, "10.0 ± 0.0", *of_hessian, "30.0 ± 0.0", *of_hessian
    ]  # fmt: skip
    # Of 30, 20 and 10 from the second experiment on, 6, 9 and 12 are the least, 60 the largest.
    assert "-25 % to +50 % off the 1-rank and -55 % to +200 % off the 0.1-rank." in text
    between = "0 % and 20 (cold), 20 % and 20 (warm) and 20 % and 20 (DASH)"
    assert f"mean 0.1-rank are\n{between};" in text
    # Three pairs a seed: that two seeds are in perfect order has probability 1/36 at either end.
    nothing = ["0.00", "0.00, p = 1 (2 seeds)", "cannot be told at this size", ""]
    falls = ["-1.00", "-1.00, p = 0.056 (2 seeds)", "holds", ""]
    rises = ["-1.00", "1.00, p = 0.056 (2 seeds)", "does not hold", ""]
    measures = ("1-rank", "0.1-rank", "trace")
    fixed = {"cold": ["0", "-1.00", *nothing[1:]], "warm": ["20", *falls], "DASH": ["20", *rises]}
    assert rows[-9:] == [
        ["", f"{name}: {what}", *(found if what == "0.1-rank" else [found[0], *nothing])]
        for name, found in fixed.items()
        for what in measures
    ]
    # Of cold the share does not vary: nothing is judged.
    assert [one.verdict() for one in part.judged] == [row[5] for row in rows[-6:]]


def test_in_the_simulator_the_rank_falls_as_points_are_without_gradient():
    rows = cells_of(simulated_noise.section(4))
    first, last = rows[2][2:-1], rows[5][2:-1]
    assert first == first[:3] * 3  # all inits have the same first experiment
    assert last[0] == "0.0 ± 0.0"  # a cold start memorizes nothing before it begins
    without, learnable, rank = (float(last[3 + i].split(" ")[0]) for i in range(3))
    assert without > 50
    assert learnable < rank < float(first[5].split(" ")[0])
    # Three pairs in each of three seeds: perfect order has probability 1/216 at either end.
    assert rows[-3][1:3] == ["cold", "0"]
    assert rows[-3][4] == "0.00, p = 1 (3 seeds)"
    assert rows[-1][3:6] == ["-1.00", "-1.00, p = 0.0093 (3 seeds)", "holds"]


def write_pretrained(root, seed, accuracies):
    """Write Figure 2's runs in C16: accuracies by epochs of pretraining, then of a new start."""
    (figure,) = (s for s in shown.SHOWN if (s.number, s.regime) == (2, "C16"))
    for run, accuracy in zip(figure.of_seed(seed), accuracies, strict=True):
        assert (run.chunks, run.stop, run.pool) == (2, None, 2)
        write(root, run, accuracy, 10)


def test_the_figures_in_regimes_have_their_claims(tmp_path):
    assert shown.part(tmp_path, tmp_path).text == ""
    for seed in shown.SEEDS[:2]:
        less = 0.001 * (seed - 100)
        write_pretrained(tmp_path, seed, [0.5, 0.49, 0.48, 0.47, 0.46 - less, 0.5])
    text = shown.part(tmp_path, tmp_path).text
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
        bare = dataclasses.replace(run, probes=())
        assert bare in REGIMES["R16"].runs(100).values()
    with pytest.raises(Mendable, match="figures must be among 2, 6, 13, 14, 17"):
        shown.planned([3], ["C16"], [100])
    with pytest.raises(Mendable, match="regimes must be among C16, MLP, R16"):
        shown.planned([2], ["W64"], [100])
    with pytest.raises(Mendable, match=r"must have one of 2 in C16, 2 in MLP, .* among them"):
        shown.planned([2], ["R16"], [100])


def test_the_runs_on_noise_are_the_campaigns_with_a_probe():
    plain = REGIMES["C16"].runs(100)
    for name, run in noise.runs(100).items():
        assert run.probes == ("curvature",)
        assert dataclasses.replace(run, probes=()) == plain[name]


def test_the_section_on_rates_compares_with_dash_on_the_same_seeds(tmp_path):
    assert rate.part(tmp_path).text == ""
    for seed, accuracy in zip(rate.SEEDS, (0.40, 0.41, 0.42), strict=True):
        for name, run in REGIMES["R16"].runs(seed).items():
            if name in ("cold", "DASH"):
                write(tmp_path, run, accuracy - (0.05 if name == "cold" else 0), 900)
        for (name, run), less in zip(rate.runs(seed).items(), (0.001, 0.03), strict=True):
            assert run.lr == float(name.split()[-1])
            done = 1 if seed == rate.SEEDS[2] else 2
            write(tmp_path, run, accuracy - less, 100, count=done)
    rows = cells_of(rate.part(tmp_path).text)
    cells = {row[1]: row[2:-1] for row in rows[2:]}
    assert list(cells) == ["cold", "DASH", "cold, rate 0.03", "cold, rate 0.1"]
    assert cells["DASH"][-2:] == ["–", "–"]
    assert cells["cold, rate 0.03"][0] == "40.4 ± 0.7"  # the third seed is not whole
    assert cells["cold, rate 0.03"][-1] == "holds"
    assert cells["cold, rate 0.1"][-2:] == ["-3.0 [-3.0, -3.0] (2 seeds)", "does not hold"]


def test_label_noise_is_told_by_what_it_adds_on_the_same_seeds(tmp_path):
    """Warm loses 10 points to cold without label noise, and 2, 3 and 4 with it."""

    def evidence():
        return [gather(name, tmp_path) for name in ("C16", "C16-noise")]

    for seed in (100, 101, 102, 103):
        for name, run in REGIMES["C16"].runs(seed).items():
            write(tmp_path, run, 0.4 if name.startswith("warm") else 0.5, 100)
    assert label_noise.part(evidence()).text == ""
    for seed in (101, 102, 103, 104):  # the last is not in both
        for name, run in REGIMES["C16-noise"].runs(seed).items():
            warm = name.startswith("warm")
            write(tmp_path, run, 0.4 - 0.01 * (seed - 99) if warm else 0.4, 100)
    part = label_noise.part(evidence())
    rows = [row[1:-1] for row in cells_of(part.text)[2:]]
    less, more = "10.0 [10.0, 10.0] (3 seeds)", "3.0 [1.3, 4.7] (3 seeds)"
    grown = "-7.0 [-8.7, -5.3] (3 seeds)"
    assert rows[0] == ["warm loses more to cold", less, more, grown, "does not hold"]
    assert [row[-1] for row in rows] == ["does not hold"] * 3 + ["cannot be told at this size"]
    assert [one.verdict() for one in part.judged] == [row[-1] for row in rows]


def test_a_small_last_batch_is_told_by_the_steps(tmp_path):
    assert last_batch.part(tmp_path).text == ""
    steps = {(4_000, 125): 200, (4_000, 128): 100, (5_000, 125): 200, (5_000, 128): 600}
    for seed in last_batch.SEEDS:
        for run in last_batch.runs(seed).values():
            assert (run.method, run.chunks, run.model) == ("cold", 1, "mlp_narrow")
            write(tmp_path, run, 0.4, 2 * (steps[run.train_size, run.batch] + seed))
    rows = cells_of(last_batch.part(tmp_path).text)[2:]
    assert rows[0][1:5] == ["4,000", "32", "301 ± 1", "201 ± 1"]
    assert rows[0][-2] == "does not hold"
    assert rows[1][1:5] == ["5,000", "8", "301 ± 1", "701 ± 1"]
    assert rows[1][5:7] == ["133 [132, 134] (3 seeds)", "holds"]
    for run in last_batch.runs(last_batch.SEEDS[0]).values():
        if run.batch == 125:
            shutil.rmtree(tmp_path / run.name)
            write(tmp_path, run, 0.4, 600, converged=False)
    rows = cells_of(last_batch.part(tmp_path).text)[2:]
    assert rows[1][5].startswith("≤ ")
    assert rows[1][6] == "cannot be told at this size"
