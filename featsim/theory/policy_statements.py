"""The statements on policies of forgetting, tested on an outcome (docs/theory.md, Policies)."""

from fractions import Fraction

import numpy as np

from featsim.schedules import forgets
from featsim.theory.outcome import Outcome
from featsim.theory.prediction import Prediction
from featsim.theory.schedule_cost import last_forgetting
from featsim.theory.statements import Statement


def policies(outcome: Outcome, prediction: Prediction, points: int) -> list[Statement]:
    """Test statements 1, 2, 3 and 5 on the schedules that were run; ``points`` of a chunk, n."""
    L, T, ACC = outcome.learned, outcome.training_time, outcome.accuracy
    J = len(T["warm"])
    experiments = range(1, J + 1)

    def bounded(text: str, held: dict[int, bool]) -> Statement:
        return Statement("Policies, statement 3", text, held)

    def time_bound(name: str, factor: float) -> dict[int, bool]:
        bound = 1 + Fraction(factor) / (Fraction(factor) - 1)
        return {j: T[name][j - 1] <= bound * T["warm"][j - 1] for j in experiments}

    same, as_told = np.ones(J, bool), np.ones(J, bool)
    for name, when in prediction.schedules.items():
        last = last_forgetting(forgets(when, np.full(J, points)))
        same &= (L[name] == L["random"][last - 1]).all(axis=(-2, -1))
        as_told &= np.equal(T[name], prediction.training_time[name])
    s = prediction.never
    cold, doubling = ACC["random"], ACC["doubling"]
    return [
        Statement(
            "Policies, statement 1",
            "L_F^(j) = L_cold^(f(j)) for every schedule F",
            dict(zip(experiments, same.tolist(), strict=True)),
        ),
        Statement(
            "Policies, statement 2",
            "T_F = n + Σ_(j not in F) N_f(j) + Σ_(d in F) d N_f(d−1)",
            dict(zip(experiments, as_told.tolist(), strict=True)),
        ),
        bounded(
            "ACC of doubling in experiment j ≥ ACC(L_cold^(⌈j/2⌉))",
            {j: doubling[j - 1] >= cold[(j + 1) // 2 - 1] for j in experiments},
        ),
        bounded("T of doubling ≤ 3 T_warm", time_bound("doubling", 2)),
        bounded("T of doubling by r = 1.5 ≤ (1 + r/(r−1)) T_warm", time_bound("doubling:1.5", 1.5)),
        bounded(
            "T_ideal ≥ n + s (J(J+1)/2 − 1)",
            {j: T["ideal"][j - 1] >= points + s * (j * (j + 1) // 2 - 1) for j in experiments},
        ),
        _best_costs_least(outcome, points),
    ]


def _best_costs_least(outcome: Outcome, points: int) -> Statement:
    cold = outcome.accuracy["random"]
    total = {name: sum(reached, Fraction()) for name, reached in outcome.accuracy.items()}
    cost = {
        name: times[-1] + points * (total["random"] - total[name])
        for name, times in outcome.training_time.items()
    }
    least = min(cost.values())
    reason = f"{float(cost['best']):.6g} and {float(least):.6g}" if least < cost["best"] else ""
    return Statement(
        "Policies, statement 5",
        "the best schedule for μ = 1/n costs no more than those run",
        {len(cold): not reason},
        reason,
    )
