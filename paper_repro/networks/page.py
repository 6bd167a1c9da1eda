"""The page docs/networks.md, written from the campaign's records alone."""

from collections.abc import Sequence
from pathlib import Path

from featsim import plotting
from featsim._files import replacing
from paper_repro.campaign import CLAIMS, REGIMES, Claim
from paper_repro.catalog import HERE
from paper_repro.errors import Mendable
from paper_repro.networks import (
    experiments,
    label_noise,
    last_batch,
    noise,
    of_regime,
    rate,
    shown,
    tradeoff,
)
from paper_repro.networks.evidence import Evidence, gather
from paper_repro.networks.part import missing
from paper_repro.report_text import chance, totals
from paper_repro.tables.text import markdown
from paper_repro.verdict import UNKNOWN, judge

PAGE = HERE.parent / "docs" / "networks.md"

_GAIN = Claim("DASH generalizes better than warm", "DASH", "warm", "mean accuracy")
"""Not one of the claims: shown to weigh the margin of the first by."""

_INTRODUCTION = """# Networks: what a CPU shows of warm starts and DASH

This page is written by `python -m paper_repro networks` from the records in `results`, which
`campaign`, `rates`, `last-batch`, `figures-in-regimes` and `noise` of the same program make. It
counts whole seeds only: those that every method of a regime has finished. Regimes, seeds, end
points, claims and thresholds stand in `paper_repro/campaign.py` and were fixed before any of these
seeds was run, but for W64-slow and the seeds of W64 after its first, which were planned when that
one had been seen, and C16-noise, planned when the others had been; the sizes were chosen by pilots
on other seeds. The settings are far smaller than the paper's, so nothing here confirms or
contradicts its numbers.

Images are CIFAR-10's (a JPEG re-encoding, good for comparing methods and not for absolute
accuracy), averaged to 16×16 pixels; tests are on all 10,000 test images. SGD, momentum 0.9,
batch 128, learning rate 0.01 but where another is named. An experiment ends at 99.9 % train
accuracy, or at 300 epochs. DASH has α = 0.3 and λ = 0.3, shrink and perturb λ = 0.3 and σ = 0.01;
FIRE is that of [dash](dash.md). The momentum survives but in a cold start and in *warm, new
momentum*, which goes on from the last weights with a new optimizer.

A claim compares two methods on the same seeds, one number a seed. Intervals are Student's two-sided
90 % interval of the mean over seeds. A claim *holds* if the interval lies above its threshold,
*does not hold* if it lies below, and else *{unknown}*, with one seed always. Steps that
the epoch limit cut short are a lower bound, marked ≥; a percentage of which they are a part is
marked ≥ or ≤, or *of cut steps* where it is no bound. A claim on steps is told only if the larger
sum alone is cut, and if it holds all the same: the interval is then that of the bounds. That two
things rise together has Spearman's ρ, a mean over seeds, and is judged by permutation, as in
[reproduction](reproduction.md); ρ is 0 where one of the two does not vary.

{chance} The simulator's claims are not counted.

{totals}
"""

_MAIN = """## Does DASH at doublings reach DASH's accuracy in a fraction of its steps?

At doublings means: only where the data have doubled since it last acted. Yes means that its
accuracy, as a mean over experiments, is above DASH's less one percentage point, and that it needs
fewer steps in sum. An interval of the first column below 0 says that it is less accurate than DASH,
where the answer is yes by less than a point; what DASH gains over warm stands beside it, to weigh
that point by. The
last experiments of all regimes but the MLP, the 8th and 16th, are doublings themselves, so that
accuracy at the end is that of an experiment before which the method has acted.
"""

_PICTURE = """## Accuracy against steps

![Accuracy against steps, a panel a regime]({folder}/tradeoff.png)

A large point is the mean over seeds, its bars are one standard deviation, a small point is a seed.
The gray line joins the methods that no other beats in both means. At a ≥ the epoch limit cut some
of the steps, which are a lower bound; the line takes them as they are.
"""


def write(root: Path, page: Path) -> None:
    """Write the page and, in a folder of its name beside it, its picture.

    Raises
    ------
    errors.Mendable
        If no regime has a whole seed, or the page is a folder or has no suffix.
    """
    if page.is_dir():
        raise Mendable(f"page must be a file, not the folder {page}")
    if not page.suffix:
        raise Mendable(f"page must have a suffix, as the folder of its pictures has none: {page}")
    found = [gather(name, root) for name in REGIMES]
    whole = [evidence for evidence in found if evidence.seeds]
    if not whole:
        raise Mendable(f"{root} has no whole seed of a regime: run campaign first")
    pictures = page.with_suffix("")
    pictures.mkdir(parents=True, exist_ok=True)
    with plotting.style():
        plotting.save_figure(tradeoff.draw(whole), pictures / "tradeoff.png")
        for evidence in whole:
            for draw, name in ((experiments.by_experiment, ""), (experiments.by_data, "-data")):
                plotting.save_figure(draw(evidence), pictures / f"{evidence.name}{name}.png")
        figures = shown.part(root, pictures)
    parts = [
        *(of_regime.part(evidence, pictures.name) for evidence in found),
        label_noise.part(found),
        rate.part(root),
        last_batch.part(root),
        figures,
        noise.part(root),
    ]
    introduction = _INTRODUCTION.format(
        unknown=UNKNOWN,
        chance=chance([judged for part in parts for judged in part.judged]),
        totals=totals([records for part in parts for records in part.records]),
    )
    texts = [
        introduction,
        _MAIN,
        _answers(whole),
        _PICTURE.format(folder=pictures.name),
        "## Claims by regime",
        _claims_by_regime(whole),
        *(part.text for part in parts),
        missing(parts),
    ]
    with replacing(page) as new:
        new.write_text("\n\n".join(text.strip("\n") for text in texts if text) + "\n")


def _answers(shown: Sequence[Evidence]) -> str:
    """Return a row a regime: the answer, the two numbers that it rests on, and the fraction."""
    rows = []
    for evidence in shown:
        gap, gain, saved = (evidence.finding(c) for c in (CLAIMS[0], _GAIN, CLAIMS[2]))
        fraction = judge([100 - value for value in saved.judgement.values]).text(1)
        texts = [gap.text, gain.text, saved.cut.opposite.mark(fraction)]
        rows.append([evidence.name, *texts, evidence.answer])
    header = [
        "regime", "accuracy less DASH's, points", "DASH's less warm's",
        "steps, % of DASH's", "answer",
    ]  # fmt: skip
    return markdown(header, rows)


def _claims_by_regime(shown: Sequence[Evidence]) -> str:
    def cell(evidence: Evidence, claim: Claim) -> str:
        found = [f for f in evidence.findings if f.claim == claim]
        return found[0].verdict if found else "–"

    rows = [[claim.text, *(cell(evidence, claim) for evidence in shown)] for claim in CLAIMS]
    return markdown(["claim", *(evidence.name for evidence in shown)], rows)
