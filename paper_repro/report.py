"""The page docs/reproduction.md, written from the records alone."""

import os
from collections.abc import Sequence
from pathlib import Path

from featsim._files import replacing
from paper_repro import check, claims
from paper_repro.beside import beside_the_authors
from paper_repro.catalog import HERE, Kind, find, numbers
from paper_repro.check import Finding
from paper_repro.errors import Mendable
from paper_repro.observations import OBSERVATIONS
from paper_repro.records import Records, load_records
from paper_repro.report_text import chance, introduction, totals
from paper_repro.run import Run
from paper_repro.scales import Scale
from paper_repro.tables.summary import summary
from paper_repro.tables.text import markdown
from paper_repro.verdict import Judgement

PAGE = HERE.parent / "docs" / "reproduction.md"


def write(scale: Scale, root: Path, page: Path) -> None:
    """Write the page from what is complete at a scale, at once.

    Raises
    ------
    errors.Mendable
        If no setting of the check is complete, or `page` is a folder.
    """
    if page.is_dir():
        raise Mendable(f"page must be a file, not the folder {page}")
    findings, records, parts = _checks(scale, root)
    if not parts:
        raise Mendable(f"no setting of the check is complete at scale {scale}: run check first")
    judged = [finding.network for finding in findings]
    missing: list[str] = []
    for kind in ("figure", "table"):
        for number in numbers(kind):
            found, seen, text = _item(kind, number, scale, root, page)
            judged += found
            records += seen
            parts.append(text)
            missing += [f"{kind} {number}"] * (not text)
    head = introduction(scale, totals(records), chance(judged), missing)
    parts = [head, *(part for part in parts if part), beside_the_authors(root)]
    page.parent.mkdir(parents=True, exist_ok=True)
    with replacing(page) as new:
        new.write_text("\n".join(parts))


def _complete(runs: Sequence[Run], root: Path) -> list[Records]:
    """Return the records if all are complete, else none."""
    records = [load_records(run, root) for run in runs]
    return records if all(r.complete for r in records) else []


def _checks(scale: Scale, root: Path) -> tuple[list[Finding], list[Records], list[str]]:
    """Return the findings, the records and the sections of the settings that are complete."""
    findings, seen, parts = [], [], []
    for name, runs in claims.settings(scale).items():
        if records := _complete(runs, root):
            found = check.findings(records, scale)
            findings += found
            seen += records
            parts.append(_setting(name, records, found))
    return findings, seen, parts


def _setting(name: str, records: Sequence[Records], found: Sequence[Finding]) -> str:
    rows = [[f.claim.text, f.claim.source, *f.row()[1:]] for f in found]
    table = markdown([check.HEADER[0], "paper", *check.HEADER[1:]], rows)
    cut = "\n".join(
        f"- *{f.claim.text}*: the epoch limit ended some experiments, whose steps are only a "
        "lower bound."
        for f in found
        if f.claim.of_steps and f.limited
    )
    parts = [f"## {name}", check.describe(records), table, cut, summary(records)]
    return "\n\n".join(part for part in parts if part) + "\n"


def _item(
    kind: Kind, number: int, scale: Scale, root: Path, page: Path
) -> tuple[list[Judgement], list[Records], str]:
    """Return the section of a figure or table; nothing if its runs are not complete."""
    item = find(kind, number)
    try:
        runs = item.runs(scale)
    except Mendable:  # it has no such scale
        return [], [], ""
    records = _complete(runs, root)
    if runs and not records:
        return [], [], ""
    parts, judged, rows = [f"## {item.title}"], [], []
    for observation in OBSERVATIONS:
        if (observation.kind, observation.number) == (kind, number):
            found = observation.judge(records)
            judged.append(found)
            rows.append([observation.text, observation.what, *observation.cells(found, records)])
    if rows:
        parts.append(markdown(["claim", "measured", "ours", "verdict"], rows))
    shown = item.show(records) if kind == "table" else None
    picture = root / f"figure_{number:02d}-{scale}.png"
    if isinstance(shown, str):
        parts.append(shown)
    elif picture.is_file():
        link = Path(os.path.relpath(picture, page.parent)).as_posix()
        parts.append(f"![{item.title}]({link})")
    return judged, records, "\n\n".join([*parts, ""])
