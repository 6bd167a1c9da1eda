"""The programs behind the pages on calibration and sensitivity, at small sizes."""

import json
import re
import types
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from docs.programs import calibration_data as data
from docs.programs import calibration_picture, calibration_tables, recovery, sensitivity
from docs.programs.calibration_data import Case, Method
from docs.programs.calibration_words import Cold, End, colds, ends, ends_words, laws_words
from docs.programs.recovery_table import recovery_table
from featsim.calibration.function import fit

DOCS = Path(__file__).parents[2] / "docs"
COLD = (0.3, 0.36, 0.4, 0.42, 0.44, 0.455, 0.47, 0.48, 0.49)
WARM = (0.3, 0.35, 0.37, 0.39, 0.4, 0.41, 0.415, 0.42, 0.43)
RUNS = pd.DataFrame(
    {
        "run": ["c"] * 9 + ["w"] * 9,
        "model": "resnet18",
        "dataset": "cifar10",
        "method": ["cold"] * 9 + ["warm"] * 9,
        "lam": np.nan,
        "sota": False,
        "seed": 1,
        "experiment": [1, 2, 3, 4, 5, 6, 7, 8, 9] * 2,
        "test_accuracy": [*COLD, *WARM],
        "steps": [10, 20, 30, 40, 50, 60, 70, 80, 90, 10, *[8] * 8],
    }
)


@pytest.fixture(scope="module")
def case():
    cold, warm = (
        Method(name, data._method(name, RUNS[RUNS["method"] == name]).table)
        for name in ("cold", "warm")
    )
    return Case("small", 10, 1_000, cold, (warm,))


@pytest.fixture(scope="module")
def fitted(case):
    return fit(case.cold.table, classes=10, features=50, tau=1, frequency_law="zipf")


def test_the_authors_runs_are_read(tmp_path):
    both = pd.concat([RUNS, RUNS.assign(dataset="cifar100")])
    both.to_csv(tmp_path / "runs.csv")
    first, second = data.authors_cases(tmp_path / "runs.csv")
    assert first.cold.table["accuracy"].tolist() == RUNS["test_accuracy"][:9].tolist()
    assert next(iter(first.others)).name == "warm, seed 1"
    assert second.title.startswith("CIFAR-100")


def test_the_records_are_the_campaigns():
    (case,) = [one for one in data.own_cases() if one.title.endswith("(C16)")]
    assert (case.classes, case.points_per_chunk) == (10, 510)
    assert {"warm", "DASH", "DASH at doublings"} <= {method.name for method in case.others}
    assert case.cold.table.groupby("run").size().unique().tolist() == [8]


def test_tables_and_picture(case, fitted):
    place = fitted.place(case.others[0].table)
    places = [(case, case.others[0], "mean field", place)]
    rows = calibration_tables.places_table(places)
    assert f"{place.noise_kept:.2f}" in rows
    assert f"{fitted.max_frequency:.2g}" in calibration_tables.fits_table([(case, "m", fitted)])
    predicted = calibration_tables.predicted_table(case, {"mean field": fitted})
    assert "cold, measured" in predicted
    shares, trends = calibration_tables.shares_table(fitted, case.others, (3, 5, 8))
    assert "warm" in shares
    assert trends[0][2] <= trends[0][1] <= trends[0][3]
    figure = calibration_picture.draw_calibration(
        [(case, {"mean field": fitted, "simulator": fitted}, places)]
    )
    square, curves = figure.axes
    assert square.get_xlabel().startswith("a,")
    measured = next(line for line in curves.lines if line.get_label() == "cold")
    np.testing.assert_allclose(measured.get_ydata(), 100 * RUNS["test_accuracy"][:9])


def between(page, name):
    """Return what stands between the marks of a page that bear a name."""
    text = (DOCS / page).read_text(encoding="utf-8")
    return text.split(f"<!-- {name} -->\n")[1].split(f"<!-- end of {name} -->")[0].strip()


