"""The table that Tables 1 to 6 and 8 share: accuracy and steps by method."""

from collections.abc import Callable, Sequence

from paper_repro.records import Records
from paper_repro.run import Run
from paper_repro.style import LABELS
from paper_repro.tables.text import markdown, plus_minus

HEADER = ["method", "test accuracy %, last", "mean", "steps, last", "mean"]


def by_method(records: Sequence[Records]) -> list[list[str]]:
    """Return a row a method: the last experiment and the mean over experiments, ± over seeds.

    Steps that the epoch limit cut short in any seed are marked with a ≥.
    """
    rows = []
    for method in dict.fromkeys(r.run.method for r in records):
        chosen = [r for r in records if r.run.method == method]
        rows.append(
            [
                LABELS[method],
                plus_minus([100 * r.last["test_accuracy"] for r in chosen]),
                plus_minus([100 * r.mean("test_accuracy") for r in chosen]),
                plus_minus(
                    [r.last["steps"] for r in chosen], 0, cut=any(r.cut(r.last) for r in chosen)
                ),
                plus_minus(
                    [r.mean("steps") for r in chosen], 0, cut=any(r.any_cut for r in chosen)
                ),
            ]
        )
    return rows


def summary(records: Sequence[Records], setting: Callable[[Run], str] | None = None) -> str:
    """Return the table; with `setting`, its first column names the setting of each group."""
    if setting is None:
        return markdown(HEADER, by_method(records))
    rows = []
    for name in dict.fromkeys(setting(r.run) for r in records):
        group = [r for r in records if setting(r.run) == name]
        rows += [[name, *row] for row in by_method(group)]
    return markdown(["setting", *HEADER], rows)
