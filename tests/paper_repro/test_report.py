"""The page of claims and verdicts, written from records alone, and its observations."""

import dataclasses
import os

import pytest

from paper_repro import authors, claims, report, report_text, scales
from paper_repro.errors import Mendable
from paper_repro.observations import of_paper
from paper_repro.records import Records, append
from paper_repro.run import Run
from paper_repro.verdict import FAILS, HOLDS, UNKNOWN, judge

HEADER = {"kind": "run", "versions": {"torch": "2.0"}, "device": "CPU"}


def write_records(run, root, *, converged=True):
    """Write a complete run of which every number is a simple law of the experiment."""
    folder = root / run.name
    folder.mkdir()
    append(folder, {**HEADER, "run": run.to_dict(), "experiments": run.chunks})
    gain = {"cold": 10, "warm": 2, "dash": 12}[run.method]
    effort = {"cold": 30, "warm": 10, "dash": 20}[run.method]
    for j in range(1, run.chunks + 1):
        shared = {"experiment": j, "train_accuracy": 1.0, "seconds": 1.0, "steps": effort * j}
        old = None if j == 1 else 0.96 + 0.01 * run.seed
        append(folder, {"kind": "epoch", "epoch": 1, "loss": 0.1, "old_accuracy": old, **shared})
        row = {
            "kind": "experiment", "train_size": 10 * j, "epochs": j, "converged": converged,
            "test_accuracy": 0.1 + j * gain / 100 + run.seed / 1000 * gain, **shared,
        }  # fmt: skip
        append(folder, row)


@pytest.fixture
def root(tmp_path, monkeypatch):
    plain = Run(chunks=3)
    monkeypatch.setattr(scales, "_BASES", dict.fromkeys(("smoke", "cpu", "paper"), plain))
    monkeypatch.setattr(scales, "_SEEDS", {"smoke": 3, "cpu": 3, "paper": 3})
    root = tmp_path / "records"
    root.mkdir()
    return root


def section(text, title):
    """Return the lines of a section, without its title."""
    lines = text.splitlines()
    start = next(i for i, line in enumerate(lines) if line.startswith(f"## {title}"))
    ends = (i for i in range(start + 1, len(lines)) if lines[i].startswith("## "))
    return lines[start + 1 : next(ends, len(lines))]


def cells(lines, first):
    (row,) = (line for line in lines if line.startswith(f"| {first} "))
    return [cell.strip() for cell in row.split("|")[1:-1]]


def test_the_page_has_every_claim_and_only_what_is_complete(root, tmp_path):
    page = tmp_path / "docs" / "page.md"
    with pytest.raises(Mendable, match="no setting of the check is complete at scale smoke"):
        report.write("smoke", root, page)
    assert not page.exists()
    for run in claims.runs("smoke"):
        write_records(run, root)
    (root / "figure_07-smoke.png").write_bytes(b"")
    report.write("smoke", root, page)
    text = page.read_text()
    lines = section(text, "ResNet-18")
    for claim in claims.CLAIMS:
        assert cells(lines, claim.text)[1:4] == [claim.source, claim.theory, claim.what]
        assert cells(lines, claim.text)[-1] == HOLDS
    # cold less warm, experiments 2 and 3: 8 points an experiment, 0.8 a seed
    network = cells(lines, "warm generalizes worse than cold")[-2]
    assert network == "20.80 [19.45, 22.15] (3 seeds)"
    assert "9 runs with 27 experiments took 0.0 hours on CPU, with torch 2.0." in text
    picture = os.path.relpath(root / "figure_07-smoke.png", page.parent)
    assert f"({picture})" in text
    assert cells(
        section(text, "Figure 7"), "a cold start needs more epochs the more data there are"
    )
    missing = next(line for line in text.splitlines() if line.startswith("Not complete"))
    assert "figure 6" in missing
    assert "figure 7" not in missing
    assert "## Figure 6" not in text
    assert section(text, "Table 7")  # needs no runs


