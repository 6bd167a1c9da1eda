"""The tables and pictures of docs/theory.md, and the search behind its examples."""

from pathlib import Path

import numpy as np
import pytest
from matplotlib.figure import Figure

from docs.programs import counterexamples, theory_limit
from docs.programs import theory as pages
from featsim import theory

SHORT = {
    "ACC(L_warm) < ACC(L_cold)": "ACC(L_warm) < ACC(L_cold) above the bound",
    "L_warm^(J) = G": "L_warm = G",
}


def test_the_page_holds_every_example():
    page = (Path(__file__).parents[2] / "docs" / "theory.md").read_text(encoding="utf-8")
    assert pages.examples() in page
    for name in ("random", "shares", "limit", "fluctuations", "critical", "speed"):
        rows = page.split(f"<!-- {name} -->")[1].split(f"<!-- end of {name} -->")[0]
        assert rows.count("\n|") > 3


@pytest.mark.parametrize("example", theory.EXAMPLES, ids=lambda example: example.name)
def test_the_search_agrees(example):
    names = counterexamples.failing(example.chunks, int(example.gamma), example.tau)
    text = SHORT.get(example.text, example.text)
    by_class = example.source.startswith("Lemma") or example.classes == 1
    assert by_class or text in names


def test_the_search_knows_the_smallest_chunk():
    assert list(counterexamples.tables(3, 2, 1)) == [(1, 2), (2, 1)]
    smaller = (t for n in range(8, 14) for t in counterexamples.tables(n, 8, 1))
    assert not any(counterexamples.different(t, 2, printed=True) for t in smaller)


def test_distances_and_their_picture():
    assert theory_limit.sizes(5_000) == [1_000, 4_000]
    ax = Figure().add_subplot()
    theory_limit.draw_convergence(ax, [1_000, 4_000])
    for line, init in zip(ax.lines, theory_limit.INITS, strict=False):
        expected = [theory_limit.errors(n)["exact_accuracy"].sel(init=init) for n in (1_000, 4_000)]
        np.testing.assert_array_equal(line.get_ydata(), expected)
    labels = [text.get_text() for text in ax.get_legend().get_texts()]
    assert labels == ["random", "warm", "ideal", "$n^{-1/2}$"]
    assert "| 4,000 |" in theory_limit.convergence_table(4_000)
