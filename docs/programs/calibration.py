"""Write docs/calibration.md: the framework fitted to real networks.

Run ``python -m docs.programs.calibration RUNS.csv --recovery FILE --docs docs``, where RUNS.csv are
the authors' runs (columns run, model, dataset, method, lam, sota, seed, experiment, test_accuracy,
steps) and FILE is what ``docs.programs.recovery`` wrote. Without ``--docs`` the tables are printed.
The page's text stands in it; tables, and sentences that say which rows differ, go between the marks
that bear their names.
"""

import time
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import tyro
from matplotlib.figure import Figure

import featsim
from docs.programs import calibration_data as data
from docs.programs import calibration_tables as tables
from docs.programs.calibration_data import Case, Method
from docs.programs.calibration_picture import draw_calibration
from docs.programs.calibration_words import colds, ends, ends_words, laws_words
from docs.programs.marks import write_between
from docs.programs.recovery import read
from docs.programs.recovery_table import recovery_table
from docs.programs.theory_limit import table
from featsim.calibration.observed import read_observed
from featsim.calibration.place import Placement
from featsim.calibration.result import Fit

MEAN_FIELD, SIMULATOR = "mean field", "simulator"
Places = list[tuple[Case, Method, str, Placement]]


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What to read and where to write."""

    runs: Annotated[Path, tyro.conf.Positional]
    """CSV file of the authors' runs."""
    recovery: Path | None = None
    """Lines of JSON of docs.programs.recovery."""
    docs: Path | None = None
    """Folder of calibration.md; nothing is written if it is not given."""


def main(settings: Settings) -> None:
    """Fit, place and write."""
    made, figure = make(settings.runs)
    if settings.recovery is not None:
        made["recovery"] = recovery_table(read(settings.recovery))
    for name, rows in made.items():
        print(f"\n{name}\n\n{rows}")
    if settings.docs is None:
        return
    write_between(settings.docs / "calibration.md", made)
    featsim.save_figure(figure, settings.docs / "calibration" / "squares.png")


def make(runs: Path) -> tuple[dict[str, str], Figure]:
    """Return all tables by name, and the picture."""
    cases = [*data.authors_cases(runs), *data.own_cases()]
    fits, times, halves = [], [], []
    for case in cases:
        for model in (MEAN_FIELD, SIMULATOR):
            start = time.perf_counter()
            fits.append((case, model, fit_cold(case, model)))
            times.append([case.title, model, f"{time.perf_counter() - start:.0f}"])
            print(*times[-1], "s", flush=True)
        if case.cold.table["experiment"].max() >= 20:
            halves.append((case, fit_cold(case, MEAN_FIELD, half=True), fits[-2][2]))
    main_case = cases[0]
    by_model = {model: fit for case, model, fit in fits if case is main_case}
    uniform = [
        (case, f"{MEAN_FIELD}, uniform only", fit_cold(case, MEAN_FIELD, law="uniform"))
        for case in cases[:2]
    ]
    places: Places = [
        (case, method, model, fit.place(method.table))
        for case, model, fit in fits
        for method in case.others
    ]
    warm = [method for method in main_case.others if method.name.startswith("warm")]
    shares, trends = tables.shares_table(by_model[MEAN_FIELD], warm, (3, 5, 8, 12, 16, 20, 25, 29))
    made = {
        "fits": tables.fits_table([*fits, *uniform]),
        "laws": laws_words(colds(fits)),
        "halves": tables.halves_table(halves),
        "ends": ends_words(ends(halves)),
        "predicted": "\n\n".join(
            f"{case.title}:\n\n"
            + tables.predicted_table(case, {model: fit for one, model, fit in fits if one is case})
            for case in cases
            if case.others
        ),
        "places": tables.places_table(places),
        "shares": shares,
        "trends": table(
            ["warm start", "change of the share for each doubling of j", "95 %"],
            [[name, f"{slope:+.3f}", f"{low:+.3f} … {high:+.3f}"]
             for name, slope, low, high in trends],
        ),
        "starts": tables.starts_table(by_model[MEAN_FIELD], main_case.others[:-1]),
        "without_cold": without_cold(runs),
        "times": table(["cold start of", "model", "seconds"], times),
    }  # fmt: skip
    panels = [
        (
            case,
            {model: fit for one, model, fit in fits if one is case},
            [one for one in places if one[0] is case and one[2] == MEAN_FIELD],
        )
        for case in cases
        if case.others
    ]
    return made, draw_calibration(panels)


def fit_cold(case: Case, model: str, *, half: bool = False, law: str | None = None) -> Fit:
    """Return the fit to a case's cold start, or to the first half of its experiments."""
    rows = case.cold.table
    if half:
        rows = rows[rows["experiment"] <= rows["experiment"].max() // 2]
    return featsim.fit(
        rows,
        classes=case.classes,
        points_per_chunk=case.points_per_chunk if model == SIMULATOR else None,
        frequency_law=law,  # type: ignore[arg-type]
    )


def without_cold(runs: Path) -> str:
    """Return the runs that cannot be placed."""
    shown, rows = (1, 5, 16, 32, 48), []
    for method in data.without_cold(runs):
        curve = read_observed(method.name, method.table)
        by_experiment = dict(zip(curve.experiments.tolist(), curve.accuracy, strict=True))
        rows.append(
            [method.name]
            + [f"{100 * by_experiment[j]:.1f}" if j in by_experiment else "" for j in shown]
        )
    return table(["accuracy, %", *map(str, shown)], rows)


if __name__ == "__main__":
    main(tyro.cli(Settings))