def test_the_page_is_the_same_each_time_and_nothing_is_left_beside_it(root, tmp_path):
    for run in claims.runs("smoke"):
        write_records(run, root)
    page = tmp_path / "page.md"
    report.write("smoke", root, page)
    first = page.read_text()
    report.write("smoke", root, page)
    assert page.read_text() == first
    assert sorted(path.name for path in tmp_path.iterdir()) == ["page.md", "records"]


def test_a_page_that_cannot_be_written_leaves_the_old_one_and_nothing_else(
    root, tmp_path, monkeypatch
):
    for run in claims.runs("smoke"):
        write_records(run, root)
    page = tmp_path / "page.md"
    page.write_text("old")

    def refuse(self, text):
        self.touch()
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(type(page), "write_text", refuse)
    with pytest.raises(OSError, match="No space left"):
        report.write("smoke", root, page)
    assert page.read_text() == "old"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["page.md", "records"]


def test_a_folder_for_the_page_is_refused(root, tmp_path):
    with pytest.raises(Mendable, match=f"page must be a file, not the folder {tmp_path}"):
        report.write("smoke", root, tmp_path)


def test_claims_about_steps_that_were_cut_are_left_open_and_say_why(root, tmp_path):
    for run in claims.runs("smoke"):
        write_records(run, root, converged=run.method != "dash")
    report.write("smoke", root, tmp_path / "page.md")
    lines = section((tmp_path / "page.md").read_text(), "ResNet-18")
    for claim in claims.CLAIMS:
        open_ = claim.of_steps
        assert cells(lines, claim.text)[-1] == (UNKNOWN if open_ else HOLDS)
        assert any(line.startswith(f"- *{claim.text}*: the epoch limit") for line in lines) == open_
    assert cells(lines, "DASH")[-2:] == ["≥ 60 ± 0", "≥ 40 ± 0"]
    assert cells(lines, "cold")[-2:] == ["90 ± 0", "60 ± 0"]


def test_chance_is_told_by_the_number_of_claims():
    judged = [judge([1.0, 1.2]), judge([1.0, 1.0001, 1.0]), judge([-1.0, -1.0]), judge([5.0])]
    text = report_text.chance(judged)
    assert "4 claims are measured on this page, 3 of them with more than one seed" in text
    assert "2 hold and 1 do not" in text
    assert "about 0.2 of each" in text  # 3 claims at 5 %
    assert "(Bonferroni: 0.017 a side), 1 hold and 1 do not" in text


def test_our_runs_stand_beside_the_authors_at_the_same_experiment(root, tmp_path):
    for run in claims.runs("smoke"):
        write_records(run, root)
    for run in claims.runs("smoke"):
        if run.method == "cold":  # the plain run of every scale is the same here, but on CIFAR-10
            write_records(dataclasses.replace(run, dataset="cifar10"), root)
    report.write("smoke", root, tmp_path / "page.md")
    lines = section((tmp_path / "page.md").read_text(), "Beside the authors")
    rows = [line for line in lines if line.startswith("| ")][1:]
    assert len(rows) == len(authors.CITED)
    first = [cell.strip() for cell in rows[0].split("|")[1:-1]]
    assert first[:7] == ["cifar10", "resnet18", "cold", "", "1", "29.9", "160"]
    assert first[7:] == ["21.0 ± 1.0", "30 ± 0", "-", "-"]
    fifth = [cell.strip() for cell in rows[1].split("|")[1:-1]]
    assert fifth[4:] == ["5", "45.3", "840", "-", "-", "-", "-"]  # there are three experiments
    assert "**another regime**" in "\n".join(lines)


def made(rows, epochs=(), **settings):
    experiments = [{"experiment": j, "converged": True, **row} for j, row in enumerate(rows, 1)]
    return Records(Run(**settings), {"experiments": len(rows)}, list(epochs), experiments)


def values(observation, records):
    return observation.judge(records).values


