"""The campaign: methods compared in regimes that a CPU can give, with end points fixed beforehand.

What stands here was fixed before any result of its seeds was seen; the sizes were chosen by
pilots on other seeds. Images are CIFAR-10's, averaged 2×2 to 16×16; all 10,000 test images are
used. An experiment ends at 99.9 % train accuracy, or at 300 epochs; steps cut short are marked.

Main question: does DASH at doublings, which acts only where the data have doubled since it last
acted, reach DASH's accuracy in a fraction of its steps? Yes in a regime where both of these hold:
its accuracy, as a mean over experiments, is above DASH's less one percentage point; and it needs
fewer steps in sum. The fraction is stated with its interval.

End points of a run: test accuracy as a mean over all experiments, test accuracy at the last, and
steps summed over all experiments. A comparison is one number a seed, of two methods on the same
seed (same split, same first experiment): the difference of accuracies in percentage points, or
the steps saved in percent of the other's. A claim holds where the interval of `verdict.interval`,
Student's two-sided 90 % interval of the mean over seeds, is above the claim's threshold: each of
the sixteen claims holds by chance, were it just at its threshold, in one of twenty cases.
"""

import dataclasses
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from paper_repro.errors import Mendable
from paper_repro.records import Records
from paper_repro.run import Run

EndPoint = Literal["mean accuracy", "last accuracy", "steps"]

METHODS: dict[str, dict[str, Any]] = {
    "cold": {"method": "cold"},
    "warm": {"method": "warm"},
    "warm, new momentum": {"method": "warm_rem"},
    "shrink and perturb": {"method": "shrink_perturb"},
    "DASH": {"method": "dash"},
    "DASH at doublings": {"method": "dash", "doubling": 2.0},
    "shrink and perturb at doublings": {"method": "shrink_perturb", "doubling": 2.0},
    "FIRE": {"method": "fire"},
}
"""Settings of each method that is compared."""

_FOUR = ("cold", "warm", "DASH", "DASH at doublings")
_BASE = Run(dataset="cifar10", pool=2, lr=0.01, epochs=300)
_C16 = dataclasses.replace(_BASE, model="cnn_narrow", width=32, chunks=8, train_size=4096)
_W64 = dataclasses.replace(_BASE, model="resnet18", chunks=8, train_size=2048)


@dataclass(frozen=True)
class Regime:
    """A network, an amount of data and the methods that are compared there."""

    title: str
    base: Run
    methods: tuple[str, ...] = tuple(METHODS)

    def runs(self, seed: int) -> dict[str, Run]:
        """Return the run of each method."""
        return {
            name: dataclasses.replace(self.base, seed=seed, **METHODS[name])
            for name in self.methods
        }


REGIMES: dict[str, Regime] = {
    "C16": Regime(
        "three-layer CNN of width 32, 8 chunks of 512",
        _C16,
    ),
    "C16-noise": Regime(
        "as C16, a fifth of the training labels drawn at random",
        dataclasses.replace(_C16, label_noise=0.2),
    ),
    "R16": Regime(
        "ResNet-18 of width 16, 16 chunks of 256",
        dataclasses.replace(_BASE, model="resnet18_narrow", width=16, chunks=16, train_size=4096),
    ),
    "W64": Regime(
        "ResNet-18 of width 64, 8 chunks of 256",
        _W64,
        _FOUR,
    ),
    "W64-slow": Regime(
        "ResNet-18 of width 64, 8 chunks of 256, learning rate 0.001",
        dataclasses.replace(_W64, lr=0.001),
        _FOUR,
    ),
    "MLP": Regime(
        "three-layer MLP of 256 units, 20 chunks of 1,000",
        dataclasses.replace(_BASE, model="mlp_narrow", width=64, chunks=20, train_size=20_000),
    ),
}

PLAN: tuple[tuple[str, tuple[int, ...]], ...] = (
    ("C16", tuple(range(100, 110))),
    ("R16", tuple(range(100, 105))),
    ("W64", (100,)),
    ("MLP", tuple(range(100, 103))),
    ("R16", tuple(range(105, 110))),
    ("W64", (101, 102)),
    ("W64-slow", (100, 101, 102)),
    ("C16-noise", tuple(range(100, 110))),
)
"""Regimes and their seeds, in the order in which they are run: all methods of a seed together."""


@dataclass(frozen=True)
class Claim:
    """A statement on two methods and what it is judged by."""

    text: str
    one: str
    other: str
    end_point: EndPoint
    threshold: float = 0.0
    """The claim holds where the number is above this."""

    def measured(self, seed: Mapping[str, Records]) -> float:
        """Return the number of one seed: percentage points, or steps saved in % of the other's."""
        one, other = (end_point(seed[name], self.end_point) for name in (self.one, self.other))
        return 100 * (1 - one / other) if self.end_point == "steps" else one - other


CLAIMS: tuple[Claim, ...] = (
    Claim("DASH at doublings reaches DASH's accuracy, within a point",
          "DASH at doublings", "DASH", "mean accuracy", -1.0),
    Claim("DASH at doublings reaches DASH's accuracy at the end, within a point",
          "DASH at doublings", "DASH", "last accuracy", -1.0),
    Claim("DASH at doublings needs fewer steps than DASH", "DASH at doublings", "DASH", "steps"),
    Claim("warm generalizes worse than cold", "cold", "warm", "mean accuracy"),
    Claim("warm generalizes worse than cold at the end", "cold", "warm", "last accuracy"),
    Claim("so does warm with new momentum", "cold", "warm, new momentum", "mean accuracy"),
    Claim("warm needs fewer steps than cold", "warm", "cold", "steps"),
    Claim("warm needs fewer steps than DASH", "warm", "DASH", "steps"),
    Claim("DASH needs fewer steps than cold", "DASH", "cold", "steps"),
    Claim("DASH generalizes better than cold", "DASH", "cold", "mean accuracy"),
    Claim("DASH generalizes better than cold at the end", "DASH", "cold", "last accuracy"),
    Claim("DASH generalizes better than shrink and perturb",
          "DASH", "shrink and perturb", "mean accuracy"),
    Claim("shrink and perturb at doublings reaches its accuracy, within a point",
          "shrink and perturb at doublings", "shrink and perturb", "mean accuracy", -1.0),
    Claim("shrink and perturb at doublings needs fewer steps",
          "shrink and perturb at doublings", "shrink and perturb", "steps"),
    Claim("DASH at doublings generalizes better than shrink and perturb at doublings",
          "DASH at doublings", "shrink and perturb at doublings", "mean accuracy"),
    Claim("FIRE generalizes better than DASH", "FIRE", "DASH", "mean accuracy"),
)  # fmt: skip
"""The sixteen claims; the first three are the main question."""


def end_point(records: Records, name: EndPoint) -> float:
    """Return an end point of a run: accuracy in %, or steps summed over all experiments."""
    if name == "steps":
        return float(sum(row["steps"] for row in records.experiments))
    if name == "last accuracy":
        return 100 * float(records.last["test_accuracy"])
    return 100 * records.mean("test_accuracy")


def planned(regimes: Iterable[str]) -> list[Run]:
    """Return the runs of these regimes, in the plan's order."""
    chosen = set(regimes)
    if unknown := sorted(chosen - set(REGIMES)):
        raise Mendable(f"regimes must be among {', '.join(REGIMES)}; they have {unknown}")
    return [
        run
        for name, seeds in PLAN
        if name in chosen
        for seed in seeds
        for run in REGIMES[name].runs(seed).values()
    ]
