"""The page of claims and verdicts, written from records alone."""

import dataclasses

import pytest

torch = pytest.importorskip("torch")

from paper_repro import claims, report, scales  # noqa: E402
from paper_repro.__main__ import main  # noqa: E402
from paper_repro.observations import OBSERVATIONS  # noqa: E402
from paper_repro.protocol import execute  # noqa: E402
from paper_repro.records import Records  # noqa: E402
from paper_repro.run import Run  # noqa: E402

TINY = Run(
    model="mlp", width=4, chunks=2, train_size=64, batch=32, epochs=1,
    probes=("gradient_norm", "old_accuracy"),
)  # fmt: skip


@pytest.fixture
def root(tmp_path, monkeypatch):
    monkeypatch.setattr(scales, "_BASES", dict.fromkeys(("smoke", "cpu", "paper"), TINY))
    monkeypatch.setattr(scales, "_SEEDS", {"smoke": 2, "cpu": 2, "paper": 2})
    return tmp_path


def test_the_page_has_every_claim_and_only_what_is_complete(root, capsys):
    page = root / "docs" / "page.md"
    flags = ["--scale", "smoke", "--root", str(root)]
    assert main(["report", *flags, "--page", str(page)]) == 2
    assert "no setting of the check is complete at scale smoke" in capsys.readouterr().err
    assert not page.exists()
    assert main(["check", *flags]) == 0
    assert main(["figure", "7", *flags]) == 0
    assert main(["report", *flags, "--page", str(page)]) == 0
    text = page.read_text()
    for claim in claims.CLAIMS:
        assert f"| {claim.text} " in text
    assert "6 runs with 12 experiments took" in text
    assert "![Figure 7: steps to convergence" in text
    assert "(../figure_07-smoke.png)" in text
    assert "## Figure 6" in text  # its runs are those of the check, its picture is not there
    assert "figure_06-smoke.png" not in text
    assert "## Figure 13" not in text
    assert not list(page.parent.glob("*.new"))


def test_reasons_are_given_for_what_several_seeds_do_not_show(root):
    for run in claims.runs("smoke"):
        execute(run, root, report=lambda sentence: None)
    report.write("smoke", root, root / "page.md")
    rows = [line for line in (root / "page.md").read_text().splitlines() if line[:1] == "|"]
    text = (root / "page.md").read_text()
    for claim in claims.CLAIMS:
        (row,) = (row for row in rows if row.startswith(f"| {claim.text} "))
        held = row.rstrip(" |").endswith("| holds")
        assert (f"*{claim.text}*" in text) != held


def made(rows, epochs=(), **settings):
    experiments = [{"experiment": j, **row} for j, row in enumerate(rows, 1)]
    return Records(Run(**settings), {"experiments": len(rows)}, list(epochs), experiments)


def observed(kind, number):
    return [o for o in OBSERVATIONS if (o.kind, o.number) == (kind, number)]


def test_observations_of_figure_2():
    records = [
        made([{}, {"test_accuracy": 0.9 - e / 100 + seed / 10}], first_epochs=e, seed=seed, model=m)
        for m in ("mlp", "resnet18") for seed in (0, 1) for e in (10, 20)
    ] + [
        made([{}, {"test_accuracy": 0.8}], method="cold", model=m, seed=seed)
        for m in ("mlp", "resnet18") for seed in (0, 1)
    ]  # fmt: skip
    for observation, expected in zip(
        observed("figure", 2), ([1, 1], [10, 0], [1, 1], [10, 0]), strict=True
    ):
        assert observation.values(records) == pytest.approx(expected)


def test_observations_of_the_others():
    growing = [{"train_size": j, "steps": j, "filter_cosines": {"box": [0, 0, j]}} for j in (1, 2)]
    for number in (7, 14):
        (observation,) = observed("figure", number)
        assert observation.values([made(growing)]) == pytest.approx([1])
    epochs = [{"experiment": 2, "epoch": e, "old_accuracy": e / 10} for e in (1, 2, 3, 4)]
    lower = [{**row, "old_accuracy": row["old_accuracy"] - 0.05} for row in epochs]
    pair = [made([], epochs, method="dash"), made([], lower, method="shrink_perturb")]
    (observation,) = observed("figure", 13)
    assert observation.values(pair) == pytest.approx([5])
    grid = [
        made([{"test_accuracy": score}], alpha=alpha, lam=lam)
        for alpha, lam, score in [(0.3, 0.3, 0.9), (1.0, 0.3, 0.5), (0.3, 0.1, 0.4)]
    ]
    (observation,) = observed("figure", 17)
    assert observation.values(grid) == pytest.approx([30])
    costs = {"cold": [1, 3], "dash": [1, 2]}
    pair = [made([{"tflops": c} for c in costs[m]], method=m) for m in costs]
    (observation,) = observed("table", 9)
    assert observation.values(pair) == pytest.approx([25])
    later = [dataclasses.replace(r, run=dataclasses.replace(r.run, seed=1)) for r in pair]
    assert observation.values(later + pair) == pytest.approx([25, 25])