def test_observations_of_figure_2():
    records = [
        made([{}, {"test_accuracy": 0.9 - e / 100 + seed / 10}], first_epochs=e, seed=seed, model=m)
        for m in ("mlp_narrow", "resnet18") for seed in (0, 1) for e in (10, 20)
    ] + [
        made([{}, {"test_accuracy": 0.8}], method="cold", model=m, seed=seed)
        for m in ("mlp_narrow", "resnet18") for seed in (0, 1)
    ]  # fmt: skip
    for observation, expected in zip(
        of_paper("figure", 2), ([1, 1], [10, 0], [1, 1], [10, 0]), strict=True
    ):
        assert values(observation, records) == pytest.approx(expected)


def test_observations_of_figures_6_and_7():
    def run(method, norms, seed=0, converged=True):
        rows = [
            {
                "summed_gradient_norm": n, "gradient_norm": -n * n, "steps": 10 * j,
                "epochs": -j, "train_size": j, "converged": converged,
            }
            for j, n in enumerate(norms)
        ]  # fmt: skip
        return made(rows, method=method, seed=seed)

    # The first experiment does not count. Both: ranks 1 4 2 3 and 1.5 3.5 1.5 3.5.
    pair = [run("cold", [9, 1, 4]), run("warm", [9, 3, 2])]
    for observation, expected in zip(
        of_paper("figure", 6), (1, -1, 0.447214, -1, 1, -0.447214), strict=True
    ):
        assert values(observation, pair) == pytest.approx([expected], abs=1e-6)
    texts = [o.text.split("predicts")[1] for o in of_paper("figure", 6)]
    starts = [" the steps of a cold start", " the steps of a warm start"]
    assert texts == [*starts, " the steps of both together"] * 2
    steps, epochs = of_paper("figure", 7)
    grown = [run("cold", [1, 2, 3, 4], seed) for seed in (0, 1)]
    assert [one.cells(one.judge(grown), grown)[1] for one in (steps, epochs)] == [HOLDS, FAILS]
    cut = [run("cold", [1, 2, 3, 4], seed, converged=False) for seed in (0, 1)]
    for one in (steps, epochs):
        measured, verdict = one.cells(one.judge(cut), cut)
        assert (measured[-13:], verdict) == (" of cut steps", UNKNOWN)


def test_observations_of_the_others():
    growing = [{"train_size": j, "test_cosines": {"box": [0, 0, j]}} for j in (1, 2)]
    growing.append({"train_size": 3, "test_cosines": {"box": None}})
    (observation,) = of_paper("figure", 14)
    assert values(observation, [made(growing)]) == pytest.approx([-0.5])
    epochs = [{"experiment": 2, "epoch": e, "start_old_accuracy": e / 10} for e in range(1, 7)]
    lower = [{**row, "start_old_accuracy": row["start_old_accuracy"] - 0.05} for row in epochs]
    pair = [
        made([{}, {}], epochs, method="dash"),
        made([{}, {}], [epochs[0], *lower[1:4], *epochs[4:]], method="shrink_perturb"),
    ]
    (observation,) = of_paper("figure", 13)
    assert values(observation, pair) == pytest.approx([5])
    grid = [
        made([{"test_accuracy": score}], alpha=alpha, lam=lam)
        for alpha, lam, score in [(0.3, 0.3, 0.9), (1.0, 0.3, 0.5), (0.3, 0.1, 0.4)]
    ]
    (observation,) = of_paper("figure", 17)
    assert values(observation, grid) == pytest.approx([30])
    costs = {"cold": [1, 3], "dash": [1, 2]}
    pair = [made([{"tflops": c} for c in costs[m]], method=m, probes=("cost",)) for m in costs]
    pair += [made([{}, {}], method=m) for m in costs]
    (observation,) = of_paper("table", 9)
    assert values(observation, pair) == pytest.approx([25])
    later = [dataclasses.replace(r, run=dataclasses.replace(r.run, seed=1)) for r in pair]
    assert values(observation, later + pair) == pytest.approx([25, 25])
