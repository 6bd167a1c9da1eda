"""Theory, simulator and network beside one another, claim by claim."""

from collections.abc import Sequence
from dataclasses import dataclass

import featsim
from paper_repro.claims import CLAIMS, Claim, by_seed
from paper_repro.cut import Cut
from paper_repro.records import Records
from paper_repro.scales import Scale, seeds
from paper_repro.verdict import Judgement, judge

_EXPERIMENTS = {"smoke": 10, "cpu": 50, "paper": 50}


@dataclass(frozen=True)
class Finding:
    """What one claim came to in one setting."""

    claim: Claim
    simulator: Judgement
    """What the simulator shows."""
    network: Judgement
    """What the network shows."""
    limited: bool
    """Whether the epoch limit ended an experiment, so that steps are only a lower bound."""

    @property
    def verdict(self) -> str:
        """Whether the network shows the claim; of steps cut short nothing can be told."""
        return self._cut.told(self.network.verdict())

    @property
    def _cut(self) -> Cut:
        limited = self.claim.of_steps and self.limited
        return Cut(limited, limited)

    def row(self) -> list[str]:
        """Return the cells of the claim's row."""
        claim = self.claim
        simulator, network = (j.text(claim.digits) for j in (self.simulator, self.network))
        measured = [simulator, self._cut.mark(network)]
        return [claim.text, claim.theory, claim.what, *measured, self.verdict]


HEADER = ["claim", "theory", "measured", "simulator", "network", "verdict for the network"]


def findings(records: Sequence[Records], scale: Scale) -> list[Finding]:
    """Return the finding of every claim from one setting's records.

    The simulator runs Figure 3's setting with as many seeds as the scale has, and at smoke scale
    with fewer experiments.
    """
    config = featsim.Config(experiments=_EXPERIMENTS[scale])
    number = max(2, len(seeds(scale)))
    simulated = featsim.simulate(config, seeds=number, progress=False)
    return [
        Finding(
            claim,
            judge(claim.simulated(simulated).tolist(), claim.threshold),
            judge([claim.measured(seed) for seed in by_seed(records)], claim.threshold),
            any(r.any_cut for r in records),
        )
        for claim in CLAIMS
    ]


def describe(records: Sequence[Records]) -> str:
    """Return a sentence on size, spread of convergence and setting of a check's records."""
    run = records[0].run
    rows = [row for r in records for row in r.experiments]
    missed = sum(r.cut(row) for r in records for row in r.experiments)
    images = records[0].last["train_size"]
    return (
        f"{len(records)} runs, {len(by_seed(records))} seed(s): {run.dataset}, {run.model} of "
        f"width {run.width}, {run.chunks} chunks, {images:,} training images in all, learning rate "
        f"{run.learning_rate:g}, α = {run.alpha:g}, λ = {run.lam:g}; {missed} of {len(rows)} "
        f"experiments ended at the limit of {run.epochs} epochs."
    )
