"""What the pictures and tables beyond the check show: each claim with one number a seed."""

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from paper_repro.catalog import Kind
from paper_repro.claims import rank_correlation
from paper_repro.records import Records

Number = Callable[[Sequence[Records]], float]


@dataclass(frozen=True)
class Observation:
    """A claim that a figure or table makes, and what measures it in one seed's records."""

    kind: Kind
    number: int
    text: str
    """What the paper's figure or table shows."""
    what: str
    """What the numbers are."""
    measured: Number
    """The number of one seed; positive where the claim holds."""

    def values(self, records: Sequence[Records]) -> list[float]:
        """Return the number of each seed."""
        ordered = sorted(records, key=lambda r: r.run.seed)
        groups = itertools.groupby(ordered, key=lambda r: r.run.seed)
        return [self.measured(list(group)) for _, group in groups]


def _longer_pretraining_hurts(model: str) -> Number:
    def measured(records: Sequence[Records]) -> float:
        chosen = [r for r in records if r.run.model == model and r.run.method == "warm"]
        epochs = [r.run.first_epochs or 0 for r in chosen]
        return -rank_correlation(epochs, [r.last["test_accuracy"] for r in chosen])

    return measured


def _pretraining_loses(model: str) -> Number:
    def measured(records: Sequence[Records]) -> float:
        chosen = [r for r in records if r.run.model == model]
        cold = next(r for r in chosen if r.run.method == "cold")
        longest = max(chosen, key=lambda r: r.run.first_epochs or 0)
        return 100 * (cold.last["test_accuracy"] - longest.last["test_accuracy"])

    return measured


def _steps_grow(records: Sequence[Records]) -> float:
    rows = records[0].experiments
    return rank_correlation([row["train_size"] for row in rows], [row["steps"] for row in rows])


def _old_accuracy(records: Sequence[Records], method: str) -> float:
    """Return the mean running accuracy on old data over the first three epochs, %."""
    (chosen,) = (r for r in records if r.run.method == method)
    epochs = [row for row in chosen.epochs if row["experiment"] > 1 and row["epoch"] <= 3]
    return 100 * float(np.mean([row["old_accuracy"] for row in epochs]))


def _cosines_grow(records: Sequence[Records]) -> float:
    rows = records[0].experiments
    medians = [row["filter_cosines"]["box"][2] for row in rows]
    return rank_correlation([row["train_size"] for row in rows], medians)


def _default_above_mean(records: Sequence[Records]) -> float:
    """Return the accuracy at (0.3, 0.3) less that of the grid's mean, in percentage points."""
    scores = {(r.run.alpha, r.run.lam): 100 * r.last["test_accuracy"] for r in records}
    return scores[0.3, 0.3] - float(np.mean(list(scores.values())))


def _cheaper_than_cold(records: Sequence[Records]) -> float:
    """Return by how many percent DASH needs fewer operations than cold in both experiments."""
    total = {r.run.method: sum(row["tflops"] for row in r.experiments) for r in records}
    return 100 * (total["cold"] - total["dash"]) / total["cold"]


OBSERVATIONS = (
    Observation(
        "figure", 2, "the longer the MLP is pretrained on half, the worse it generalizes",
        "−ρ (Spearman) of pretraining epochs and test accuracy", _longer_pretraining_hurts("mlp"),
    ),
    Observation(
        "figure", 2, "the longest pretraining of the MLP ends below a new start",
        "accuracy, new − longest, percentage points", _pretraining_loses("mlp"),
    ),
    Observation(
        "figure", 2, "the longer ResNet-18 is pretrained on half, the worse it generalizes",
        "−ρ (Spearman) of pretraining epochs and test accuracy",
        _longer_pretraining_hurts("resnet18"),
    ),
    Observation(
        "figure", 2, "the longest pretraining of ResNet-18 ends below a new start",
        "accuracy, new − longest, percentage points", _pretraining_loses("resnet18"),
    ),
    Observation(
        "figure", 7, "a cold start needs more steps the more data there are",
        "ρ (Spearman) of training samples and steps", _steps_grow,
    ),
    Observation(
        "figure", 13, "DASH keeps more of the old data fitted than shrink and perturb, equal λ",
        "accuracy on old data in the first three epochs, DASH − S&P, percentage points",
        lambda records: _old_accuracy(records, "dash") - _old_accuracy(records, "shrink_perturb"),
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
        "operations saved over two experiments, % of cold's", _cheaper_than_cold,
    ),
)  # fmt: skip
