"""The theorems on a stream of the user's own: assumptions, predictions, outcome, verdicts."""

import dataclasses

import numpy as np

from featsim import _checks
from featsim.stream import FeatureStream
from featsim.theory.assumptions import (
    Verdict,
    different_counts,
    enough_frequent_features,
    heights,
    same_points_in_every_chunk,
    subset_name,
)
from featsim.theory.combinations import Combinations, h_counts
from featsim.theory.outcome import Outcome, run
from featsim.theory.policy_statements import policies
from featsim.theory.prediction import Prediction, predict
from featsim.theory.statements import Statement, lemmas, theorems

SHOWN = (1, 2, 3, 5, 10, 20, 50, 100, 200, 500, 1_000)


@dataclasses.dataclass(frozen=True, eq=False)
class Report:
    """What ``check`` found; printed, it is a page of text."""

    setting: str
    """Sizes of the stream, γ and τ."""

    assumption_3_1: Verdict
    """Every chunk holds the same n_A ≥ 1 points of every combination A."""

    different_counts: Verdict
    """Assumption 3.3, first part, as printed: of any two features of a class, in L or not."""

    different_counts_in_proof: Verdict
    """The same of any two features that are not in L, which is what the proofs use."""

    enough_frequent_features: Verdict
    """Assumption 3.3, second part: τ − 1 features above the threshold and one below, each class."""

    prediction: Prediction
    """What the theorems predict if every chunk is like the first."""

    outcome: Outcome
    """What the simulator gives."""

    statements: tuple[Statement, ...]
    """Every statement of Theorems 3.4 and 3.6, Lemmas D.1 to D.3, and on policies."""

    @property
    def assumptions_hold(self) -> bool:
        """Whether Assumptions 3.1 and 3.3 hold, the latter as the proofs use it."""
        return bool(
            self.assumption_3_1.holds
            and self.different_counts_in_proof.holds
            and self.enough_frequent_features.holds
        )

    @property
    def as_predicted(self) -> bool:
        """Whether the simulator gives the learned sets and training times that are predicted."""
        return self.outcome.training_time == self.prediction.training_time and all(
            np.array_equal(sets, self.prediction.learned[init])
            for init, sets in self.outcome.learned.items()
        )

    def statement(self, source: str, text: str) -> Statement:
        """Return the statement of a source whose text begins with ``text``."""
        return next(s for s in self.statements if s.source == source and s.text.startswith(text))

    def __str__(self) -> str:
        return "\n".join([*self._assumptions(), "", *self._predictions(), "", *self._verdicts()])

    def _assumptions(self) -> list[str]:
        return [
            self.setting,
            "",
            f"Assumption 3.1                              {self.assumption_3_1}",
            f"Assumption 3.3, h differs, as printed       {self.different_counts}",
            f"Assumption 3.3, h differs, for v not in L   {self.different_counts_in_proof}",
            f"Assumption 3.3, frequent features           {self.enough_frequent_features}",
        ]

    def _predictions(self) -> list[str]:
        G, T, ACC = self.prediction.G, self.outcome.training_time, self.outcome.accuracy
        names = ", ".join(f"class {c} {subset_name(row)}" for c, row in enumerate(G))
        if G.sum() > 20:
            names = f"{G.sum()} of {G.size} features"
        bound = self.prediction.bound
        first = "never" if bound is None else f"from experiment {int(bound) + 1}"
        lines = [
            f"G = {names}; δ = {self.prediction.delta}; γ/(δ n) = "
            f"{'none' if bound is None else f'{float(bound):.4g}'}: strict gap {first}",
            f"the simulator gives what is predicted of equal chunks: "
            f"{'yes' if self.as_predicted else 'no'}",
            "",
            f"{'':>10}  {'accuracy':>23}  {'training time T':>32}",
            f"{'experiment':>10}  {'cold':>7} {'ideal':>7} {'warm':>7}  "
            f"{'cold':>10} {'ideal':>10} {'warm':>10}",
        ]
        J = len(T["warm"])
        inits = ("random", "ideal", "warm")
        for j in sorted({j for j in SHOWN if j < J} | {J}):
            accuracies = " ".join(f"{float(ACC[init][j - 1]):7.4f}" for init in inits)
            times = " ".join(f"{T[init][j - 1]:10d}" for init in inits)
            lines.append(f"{j:>10}  {accuracies}  {times}")
        return lines

    def _verdicts(self) -> list[str]:
        word = {True: "holds", False: "FAILS", None: "says nothing"}
        lines = []
        for s in self.statements:
            failed = [j for j, holds in s.by_experiment.items() if j and not holds]
            where = f" in {len(failed)} of {len(s.by_experiment)} experiments" if failed else ""
            first = f", first in {failed[0]}" if failed and not s.reason else ""
            reason = f" ({s.reason})" if s.reason else ""
            lines.append(f"{s.source:<21} {s.text:<65} {word[s.holds]}{where}{first}{reason}")
        return lines


