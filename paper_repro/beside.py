"""Our runs beside the authors', at the experiments that are cited of theirs."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from paper_repro.authors import CITED, Cited
from paper_repro.records import Records, load_records
from paper_repro.run import NARROW
from paper_repro.scales import Scale, base, grid, seeds
from paper_repro.tables import table_8
from paper_repro.tables.text import markdown, plus_minus

_HEADER = ["data set", "network", "method", "λ", "experiment", "authors: accuracy %", "steps",
           "ours, paper scale: accuracy %", "steps", "ours, cpu scale: accuracy %",
           "steps"]  # fmt: skip

_TEXT = """## Beside the authors' own runs

The left columns are from the logs of the authors' own runs, one seed each, with the same split into
50 chunks, batches of 128 and a learning rate of 0.001 (the state-of-the-art setting has its own).
The right columns are ours at the same experiment: at paper scale, which is the same setting; and at
cpu scale, which is **another regime**: other chunks, another width, another learning rate. An
experiment that a scale does not have is a dash, as is a run that has not been made.
`python -m paper_repro authors FILE` compares the left columns with the table of all their runs.
"""


def beside_the_authors(root: Path) -> str:
    """Return the section."""
    rows = []
    for cited in CITED:
        lam = "" if cited.lam is None else f"{cited.lam:g}"
        row = [cited.dataset, cited.model, cited.method, lam, f"{cited.experiment}"]
        row += [f"{cited.accuracy:.1f}", f"{cited.steps:,}"]
        rows.append(row + _ours(cited, "paper", root) + _ours(cited, "cpu", root))
    return "\n".join([_TEXT, markdown(_HEADER, rows), ""])


def _ours(cited: Cited, scale: Scale, root: Path) -> list[str]:
    """Return accuracy and steps of our complete runs of this setting, or dashes."""
    changes: dict[str, Any] = {"dataset": cited.dataset, "method": cited.method}
    if cited.lam is not None:
        changes["lam"] = cited.lam
    if cited.model == "resnet18_sota":
        key = (cited.dataset, cited.method)
        runs = [run for run in table_8.runs(scale) if (run.dataset, run.method) == key]
    else:
        model = cited.model if scale == "paper" else NARROW[cited.model]
        runs = grid(base(scale, model=model, **changes), seed=seeds(scale, cited.dataset))
    found = [load_records(run, root) for run in runs]
    return _cells([r for r in found if r.complete], cited.experiment - 1)


def _cells(records: Sequence[Records], place: int) -> list[str]:
    chosen = [r for r in records if len(r.experiments) > place]
    if not chosen:
        return ["-", "-"]
    rows = [r.experiments[place] for r in chosen]
    cut = any(r.cut(r.experiments[place]) for r in chosen)
    return [
        plus_minus([100 * row["test_accuracy"] for row in rows]),
        plus_minus([row["steps"] for row in rows], 0, cut=cut),
    ]
