"""What the pictures and tables beyond the check show: each claim with one number a seed."""

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from paper_repro.catalog import Kind
from paper_repro.cut import Cut
from paper_repro.figures.figure_06 import METHODS, NORMS, Norm, norms_and_steps
from paper_repro.figures.figure_13 import curve
from paper_repro.records import Records
from paper_repro.run import NARROW, Model
from paper_repro.verdict import Judgement, Ranks, judge

Measure = Callable[[Sequence[Records]], float | Ranks]


@dataclass(frozen=True)
class Observation:
    """A claim that a figure or table makes, and what measures it in one seed's records."""

    kind: Kind
    number: int
    text: str
    """What the paper's figure or table shows."""
    what: str
    """What the numbers are."""
    measured: Measure
    """The number of one seed, positive where the claim holds; or pairs that then rise together."""
    of_steps: bool = False
    """Whether it depends on steps, which the epoch limit may cut short."""

    def judge(self, records: Sequence[Records]) -> Judgement:
        """Return what the numbers of all seeds come to."""
        ordered = sorted(records, key=lambda r: r.run.seed)
        groups = itertools.groupby(ordered, key=lambda r: r.run.seed)
        return judge([self.measured(list(group)) for _, group in groups])

    def cells(self, found: Judgement, records: Sequence[Records]) -> list[str]:
        """Return the text of what `judge` found, and whether the claim holds.

        Steps that the epoch limit cut short are marked, and tell nothing.
        """
        limited = self.of_steps and any(r.any_cut for r in records)
        cut = Cut(limited, limited)
        return [cut.mark(found.text()), cut.told(found.verdict())]


def _longer_pretraining_hurts(model: Model) -> Measure:
    def measured(records: Sequence[Records]) -> Ranks:
        chosen = [r for r in _of(records, model) if r.run.method == "warm"]
        epochs = [r.run.first_epochs or 0 for r in chosen]
        return Ranks(epochs, [-r.last["test_accuracy"] for r in chosen])

    return measured


def _pretraining_loses(model: Model) -> Measure:
    def measured(records: Sequence[Records]) -> float:
        chosen = _of(records, model)
        cold = next(r for r in chosen if r.run.method == "cold")
        longest = max(chosen, key=lambda r: r.run.first_epochs or 0)
        return 100 * (cold.last["test_accuracy"] - longest.last["test_accuracy"])

    return measured


def _of(records: Sequence[Records], model: Model) -> list[Records]:
    return [r for r in records if r.run.model in (model, NARROW[model])]


def _grows(what: Literal["steps", "epochs"]) -> Measure:
    def measured(records: Sequence[Records]) -> Ranks:
        rows = records[0].experiments
        return Ranks([row["train_size"] for row in rows], [row[what] for row in rows])

    return measured


def _kept(records: Sequence[Records], method: str) -> float:
    """Return the accuracy on old data, %, a mean over the starts of epochs 2 to 4."""
    (chosen,) = (r for r in records if r.run.method == method)
    return float(np.mean(curve(chosen)[1:4]))


def _cosines_grow(records: Sequence[Records]) -> Ranks:
    rows = records[0].experiments
    boxes = [row["test_cosines"]["box"] or [0.0] * 5 for row in rows]
    return Ranks([row["train_size"] for row in rows], [box[2] for box in boxes])


def _default_above_mean(records: Sequence[Records]) -> float:
    """Return the accuracy at (0.3, 0.3) less that of the grid's mean, in percentage points."""
    scores = {(r.run.alpha, r.run.lam): 100 * r.last["test_accuracy"] for r in records}
    return scores[0.3, 0.3] - float(np.mean(list(scores.values())))


def _cheaper_than_cold(records: Sequence[Records]) -> float:
    """Return by how many percent DASH needs fewer operations than cold in both experiments."""
    counted = [r for r in records if "cost" in r.run.probes]
    total = {r.run.method: sum(row["tflops"] for row in r.experiments) for r in counted}
    return 100 * (total["cold"] - total["dash"]) / total["cold"]


def _norms(norm: Norm, name: str) -> tuple[Observation, ...]:
    """Return Figure 6's claim of a norm, which ``name`` calls: within a method, and over both."""

    def of(methods: Sequence[str]) -> Measure:
        return lambda rs: norms_and_steps([r for r in rs if r.run.method in methods], norm)

    return tuple(
        Observation(
            "figure", 6, f"{name} predicts the steps of {which}",
            f"ρ (Spearman) of the {NORMS[norm]} and steps", of(methods), of_steps=True,
        )
        for which, methods in (
            ("a cold start", ("cold",)), ("a warm start", ("warm",)), ("both together", METHODS),
        )
    )  # fmt: skip


def pretraining(model: Model, name: str) -> tuple[Observation, ...]:
    """Return what Figure 2 claims of a network, which ``name`` is what the text calls."""
    return (
        Observation(
            "figure", 2, f"the longer {name} is pretrained on half, the worse it generalizes",
            "−ρ (Spearman) of pretraining epochs and test accuracy",
            _longer_pretraining_hurts(model),
        ),
        Observation(
            "figure", 2, f"the longest pretraining of {name} ends below a new start",
            "accuracy, new − longest, percentage points", _pretraining_loses(model),
        ),
    )  # fmt: skip


OBSERVATIONS = (
    *pretraining("mlp", "the MLP"),
    *pretraining("resnet18", "ResNet-18"),
    *_norms("summed_gradient_norm", "the initial gradient norm, as the paper takes it,"),
    *_norms("gradient_norm", "the norm of the gradient of the mean loss"),
    Observation(
        "figure", 7, "a cold start needs more steps the more data there are",
        "ρ (Spearman) of training samples and steps", _grows("steps"), of_steps=True,
    ),
    Observation(
        "figure", 7, "a cold start needs more epochs the more data there are",
        "ρ (Spearman) of training samples and epochs", _grows("epochs"), of_steps=True,
    ),
    Observation(
        "figure", 13, "DASH keeps more of the old data fitted than shrink and perturb, equal λ",
        "accuracy on old data before epochs 2 to 4, DASH − S&P, percentage points",
        lambda records: _kept(records, "dash") - _kept(records, "shrink_perturb"),
    ),
    Observation(
        "figure", 14, "filters align more with the negative gradient the more data there are",
        "ρ (Spearman) of training samples and the median cosine above 0.1", _cosines_grow,
    ),
    Observation(
        "figure", 17, "(α, λ) = (0.3, 0.3) does better than the grid on average",
        "test accuracy, percentage points above the mean of the grid", _default_above_mean,
    ),
    Observation(
        "table", 9, "DASH needs fewer operations than a cold start",
        "operations saved over two experiments, % of cold's", _cheaper_than_cold, of_steps=True,
    ),
)  # fmt: skip


def of_paper(kind: Kind, number: int) -> tuple[Observation, ...]:
    """Return what a figure or table claims."""
    return tuple(o for o in OBSERVATIONS if (o.kind, o.number) == (kind, number))
