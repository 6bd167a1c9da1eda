"""Does label noise show more? C16-noise beside C16, seed by seed.

In the framework what a warm start has memorized stays, and is what it loses by. Labels drawn at
random can only be memorized. So with more of them a warm start should lose more, and a method that
forgets should gain more over it. Share, seeds and claims were fixed before any of these runs; a
pilot on another seed, of a cold start, a warm one and DASH, had been seen.
"""

from paper_repro.campaign import REGIMES, Claim
from paper_repro.networks.evidence import Evidence
from paper_repro.networks.part import Part
from paper_repro.tables.text import markdown
from paper_repro.verdict import judge

CLEAN, NOISY = "C16", "C16-noise"
CLAIMS = (
    Claim("warm loses more to cold", "cold", "warm", "mean accuracy"),
    Claim("warm with new momentum loses more to cold",
          "cold", "warm, new momentum", "mean accuracy"),
    Claim("DASH gains more over warm", "DASH", "warm", "mean accuracy"),
    Claim("DASH gains more over cold", "DASH", "cold", "mean accuracy"),
)  # fmt: skip
"""Each says that its difference is larger with label noise."""

_TEXT = """## {noisy} beside {clean}: does label noise show more?

In the framework what a warm start has memorized stays, and it loses by that. Labels drawn at random
can only be memorized, so with more of them it should lose more, and a method that forgets should
gain more over it. A seed has the same images, split and first weights in both regimes. Accuracy is
a mean over experiments, differences are in percentage points; wrong labels lower all accuracies,
and may lower differences with them. The share of {share:.0f} %, the seeds and the claims were fixed
before the runs; of a pilot on another seed, cold, warm and DASH had been seen.
"""


def part(found: list[Evidence]) -> Part:
    """Return the page's part on the seeds that are whole in both regimes."""
    clean, noisy = ({e.name: e for e in found}[name].seeds for name in (CLEAN, NOISY))
    common = [seed for seed in clean if seed in noisy]
    if not common:
        return Part("", [], [], [])
    judged, rows = [], []
    for claim in CLAIMS:
        less, more = ([claim.measured(seeds[seed]) for seed in common] for seeds in (clean, noisy))
        larger = judge([b - a for a, b in zip(less, more, strict=True)])
        judged.append(larger)
        texts = [judge(values).text(1) for values in (less, more)]
        rows.append([claim.text, *texts, larger.text(1), larger.verdict()])
    text = _TEXT.format(clean=CLEAN, noisy=NOISY, share=100 * REGIMES[NOISY].base.label_noise)
    table = markdown(["claim", CLEAN, NOISY, f"{NOISY} less {CLEAN}", "verdict"], rows)
    return Part(f"{text}\n{table}", judged, [], [])
