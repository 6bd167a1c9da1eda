"""What has been measured of a regime: its whole seeds, and what they say of the claims.

A seed is whole when every method of the regime has finished it; the others do not count, so that
each method is judged on the same seeds.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from paper_repro.campaign import CLAIMS, PLAN, REGIMES, Claim, EndPoint, Regime, end_point
from paper_repro.cut import Cut
from paper_repro.records import Records, load_records
from paper_repro.run import Run
from paper_repro.verdict import FAILS, HOLDS, UNKNOWN, Judgement, judge

_REACHES, _SAVES = CLAIMS[0], CLAIMS[2]


@dataclass(frozen=True)
class Finding:
    """What the seeds of a regime say of one claim."""

    claim: Claim
    judgement: Judgement
    """What the numbers of the seeds come to, percentage points or steps saved in % of the other's,
    before steps cut short are set aside."""
    cut: Cut
    """Which of the steps that it compares were cut."""

    @property
    def verdict(self) -> str:
        """Whether the claim holds."""
        return self.cut.told(self.judgement.verdict())

    @property
    def text(self) -> str:
        """The mean and its interval."""
        return self.cut.mark(self.judgement.text(1))


@dataclass(frozen=True)
class Evidence:
    """The whole seeds of a regime."""

    name: str
    regime: Regime
    planned: int
    """Seeds of the plan."""
    seeds: dict[int, dict[str, Records]]
    """The records of each whole seed by method."""

    def numbers(self, method: str, name: EndPoint) -> list[float]:
        """Return a method's end point, one number a seed."""
        return [end_point(records[method], name) for records in self.seeds.values()]

    def finding(self, claim: Claim) -> Finding:
        """Return what the seeds say of a claim."""
        values = [claim.measured(records) for records in self.seeds.values()]
        of_steps = claim.end_point == "steps"
        cut = Cut(of_steps and self.cut(claim.other), of_steps and self.cut(claim.one))
        return Finding(claim, judge(values, claim.threshold), cut)

    @property
    def findings(self) -> list[Finding]:
        """The finding of each claim whose two methods the regime has."""
        methods = self.regime.methods
        return [self.finding(c) for c in CLAIMS if c.one in methods and c.other in methods]

    @property
    def answer(self) -> str:
        """The answer to the main question: yes, no, or that the seeds do not tell.

        Yes if DASH at doublings reaches DASH's accuracy, as a mean over experiments, and needs
        fewer steps; no if one of the two does not hold.
        """
        verdicts = {self.finding(claim).verdict for claim in (_REACHES, _SAVES)}
        if FAILS in verdicts:
            return "no"
        return "yes" if verdicts == {HOLDS} else UNKNOWN

    def cut(self, method: str) -> bool:
        """Return whether the epoch limit cut steps of a method, which are then a lower bound."""
        return any(records[method].any_cut for records in self.seeds.values())


def gather(name: str, root: Path) -> Evidence:
    """Return the whole seeds of a regime among the records under `root`."""
    regime = REGIMES[name]
    planned = [seed for other, seeds in PLAN if other == name for seed in seeds]
    return Evidence(name, regime, len(planned), whole_seeds(regime.runs, planned, root))


def whole_seeds(
    runs: Callable[[int], Mapping[str, Run]], seeds: Iterable[int], root: Path
) -> dict[int, dict[str, Records]]:
    """Return, of each seed whose runs are all finished under `root`, the records by name."""
    found = {s: {name: load_records(run, root) for name, run in runs(s).items()} for s in seeds}
    return {s: by for s, by in found.items() if all(r.complete for r in by.values())}


def records_of(seeds: Iterable[Mapping[str, Records]]) -> list[Records]:
    """Return all records of seeds whose records are by name."""
    return [records for by_name in seeds for records in by_name.values()]
