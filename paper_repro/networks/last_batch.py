"""Whether it is a last batch of a few images that some experiments of the MLP take long for.

Experiments 5, 10 and 15 of the MLP have 5,000, 10,000 and 15,000 images, which leave 8, 16 and 24
for the last batch of 128; the others leave at least 32, or none. If that is why, a batch of 125,
which divides 5,000, takes the steps away, and does nothing of the kind at 4,000. Sizes, batches and
seeds were fixed before any of these runs.
"""

import dataclasses
from pathlib import Path

from paper_repro.campaign import REGIMES
from paper_repro.cut import Cut
from paper_repro.networks import evidence
from paper_repro.networks.part import Part, Progress
from paper_repro.records import Records
from paper_repro.run import Run
from paper_repro.tables.text import markdown, plus_minus
from paper_repro.verdict import Judgement, judge

REGIME = "MLP"
SIZES, BATCHES = (4_000, 5_000), (125, 128)
SEEDS = (100, 101, 102)

_TEXT = """## {regime}: a small last batch

Experiments 5, 10 and 15 of the {regime} have 5,000, 10,000 and 15,000 images, which leave 8, 16 and
24 for the last batch of 128; the others leave at least 32, or none. A cold start on some of these
images, once with a batch of 125, which leaves none, and once with the regime's. The claim is that
the latter takes more steps. Were a batch of 8 the only reason, it would hold at 5,000 and not at
4,000; where it holds at both, that explains at most the difference between the two. Sizes, batches
and seeds were fixed before the runs.
"""


def runs(seed: int) -> dict[str, Run]:
    """Return the runs of a seed, by size and batch."""
    cold = dataclasses.replace(REGIMES[REGIME].runs(seed)["cold"], chunks=1)
    return {
        _name(size, batch): dataclasses.replace(cold, train_size=size, batch=batch)
        for size in SIZES
        for batch in BATCHES
    }


def part(root: Path) -> Part:
    """Return the page's part on the records under `root`."""
    whole = list(evidence.whole_seeds(runs, SEEDS, root).values())
    name = f"{REGIME} with a small last batch"
    progress = [Progress(name, len(whole), len(SEEDS), "last-batch")]
    if not whole:
        return Part("", [], [], progress)
    judged = [_more(size, whole) for size in SIZES]
    header = ["images", "images of the last batch", "steps, batch 125", "steps, batch 128"]
    header += ["more steps, %", "takes more steps"]
    rows = [_row(size, whole, more) for size, more in zip(SIZES, judged, strict=True)]
    used = evidence.records_of(whole)
    return Part(f"{_TEXT.format(regime=REGIME)}\n{markdown(header, rows)}", judged, used, progress)


def _more(size: int, whole: list[dict[str, Records]]) -> Judgement:
    """Return what the steps that the small last batch takes more, in %, come to."""
    even, odd = (_steps(size, batch, whole) for batch in BATCHES)
    return judge([100 * (b / a - 1) for a, b in zip(even, odd, strict=True)])


def _steps(size: int, batch: int, whole: list[dict[str, Records]]) -> list[int]:
    return [found[_name(size, batch)].experiments[0]["steps"] for found in whole]


def _row(size: int, whole: list[dict[str, Records]], more: Judgement) -> list[str]:
    even, odd = (any(found[_name(size, b)].any_cut for found in whole) for b in BATCHES)
    texts = [
        plus_minus(_steps(size, batch, whole), 0, cut=cut)
        for batch, cut in zip(BATCHES, (even, odd), strict=True)
    ]
    cut = Cut(odd, even)
    measured = [cut.mark(more.text(0)), cut.told(more.verdict())]
    return [f"{size:,}", str(size % BATCHES[1]), *texts, *measured]


def _name(size: int, batch: int) -> str:
    return f"{size:,} images, batch {batch}"
