"""The tables and pictures of docs/theory.md, and the search behind its examples."""

import re
from pathlib import Path

import numpy as np
import pytest
from matplotlib.figure import Figure

import featsim
from docs.programs import counterexamples, doubling_bounds, policies, theory_limit
from docs.programs import theory as pages
from docs.programs.policy_counterexamples import (
    less_accurate,
    other_than_cold,
    other_than_warm,
    shrink,
    slower,
)
from featsim import theory
from featsim.theory.examples import OF_POLICIES

SHORT = {
    "ACC(L_warm) < ACC(L_cold)": "ACC(L_warm) < ACC(L_cold) above the bound",
    "L_warm^(J) = G": "L_warm = G",
}


PAGE = (Path(__file__).parents[2] / "docs" / "theory.md").read_text(encoding="utf-8")


def rows(table):
    """Return the cells of a table in Markdown, without those of its header."""
    lines = [line for line in table.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines[2:]]


def on_page(name):
    return rows(PAGE.split(f"<!-- {name} -->")[1].split(f"<!-- end of {name} -->")[0])


def test_tables_that_are_quick_are_those_of_the_page():
    assert rows(pages.examples()) == on_page("examples")
    assert rows(theory_limit.critical_table(featsim.Config())) == on_page("critical")


def test_the_first_rows_of_tables_that_grow_are_those_of_the_page():
    *limit, power = rows(theory_limit.convergence_table(4_000))
    assert len(limit) == 2
    assert limit == on_page("limit")[:2]
    assert power[0] == on_page("limit")[-1][0]
    small = rows(theory_limit.fluctuation_table([1_000]))
    assert small == on_page("fluctuations")[: len(theory_limit.INITS)]


def within(share, found, trials):
    """Tell whether a share of trials can be one of so many more; none and all are no chance."""
    return abs(share - found) <= 4 * np.sqrt(share * (1 - share) / trials)


def test_shares_of_random_streams_are_within_the_spread_of_those_of_the_page():
    streams = 100
    for told, found in zip(on_page("random"), rows(pages.random_streams(streams)), strict=True):
        assert told[:2] == found[:2]
        holding, failing = (int(cell.replace(",", "")) for cell in told[2:])
        assert within(failing / (holding + failing), int(found[3]) / streams, streams), told


def test_the_streams_that_meet_the_assumptions_as_printed_are_told():
    told = PAGE.split("<!-- printed -->")[1].split("<!-- end of printed -->")[0]
    number, streams = re.compile(r"^\d+|\d+(?=\.$)"), 100
    told, found = told.strip(), pages.as_printed(streams)
    assert number.sub("#", told) == number.sub("#", found)
    for many, few in zip(number.findall(told), number.findall(found), strict=True):
        assert within(int(many) / 1_000, int(few) / streams, streams)


@pytest.mark.slow
def test_shares_of_seeds_are_within_the_spread_of_those_of_the_page():
    seeds = 2
    told_rows, found_rows = on_page("shares"), rows(pages.shares(featsim.Config(), seeds))
    for told, found in zip(told_rows, found_rows, strict=True):
        assert told[:2] == found[:2]
        shares = [[_share(cell) for cell in row[2:]] for row in (told, found)]
        for told_share, found_share in zip(*shares, strict=True):
            assert (told_share is None) == (found_share is None)
            assert told_share is None or within(told_share, found_share, seeds), told


def _share(cell):
    """Return the share that a cell tells, as in ``3 of 10`` or ``97.5% of 490``."""
    number, _, total = cell.partition(" of ")
    if not number:
        return None
    return float(number[:-1]) / 100 if number.endswith("%") else int(number) / int(total)


def test_the_table_of_times_is_of_the_calls_that_are_timed():
    calls = on_page("speed")
    assert len(calls) == 6
    for _, time in calls:
        assert 0 < float(time.removesuffix(" s")) < 100


@pytest.mark.parametrize("example", theory.EXAMPLES, ids=lambda example: example.name)
def test_the_search_agrees(example):
    if example.source.startswith("Policies"):
        fails = {"ACC of doubling": less_accurate}.get(example.text, slower)
        assert fails(example.chunks, int(example.gamma), example.tau)
        return
    names = counterexamples.failing(example.chunks, int(example.gamma), example.tau)
    text = SHORT.get(example.text, example.text)
    by_class = example.source.startswith("Lemma") or example.classes == 1
    assert by_class or text in names


def test_the_search_agrees_on_policies():
    part, noise = OF_POLICIES
    assert other_than_cold(part.chunks, part.gamma, part.tau)
    assert other_than_warm(noise.chunks, noise.gamma, noise.tau)
    assert not other_than_warm(part.chunks, part.gamma, part.tau)


def test_points_are_taken_away_while_the_statement_fails(capsys):
    def fails(chunks, gamma, tau):
        return chunks[0][3] >= 3

    shrink("", [((1, 9, 1, 6), 8)], 1, fails)
    assert "((1, 2, 1, 3), (1, 2, 1, 3))" in capsys.readouterr().out


def test_tables_on_policies_are_those_of_the_page():
    assert rows(policies.examples()) == on_page("policy examples")
    assert rows(policies.schedules(featsim.Config(test_points=0))) == on_page("schedules")
    *limit, power = rows(policies.limit(4_000))
    assert limit == on_page("policy limit")[:2]
    assert power[0] == on_page("policy limit")[-1][0]


def test_bounds_of_a_few_settings():
    measured = [doubling_bounds.measure(i) for i in range(4)]
    found = {name: np.array([float(one[name]) for one in measured]) for name in measured[0]}
    config = doubling_bounds.setting(2)
    out = featsim.simulate(config, seeds=[2], inits=("cold", "warm", "doubling"), workers=1)
    T = out.nonzero_gradient_points.cumsum("experiment")[0]
    assert found["ratio"][2] == float((T[2] / T[1]).max())
    half = [out.exact_accuracy[0, 0, (j + 1) // 2 - 1] for j in range(1, 51)]
    assert found["short"][2] == float(max(half - out.exact_accuracy[0, 2]))
    found["ratio"][:] = (1, 2, 3, 4)
    found["short"][:] = (-1, 0, 0.005, 0.05)
    found["gap"][:] = (0, 0.5, 0.5, 0.5)
    table = {row[0]: row[1:] for row in rows(doubling_bounds.bounds_table(found))}
    assert table["settings"] == ["4", "3"]
    assert table["T of doubling ≤ 3 T_warm"] == ["75.00%", "66.67%"]
    assert table["ACC of doubling ≥ ACC(L_cold^(⌈j/2⌉))"] == ["50.00%", "33.33%"]
    assert table["… but for 1 percentage point"] == ["75.00%", "66.67%"]
    assert len(rows(doubling_bounds.where_table(found))) == 15
    reasons = [int(row[1]) for row in rows(doubling_bounds.why_table(found))]
    assert sum(reasons[:2]) == 1
    assert sum(reasons[2:]) == 2


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
    assert "accuracy" in ax.get_ylabel()


def test_the_picture_of_the_gap_is_in_points():
    config = featsim.Config(features=6, points_per_chunk=20, experiments=2, test_points=0)
    ax = Figure().add_subplot()
    theory_limit.draw_critical(ax, config)
    gammas, drawn = ax.lines[0].get_data()
    gap = theory.accuracy_gap(config.replace(tau=1), None, gammas)
    assert gap.max() > 0
    np.testing.assert_allclose(drawn, 100 * gap)
    assert ax.get_ylabel() == "Accuracy, random − warm (points)"
