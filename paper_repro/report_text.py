"""What the page of claims says before its sections."""

from collections.abc import Sequence

from paper_repro.records import Records
from paper_repro.scales import Scale
from paper_repro.verdict import FAILS, HOLDS, LEVEL, UNKNOWN, Judgement

_INTRODUCTION = """# Reproduction: the network experiments

This page is written by `python -m paper_repro report --scale {scale}` from the records in
`results`; `python -m paper_repro status` counts them. The paper is Shin, Oh, Cho and Yun, "DASH:
Warm-Starting Neural Network Training in Stationary Settings without Loss of Plasticity", NeurIPS
2024, arXiv 2410.23495. Where it leaves a point open, its authors' released code is followed, but in
five:

- Images are normalized by the mean and standard deviation of their own training pixels, where the
  code has fixed numbers for CIFAR-10 and Tiny-ImageNet.
- An experiment has at most 1,000 epochs, where the code has 10,000.
- Accuracies are shares of samples, where the code averages those of batches; with a last batch of a
  few images an experiment can end at another epoch than there.
- Each cold start of VGG-16 has first weights of its own, where in the code one seed gives all of
  them the same.
- The norms of Figure 6 are over batches in the order of arrival, where the code shuffles them.

{size}{note}

Not complete at this scale, and so without a section: {missing}.

What is missing is run, and the rest read from its records, by `python -m paper_repro check`,
`figure N` or `table N` with `--scale {scale}` and `--data DIR`, DIR being where the data sets lie
or are downloaded to. A run that was interrupted goes on after its last finished experiment. With
`--jobs 2` two runs are made side by side, on a thread each, with the results that one thread gives;
`train --bf16` is about 1.3 times as fast on a CPU, with others.

## How claims are judged

A claim is measured by one number a seed; brackets hold Student's two-sided 90 % interval of the
mean over seeds. It *holds*, or *does not hold*, if the interval lies wholly on one side of the
claim's threshold, which is zero unless said otherwise. A claim that two things rise together is
measured by Spearman's ρ and judged by permutation: it holds if at most one in twenty permutations
of each seed's pairs gives a mean ρ as high, and does not if as few give one as low. All
permutations are counted where a seed has at most eight pairs, 20,000 random ones else; p is
two-sided, with ≤ where none of the random ones reached it. Otherwise, and with one seed always, a
claim *{unknown}*; so does a claim about steps where the epoch limit cut some short: such steps are
a lower bound, and are marked with ≥ in tables and with open circles in pictures. In tables of
methods, ± is the standard deviation over seeds. The column *simulator* has the same claim in the
setting of Figure 3, over all its experiments from the second on, whatever the network's data.

{chance}
"""

_CPU_SCALE = """
**The cpu scale is another regime than the paper's**, not a smaller copy of it: a few thousand
images in a few chunks, a network a quarter as wide unless said otherwise, and a learning rate of
0.01 in place of 0.001, to converge in fewer steps. Nothing here contradicts or confirms the paper's
numbers at its own scale; that takes `--scale paper` and a GPU. The images of CIFAR-10 were a JPEG
re-encoding, which is good for comparing methods and not for absolute accuracy. Times are wall times
on shared cores.

Two choices were made after the first results had been seen: that old data count as still fitted
above 90 %, and that steps which the epoch limit cut short tell nothing. The sizes are those that a
CPU can train in an hour or two."""


def introduction(scale: Scale, size: str, chance: str, missing: Sequence[str]) -> str:
    """Return what stands before the sections."""
    note = f"\n{_CPU_SCALE}" if scale == "cpu" else ""
    return _INTRODUCTION.format(
        scale=scale,
        size=size,
        note=note,
        unknown=UNKNOWN,
        chance=chance,
        missing=", ".join(missing) or "nothing",
    )


def totals(records: Sequence[Records]) -> str:
    """Return how many distinct runs there are, how long they took, and what made them."""
    distinct = list({r.run.name: r for r in records}.values())
    experiments = sum(len(r.experiments) for r in distinct)
    return f"{len(distinct)} runs with {experiments} experiments took {machine_time(distinct)}."


def machine_time(records: Sequence[Records]) -> str:
    """Return the hours that runs took, on which devices and with which versions."""
    hours = sum(row["seconds"] for r in records for row in r.experiments) / 3600
    headers = [r.header for r in records if r.header is not None]
    devices = sorted({header["device"] for header in headers})
    versions = sorted({f"torch {header['versions']['torch']}" for header in headers})
    return f"{hours:.1f} hours on {'; '.join(devices)}, with {', '.join(versions)}"


def chance(judged: Sequence[Judgement]) -> str:
    """Return how many claims are judged, and what that means for chance."""
    tested = [one for one in judged if one.tested]
    strict = LEVEL / max(1, len(tested))

    def count(verdict: str, level: float) -> int:
        return sum(one.verdict(level) == verdict for one in tested)

    return (
        f"{len(judged)} claims are measured on this page, {len(tested)} of them with more than one "
        f"seed. By their numbers, before steps cut short are set aside, {count(HOLDS, LEVEL)} hold "
        f"and {count(FAILS, LEVEL)} do not. If the truth were at the threshold everywhere, chance "
        f"alone would give about {LEVEL * len(tested):.1f} of each. Corrected for their number "
        f"(Bonferroni: {strict:.2g} a side), {count(HOLDS, strict)} hold and "
        f"{count(FAILS, strict)} do not. Claims of one setting share its runs and are not "
        "independent."
    )
