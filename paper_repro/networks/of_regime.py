"""The part of the page on one regime: methods, claims, what does not hold, and pictures."""

import statistics

from paper_repro.campaign import Claim
from paper_repro.cut import Cut
from paper_repro.networks.evidence import Evidence, records_of
from paper_repro.networks.part import Part, Progress
from paper_repro.observations import Observation, of_paper
from paper_repro.records import Records
from paper_repro.report_text import machine_time
from paper_repro.spread import mean_std
from paper_repro.tables.text import markdown, plus_minus
from paper_repro.verdict import HOLDS, Judgement


def part(evidence: Evidence, folder: str) -> Part:
    """Return the part, whose pictures lie in `folder`."""
    name = evidence.name
    command = f"campaign --regimes {name}"
    progress = [Progress(name, len(evidence.seeds), evidence.planned, command)]
    if not evidence.seeds:
        return Part("", [], [], progress)
    cold = [by_method["cold"] for by_method in evidence.seeds.values()]
    growth = [(claim, claim.judge(cold)) for claim in of_paper("figure", 7)]
    judged = [*(f.judgement for f in evidence.findings), *(found for _, found in growth)]
    text = _text(evidence, folder, cold, growth)
    return Part(text, judged, records_of(evidence.seeds.values()), progress)


def _growth(claim: Observation, measured: str, verdict: str) -> str:
    return f"- *{claim.text}*: {verdict}; {claim.what}: {measured}."


def _text(
    evidence: Evidence,
    folder: str,
    cold: list[Records],
    growth: list[tuple[Observation, Judgement]],
) -> str:
    open_claims = [f for f in evidence.findings if f.verdict != HOLDS]
    lines = [f"- *{f.claim.text}*: {f.verdict}, {f.text}." for f in open_claims]
    parts = [
        f"## {evidence.name}: {evidence.regime.title}",
        _described(evidence),
        _methods(evidence),
        _claims(evidence),
    ]
    if lines:
        parts += ["What is not shown here:", "\n".join(lines)]
    parts += [
        f"![{evidence.name}: accuracy and steps by experiment]({folder}/{evidence.name}.png)",
        "A cold start against the amount of data, as in Figure 7; that steps grow with it would "
        "follow from equal epochs, so those are shown and judged too:",
        "\n".join(_growth(claim, *claim.cells(found, cold)) for claim, found in growth),
        f"![{evidence.name}: steps and epochs by data]({folder}/{evidence.name}-data.png)",
    ]
    return "\n\n".join(parts)


def _described(evidence: Evidence) -> str:
    records = records_of(evidence.seeds.values())
    rows = [(r, row) for r in records for row in r.experiments]
    cut = sum(r.cut(row) for r, row in rows)
    seeds = ", ".join(map(str, evidence.seeds))
    return (
        f"Seeds {seeds}: {len(records)} runs, {machine_time(records)}. "
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
    header = ["method", "accuracy %, mean", "last", "steps, summed", "% of cold's"]
    return markdown([*header, "seconds, median"], rows)


def _claims(evidence: Evidence) -> str:
    rows = [
        [f.claim.text, _what(f.claim), f"{f.claim.threshold:g}", f.text, f.verdict]
        for f in evidence.findings
    ]
    return markdown(["claim", "measured", "above", "mean and interval", "verdict"], rows)


def _what(claim: Claim) -> str:
    if claim.end_point == "steps":
        return f"steps saved by {claim.one}, % of {claim.other}'s"
    return f"{claim.end_point}, {claim.one} − {claim.other}, points"
