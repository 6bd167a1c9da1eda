"""The page docs/reproduction.md, written from the records alone."""

import os
from collections.abc import Sequence
from pathlib import Path

from featsim._files import replacing
from paper_repro import check, claims
from paper_repro.catalog import HERE, Kind, find, numbers
from paper_repro.errors import Mendable
from paper_repro.observations import OBSERVATIONS
from paper_repro.records import Records, load_records
from paper_repro.run import Run
from paper_repro.scales import Scale
from paper_repro.tables.summary import summary
from paper_repro.tables.text import markdown, with_seeds
from paper_repro.verdict import HOLDS, UNKNOWN, verdict

PAGE = HERE.parent / "docs" / "reproduction.md"

_INTRODUCTION = """# Reproduction: the network experiments

This page is written by `python -m paper_repro report --scale {scale}` from the records in
`results`; `python -m paper_repro status` counts them. The paper is Shin, Oh, Cho and
Yun, "DASH: Warm-Starting Neural Network Training in Stationary Settings without Loss of
Plasticity", NeurIPS 2024, arXiv 2410.23495.

{size}

What is missing is run, and the rest read from its records, by `python -m paper_repro check`,
`figure N` or `table N` with `--scale {scale}` and `--data DIR`, DIR being where the data sets lie
or are downloaded to. A run that was interrupted goes on after its last finished experiment.

A claim is measured by one number a seed. It *holds*, or *does not hold*, if Student's 90 % interval
of the mean lies wholly on one side; otherwise, and with one seed always, it
*{unknown}*; so it does if it is about steps and the epoch limit cut some short.
"""

_CPU_SCALE = """
These runs are far smaller than the paper's: a few thousand images in a few chunks, a network a
quarter as wide unless said otherwise, and a learning rate of 0.01 in place of 0.001, to converge in
fewer steps. The images of CIFAR-10 were a JPEG re-encoding, which is good for comparing methods
and not for absolute accuracy. Times are wall times on shared cores. Nothing here contradicts or
confirms the paper's numbers at its own scale; that takes `--scale paper` and a GPU.

Three choices were made after the first results had been seen: that old data count as still fitted
above 90 %, that steps which the epoch limit cut short tell nothing, and that the gradient norm is
taken with the statistics of the batch, as in training. The sizes were cut to what two cores can do.
No verdict is corrected for the number of claims tested."""


def write(scale: Scale, root: Path, page: Path) -> None:
    """Write the page from what is complete at a scale, at once.

    Raises
    ------
    errors.Mendable
        If no setting of the check is complete.
    """
    parts = [_setting(name, runs, root, scale) for name, runs in claims.settings(scale).items()]
    if not any(parts):
        raise Mendable(f"no setting of the check is complete at scale {scale}: run check first")
    kinds: list[Kind] = ["figure", "table"]
    for kind in kinds:
        for number in numbers(kind):
            parts.append(_item(kind, number, scale, root, page))
    note = _CPU_SCALE if scale == "cpu" else ""
    size = _totals(_complete_runs(scale, root)) + note
    head = _INTRODUCTION.format(scale=scale, size=size, unknown=UNKNOWN)
    page.parent.mkdir(parents=True, exist_ok=True)
    with replacing(page) as new:
        new.write_text("\n".join([head, *(part for part in parts if part)]))


def _complete(runs: Sequence[Run], root: Path) -> list[Records]:
    """Return the records if all are complete, else none."""
    records = [load_records(run, root) for run in runs]
    return records if all(r.complete for r in records) else []


def _runs(kind: Kind, number: int, scale: Scale) -> list[Run]:
    try:
        return find(kind, number).runs(scale)
    except Mendable:  # it has no such scale
        return []


def _complete_runs(scale: Scale, root: Path) -> list[Records]:
    groups = [
        *claims.settings(scale).values(),
        *(_runs("figure", number, scale) for number in numbers("figure")),
        *(_runs("table", number, scale) for number in numbers("table")),
    ]
    found = {r.run.name: r for runs in groups for r in _complete(runs, root)}
    return list(found.values())


def _totals(records: Sequence[Records]) -> str:
    hours = sum(row["seconds"] for r in records for row in r.experiments) / 3600
    experiments = sum(len(r.experiments) for r in records)
    devices = sorted({r.header["device"] for r in records})
    versions = sorted({f"torch {r.header['versions']['torch']}" for r in records})
    return (
        f"{len(records)} runs with {experiments} experiments took {hours:.1f} hours on "
        f"{'; '.join(devices)}, with {', '.join(versions)}."
    )


def _setting(name: str, runs: Sequence[Run], root: Path, scale: Scale) -> str:
    """Return the section of one setting of the check, empty if it is not complete."""
    records = _complete(runs, root)
    if not records:
        return ""
    found = check.findings(records, scale)
    rows = [[f.claim.text, f.claim.source, *f.row()[1:]] for f in found]
    table = markdown([check.HEADER[0], "paper", *check.HEADER[1:]], rows)
    open_claims = [f for f in found if f.verdict != HOLDS and len(f.network) > 1]
    reasons = "\n".join(f"- *{f.claim.text}*: {f.verdict}. {_reason(f)}" for f in open_claims)
    parts = [f"## {name}", check.describe(records), table, reasons, summary(records)]
    return "\n\n".join(part for part in parts if part) + "\n"


def _reason(finding: check.Finding) -> str:
    if finding.claim.of_steps and finding.limited:
        return "The epoch limit ended some experiments, whose steps are only a lower bound."
    return f"A likely reason: {finding.claim.reason}."


def _item(kind: Kind, number: int, scale: Scale, root: Path, page: Path) -> str:
    """Return the section of a figure or table, empty if its runs are not complete."""
    records = _complete(_runs(kind, number, scale), root)
    if not records:
        return ""
    item = find(kind, number)
    title = " ".join(item.__doc__.split("\n\n")[0].split())
    parts = [f"## {title}"]
    rows = []
    for observation in OBSERVATIONS:
        if (observation.kind, observation.number) == (kind, number):
            values = observation.values(records)
            ours = with_seeds(values, 2)
            rows.append([observation.text, observation.what, ours, scale, verdict(values)])
    if rows:
        parts.append(markdown(["claim", "measured", "ours", "scale", "verdict"], rows))
    picture = root / f"figure_{number:02d}-{scale}.png"
    if kind == "table":
        parts.append(item.table(records))
    elif picture.is_file():
        link = Path(os.path.relpath(picture, page.parent)).as_posix()
        parts.append(f"![{title}]({link})")
    return "\n\n".join([*parts, ""])
