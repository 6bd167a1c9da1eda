"""Is DASH above a cold start only because it takes larger steps? A cold start at higher rates.

With batch norm a network does not change when its weights shrink, but a step of SGD turns them
further: the effective rate goes as lr / ‖W‖². So a method that shrinks weights trains faster than
a cold start at the same rate. If that were all, a cold start at a higher rate would do as well.
The question, the rates and the seeds were fixed before any of these runs.
"""

import dataclasses
from pathlib import Path

from paper_repro.campaign import REGIMES, end_point
from paper_repro.networks import evidence
from paper_repro.networks.part import Part, Progress
from paper_repro.records import Records
from paper_repro.run import Run
from paper_repro.tables.text import markdown, plus_minus
from paper_repro.verdict import Judgement, judge

REGIME = "R16"
RATES = (0.03, 0.1)
SEEDS = (100, 101, 102)
MARGIN = 1.0

_TEXT = """## {regime}: a cold start at higher rates

With batch norm the effective rate of SGD goes as lr / ‖W‖², which a shrink raises. If that were all
that DASH does, a cold start at a higher rate would reach its accuracy. The claim is that it does,
as a mean over experiments and within a point; the rates and seeds were fixed before the runs.
"""


def runs(seed: int) -> dict[str, Run]:
    """Return the runs of a seed that the campaign has not, by name."""
    cold = REGIMES[REGIME].runs(seed)["cold"]
    return {f"cold, rate {rate:g}": dataclasses.replace(cold, lr=rate) for rate in RATES}


def compared(seed: int) -> dict[str, Run]:
    """Return all runs of a seed that are compared, by name."""
    plain = REGIMES[REGIME].runs(seed)
    return {name: plain[name] for name in ("cold", "DASH")} | runs(seed)


def part(root: Path) -> Part:
    """Return the page's part on the records under `root`."""
    whole = list(evidence.whole_seeds(compared, SEEDS, root).values())
    progress = [Progress(f"{REGIME} at higher rates", len(whole), len(SEEDS), "rates")]
    if not whole:
        return Part("", [], [], progress)
    gaps = {name: _gap(name, whole) for name in whole[0] if name != "DASH"}
    header = [
        "method", "accuracy %, mean", "last", "steps, summed",
        "mean accuracy less DASH's, points", "reaches it within a point",
    ]  # fmt: skip
    table = markdown(header, [_row(name, whole, gaps.get(name)) for name in whole[0]])
    used = evidence.records_of(whole)
    return Part(f"{_TEXT.format(regime=REGIME)}\n{table}", list(gaps.values()), used, progress)


def _gap(name: str, whole: list[dict[str, Records]]) -> Judgement:
    """Return what the mean accuracy less DASH's comes to, against the margin."""
    means = [[end_point(found[n], "mean accuracy") for found in whole] for n in (name, "DASH")]
    return judge([a - b for a, b in zip(*means, strict=True)], -MARGIN)


def _row(name: str, whole: list[dict[str, Records]], gap: Judgement | None) -> list[str]:
    mean, last, steps = (
        [end_point(found[name], point) for found in whole]
        for point in ("mean accuracy", "last accuracy", "steps")
    )
    cut = any(found[name].any_cut for found in whole)
    compared = ["–", "–"] if gap is None else [gap.text(1), gap.verdict()]
    return [name, plus_minus(mean), plus_minus(last), plus_minus(steps, 0, cut=cut), *compared]
