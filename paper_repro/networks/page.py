"""The page docs/networks.md, written from the campaign's records alone."""

import statistics
from collections.abc import Mapping, Sequence
from pathlib import Path

from featsim import plotting
from featsim._files import replacing
from paper_repro.campaign import CLAIMS, REGIMES, Claim
from paper_repro.catalog import HERE
from paper_repro.errors import Mendable
from paper_repro.networks import experiments, last_batch, noise, rate, shown, tradeoff
from paper_repro.networks.cut import Cut
from paper_repro.networks.evidence import Evidence, gather
from paper_repro.observations import of_paper
from paper_repro.records import Records
from paper_repro.report_text import chance, totals
from paper_repro.spread import mean_std
from paper_repro.tables.text import markdown, plus_minus
from paper_repro.verdict import HOLDS, UNKNOWN, Judgement, judge

PAGE = HERE.parent / "docs" / "networks.md"

_GAIN = Claim("DASH generalizes better than warm", "DASH", "warm", "mean accuracy")
"""Not one of the claims: shown to weigh the margin of the first by."""

_INTRODUCTION = """# Networks: what a CPU shows of warm starts and DASH

This page is written by `python -m paper_repro networks` from the records in `results`, which
`campaign`, `rates`, `last-batch`, `figures-in-regimes` and `noise` of the same program make. It
counts whole seeds only: those that every method of a regime has finished. Regimes, seeds, end
points, claims and thresholds stand in `paper_repro/campaign.py` and were fixed before any of these
seeds was run, but for W64-slow and the seeds of W64 after its first, which were planned when that
one had been seen; the sizes were chosen by pilots on other seeds. The settings are far smaller than
the paper's, so nothing here confirms or contradicts its numbers.

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
if by less than a point; what DASH gains over warm stands beside it, to weigh that point by. The
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
    rates, batches, curved = (part.whole_seeds(root) for part in (rate, last_batch, noise))
    drawn = shown.whole_seeds(root)
    pictures = page.with_suffix("")
    pictures.mkdir(parents=True, exist_ok=True)
    with plotting.style():
        plotting.save_figure(tradeoff.draw(whole), pictures / "tradeoff.png")
        for evidence in whole:
            for draw, name in ((experiments.by_experiment, ""), (experiments.by_data, "-data")):
                plotting.save_figure(draw(evidence), pictures / f"{evidence.name}{name}.png")
        figures = shown.section(drawn, pictures)
    judged = [
        *(one for evidence in whole for one in _judged(evidence)),
        *rate.judged(rates),
        *last_batch.judged(batches),
        *shown.judged(drawn),
        *noise.judged(curved),
    ]
    seeds = [*(seed for e in whole for seed in e.seeds.values()), *rates, *batches, *curved]
    used = [r for seed in seeds for r in seed.values()]
    used += [r for figure in drawn.values() for seed in figure for r in seed]
    parts = [
        _INTRODUCTION.format(unknown=UNKNOWN, chance=chance(judged), totals=totals(used)),
        _MAIN,
        _answers(whole),
        _PICTURE.format(folder=pictures.name),
        "## Claims by regime",
        _claims_by_regime(whole),
        *(_regime(evidence, pictures.name) for evidence in whole),
        rate.section(rates),
        last_batch.section(batches),
        figures,
        noise.section(curved),
        _missing(found, rates, batches, curved, drawn),
    ]
    with replacing(page) as new:
        new.write_text("\n\n".join(part.strip("\n") for part in parts if part) + "\n")


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


def _regime(evidence: Evidence, folder: str) -> str:
    """Return the section of a regime: methods, claims, what does not hold, and pictures."""
    open_claims = [f for f in evidence.findings if f.verdict != HOLDS]
    lines = [f"- *{f.claim.text}*: {f.verdict}, {f.text}." for f in open_claims]
    parts = [
        f"## {evidence.name}: {evidence.regime.title}",
        _described(evidence),
        _methods(evidence),
        markdown(
            ["claim", "measured", "above", "mean and interval", "verdict"],
            [
                [
                    f.claim.text,
                    _what(f.claim),
                    f"{f.claim.threshold:g}",
                    f.text,
                    f.verdict,
                ]
                for f in evidence.findings
            ],
        ),
    ]
    if lines:
        parts += ["What is not shown here:", "\n".join(lines)]
    parts += [
        f"![{evidence.name}: accuracy and steps by experiment]({folder}/{evidence.name}.png)",
        "A cold start against the amount of data, as in Figure 7; that steps grow with it would "
        "follow from equal epochs, so those are shown and judged too:",
        "\n".join(_growth(evidence)),
        f"![{evidence.name}: steps and epochs by data]({folder}/{evidence.name}-data.png)",
    ]
    return "\n\n".join(parts)


def _growth(evidence: Evidence) -> list[str]:
    """Return a line for each claim of Figure 7."""
    cold = _cold(evidence)
    return [
        f"- *{claim.text}*: {claim.verdict(cold)}; {claim.what}: {claim.judge(cold).text()}."
        for claim in of_paper("figure", 7)
    ]


def _cold(evidence: Evidence) -> list[Records]:
    return [by_method["cold"] for by_method in evidence.seeds.values()]


def _judged(evidence: Evidence) -> list[Judgement]:
    """Return what the seeds of a regime say of its claims and of Figure 7's."""
    growth = [claim.judge(_cold(evidence)) for claim in of_paper("figure", 7)]
    return [*(finding.judgement for finding in evidence.findings), *growth]