def rows(page, name):
    lines = between(page, name).splitlines()[2:]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def test_sentences_are_those_of_the_rows_of_the_page():
    fits = [Cold(*row[:3], float(row[6])) for row in rows("calibration.md", "fits")]
    with_all_laws = [one for one in fits if "uniform only" not in one.model]
    assert between("calibration.md", "laws") == laws_words(with_all_laws)
    told = []
    for title, *_, predicted, measured, _ in rows("calibration.md", "halves"):
        low, high = re.search(r"\((.*) … (.*)\)", predicted).groups()
        told.append(End(title, float(low), float(high), float(measured)))
    assert between("calibration.md", "ends") == ends_words(told)


def test_sentences_where_no_row_differs_and_where_all_do():
    assert laws_words([Cold("A", "m", "zipf", 0.5)]).count(" throughout.") == 2
    assert "but for A in the m (2)." in laws_words([Cold("A", "m", "uniform", 2.0)])
    titles = ("B", "CIFAR-10, some net, 8 chunks (C16)", "SVHN, some net")
    words = laws_words([Cold(title, "m", "zipf", 3.0) for title in titles])
    assert "but for B in the m (3), C16 in the m (3) and SVHN in the m (3)." in words
    assert "or less throughout." in laws_words([Cold("A", "m", "zipf", 1.04)])
    words = ends_words([End(name, 1.0, 2.0, x) for name, x in (("A", 3.0), ("B", 1.5), ("C", 0.5))])
    for where in ("above all that", "within what", "below all that"):
        assert where in words


def test_the_sentences_and_the_table_have_the_same_ends(case, fitted):
    options = {"classes": 10, "features": 50, "tau": 1, "frequency_law": "zipf"}
    half = fit(case.cold.table[case.cold.table["experiment"] <= 4], **options)
    table = calibration_tables.halves_table([(case, half, fitted)])
    (end,) = ends([(case, half, fitted)])
    assert f"({end.low:.1f} … {end.high:.1f})" in table
    assert end.measured == pytest.approx(100 * COLD[-1])
    (cold,) = colds([(case, "mean field", fitted)])
    assert cold.law == "zipf"
    assert cold.gamma == pytest.approx(1_000 * fitted.gamma_per_point)


def test_recovery_goes_on_where_it_was_stopped(tmp_path, monkeypatch):
    monkeypatch.setattr(recovery, "recover", lambda number: {"setting": number})
    file = tmp_path / "rows.jsonl"
    file.write_text(json.dumps({"setting": 6}) + "\n" + '{"sett')
    recovery.main(recovery.Settings(file=file, settings=0))
    file.write_text(json.dumps({"setting": 6}) + "\n")
    recovery.main(recovery.Settings(file=file, first=5, settings=3))
    assert [row["setting"] for row in recovery.read(file)] == [6, 5, 7]


def test_a_setting_is_drawn_fitted_and_tabled(monkeypatch):
    monkeypatch.setattr(recovery.featsim, "fit", lambda *_, **__: Found)
    row = recovery.recover(0)
    config, runs = recovery.draw(np.random.default_rng(0))
    assert row["truth"]["tau"] == config.tau
    assert row["runs"] == runs
    text = recovery_table([row])
    assert "mean field, zipf" in text
    assert "0.20" in text  # rms in points


class Found:
    """What a fit would have found."""

    gamma_per_point, max_frequency, frequency_exponent, tau = 0.01, 0.3, 1.0, 2
    frequency_law, root_mean_square = "zipf", 0.002
    intervals = dict.fromkeys(
        ("gamma_per_point", "max_frequency", "frequency_exponent", "tau"), (0.0, 9.0)
    )

    identifiability = types.SimpleNamespace(families=())


def test_sensitivity_is_drawn_and_tabled():
    found = sensitivity.compute(8, 3)
    text = sensitivity.indices_table(found)
    value = found["total"].sel(
        quantity="accuracy", init="warm", experiment=3, parameter="max_frequency"
    )
    assert f"/ {float(value):.2f}" in text
    figure = sensitivity.draw(found)
    line = figure.axes[1].lines[2 * list(sensitivity.RANGES).index("max_frequency")]
    assert line.get_ydata()[2] == float(value)
    assert [one.get_text() for one in figure.legends[0].get_texts()] == [
        "γ",
        "τ",
        "K",
        "largest p",
        "n",
    ]


def test_the_ranges_are_told():
    assert between("sensitivity.md", "ranges") == sensitivity.ranges_table()