def check(stream: FeatureStream, *, gamma: float, tau: int) -> Report:
    """Test the paper's assumptions on a stream and each statement on what the simulator gives.

    All comparisons are exact: counts are whole numbers and accuracies fractions. The theorems' test
    distribution is the stream's: a combination of features has its share of the points.

    Parameters
    ----------
    stream
        The points. Statements are tested whether or not the assumptions hold.
    gamma
        Strength of the noise, γ: a finite number above 0.
    tau
        Learned features that a point needs to be well classified, τ: at least 1.

    Returns
    -------
    Report
        Readable when printed. With more than 16 features a class, the first part of Assumption 3.3
        and Lemma D.1 are tested on the learned sets that occur, not on all 2^K.

    Raises
    ------
    ValueError, TypeError
        If the first chunk is empty, or an argument is out of range or of the wrong type.
    """
    gamma, tau = check_stream(stream, gamma, tau)
    first = Combinations.of(stream, 0)
    C, K, J = stream.num_classes, stream.num_features, stream.num_chunks
    prediction = predict(first, gamma, tau, J)
    outcome = run(stream, gamma, tau, prediction.schedules)
    occurring = [
        np.concatenate([sets[:, c] for sets in outcome.learned.values()]) for c in range(C)
    ]
    balanced = same_points_in_every_chunk(stream)
    of_first = [heights(first, c, tau, occurring[c]) for c in range(C)]
    of_all = of_first
    if not balanced.holds:
        pooled = Combinations.of(stream)
        of_all = [heights(pooled, c, tau, occurring[c]) for c in range(C)]
    nothing = np.zeros((C, K), bool)
    return Report(
        setting=(
            f"{C} classes of {K} features, {J} chunks, {first.points} points in the first; "
            f"gamma = {gamma:g}, tau = {tau}"
        ),
        assumption_3_1=balanced,
        different_counts=different_counts(of_first, unlearned_only=False),
        different_counts_in_proof=different_counts(of_first, unlearned_only=True),
        enough_frequent_features=enough_frequent_features(
            h_counts(first, nothing, tau), gamma, tau
        ),
        prediction=prediction,
        outcome=outcome,
        statements=(
            *lemmas(stream, gamma, tau, outcome, of_all),
            *theorems(outcome, prediction),
            *policies(outcome, prediction, first.points),
        ),
    )


def check_stream(stream: FeatureStream, gamma: float, tau: int) -> tuple[float, int]:
    """Return γ and τ, or raise the errors of ``check``."""
    gamma = _checks.real("gamma", gamma, 0.0, np.inf, open_low=True)
    tau = _checks.integer("tau", tau, 1)
    if not np.any(stream.chunks == 0):
        raise ValueError("the first chunk of the stream must hold at least one point, not 0")
    return gamma, tau