def _described(evidence: Evidence) -> str:
    records = [r for by_method in evidence.seeds.values() for r in by_method.values()]
    headers = [r.header for r in records if r.header is not None]
    hours = sum(row["seconds"] for r in records for row in r.experiments) / 3600
    rows = [(r, row) for r in records for row in r.experiments]
    cut = sum(r.cut(row) for r, row in rows)
    devices = "; ".join(sorted({header["device"] for header in headers}))
    versions = ", ".join(sorted({f"torch {header['versions']['torch']}" for header in headers}))
    seeds = ", ".join(map(str, evidence.seeds))
    return (
        f"Seeds {seeds}: {len(records)} runs, {hours:.1f} hours on {devices}, with {versions}. "
        f"{cut} of {len(rows)} experiments ended at the epoch limit; their steps, and sums that "
        "hold them, are marked ≥. Seconds are wall times on shared cores."
    )


def _methods(evidence: Evidence) -> str:
    """Return a row a method: end points, mean ± standard deviation over seeds."""
    cold = mean_std(evidence.numbers("cold", "steps"))[0]
    rows = []
    for method in evidence.regime.methods:
        steps = evidence.numbers(method, "steps")
        runs = [records[method].experiments for records in evidence.seeds.values()]
        cut = evidence.cut(method)
        share = Cut(cut and method != "cold", evidence.cut("cold") and method != "cold")
        rows.append(
            [
                method,
                plus_minus(evidence.numbers(method, "mean accuracy")),
                plus_minus(evidence.numbers(method, "last accuracy")),
                plus_minus(steps, 0, cut=cut),
                share.mark(f"{100 * mean_std(steps)[0] / cold:.0f}"),
                f"{statistics.median(sum(row['seconds'] for row in run) for run in runs):.0f}",
            ]
        )
    header = [
        "method",
        "accuracy %, mean",
        "last",
        "steps, summed",
        "% of cold's",
        "seconds, median",
    ]
    return markdown(header, rows)


def _what(claim: Claim) -> str:
    if claim.end_point == "steps":
        return f"steps saved by {claim.one}, % of {claim.other}'s"
    return f"{claim.end_point}, {claim.one} − {claim.other}, points"


def _missing(
    found: Sequence[Evidence],
    rates: Sequence[object],
    batches: Sequence[object],
    curved: Sequence[object],
    drawn: Mapping[shown.Shown, Sequence[object]],
) -> str:
    """Return the section on what has not been run, from what is whole, and its command."""
    counts = [(e.name, len(e.seeds), e.planned, f"campaign --regimes {e.name}") for e in found]
    counts += [
        (f"{rate.REGIME} at higher rates", len(rates), len(rate.SEEDS), "rates"),
        (
            f"{last_batch.REGIME} with a small last batch",
            len(batches),
            len(last_batch.SEEDS),
            "last-batch",
        ),
        (f"Curvature in {noise.REGIME}", len(curved), len(noise.SEEDS), "noise"),
    ]
    for one, whole in drawn.items():
        command = f"figures-in-regimes --figures {one.number} --regimes {one.regime}"
        counts.append(
            (f"Figure {one.number} in {one.regime}", len(whole), len(shown.SEEDS), command)
        )
    lines = [
        f"- {name}: {done} of {planned} seeds are whole; "
        f"`python -m paper_repro {command} --data DIR`"
        for name, done, planned, command in counts
        if done < planned
    ]
    if not lines:
        return "Every seed of the plan is there."
    return "\n\n".join(["## What is missing", "\n".join(lines)])
