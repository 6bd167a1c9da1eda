"""Count in how many sampled settings the bounds of doubling hold, where not, and why.

Run ``python -m docs.programs.doubling_bounds``: it prints the tables, and with ``--page
docs/theory.md`` also puts them between the marks ``bounds``. Fixed before a setting was looked at:
the ranges below; that setting i is simulated with seed i under random, warm, ideal and doubling;
that a bound holds in a setting if it holds after every experiment; and the reasons, which are read
off the experiment in which a bound is missed the most.
"""

import dataclasses
import itertools
from pathlib import Path

import numpy as np
import numpy.typing as npt
import tyro

import featsim
from docs.programs.marks import write_between
from docs.programs.theory_limit import table
from featsim import theory
from featsim.schedules import forgets
from featsim.theory.schedule_cost import last_forgetting

Reals = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

EXPERIMENTS = 50
RANGES = {"n": (100, 4_000), "γ/n": (0.005, 0.5), "τ": (1, 8), "K": (10, 200), "max p": (0.05, 1.0)}
"""Smallest and largest; n, γ/n and K uniform in the logarithm, τ whole, max p uniform."""
INITS = ("random", "warm", "ideal", "doubling")


@dataclasses.dataclass(frozen=True, kw_only=True)
class Settings:
    """How much to run."""

    settings: int = 12_000
    """Settings to draw."""
    page: Path | None = None
    """The page with the marks; nothing is written if it is not given."""


def setting(i: int) -> featsim.Config:
    """Return setting i, whatever their number."""
    rng = np.random.default_rng([12, i])
    n, share, _, K, _ = (np.exp(rng.uniform(*np.log(ends))) for ends in RANGES.values())
    n, K = 2 * round(n / 2), round(K)
    return featsim.Config(
        features=K,
        points_per_chunk=n,
        experiments=EXPERIMENTS,
        gamma=max(share * n, 1.0),
        tau=int(rng.integers(1, min(8, K - 1), endpoint=True)),
        max_frequency=rng.uniform(*RANGES["max p"]),
        test_points=0,
    )


def measure(i: int) -> dict[str, float]:
    """Simulate setting i and return what the tables need."""
    config = setting(i)
    out = featsim.simulate(config, seeds=[i], inits=INITS, workers=1, progress=False).isel(seed=0)
    time = out.nonzero_gradient_points.cumsum("experiment")
    ratio = (time.sel(init="doubling") / time.sel(init="warm")).to_numpy()
    slowest = int(ratio.argmax())
    accuracy, known = (
        {init: variable.sel(init=init).to_numpy() for init in INITS}
        for variable in (out.exact_accuracy, out.learned_features)
    )
    half = np.arange(EXPERIMENTS) // 2  # places of ⌈j/2⌉
    before = forgets(featsim.Doubling(), [config.points_per_chunk] * EXPERIMENTS)
    last = last_forgetting(before) - 1
    cold, doubling = accuracy["random"], accuracy["doubling"]
    short = cold[half] - doubling
    worst = int(short.argmax())
    spread = theory.fluctuations(config, out.frequencies, inits=("random", "doubling"))
    deviations = spread.exact_accuracy.to_numpy()
    return {
        "n": config.points_per_chunk,
        "γ/n": config.gamma / config.points_per_chunk,
        "τ": config.tau,
        "K": config.features,
        "max p": config.max_frequency,
        "gap": cold[-1] - accuracy["warm"][-1],
        "ratio": ratio[slowest],
        "ratio at the end": ratio[-1],
        "warm knows more": known["warm"][slowest] > known["doubling"][slowest],
        "short": short[worst],
        "short at the end": short[-1],
        "deviation": np.hypot(deviations[0, half[worst]], deviations[1, worst]),
        "cold fell": cold[last[worst]] < cold[half[worst]],
        "fewer": known["doubling"][worst] < known["random"][half[worst]],
    }


def holds(found: dict[str, Reals]) -> dict[str, Bools]:
    """Return in which settings each bound holds."""
    short = found["short"]
    return {
        "T of doubling ≤ 3 T_warm": found["ratio"] <= 3,
        "… of T, after the last experiment": found["ratio at the end"] <= 3,
        "ACC of doubling ≥ ACC(L_cold^(⌈j/2⌉))": short <= 0,
        "… of ACC, after the last experiment": found["short at the end"] <= 0,
        "… but for 0.1 percentage points": short <= 0.001,
        "… but for 1 percentage point": short <= 0.01,
        "… but for two estimated standard deviations": short <= 2 * found["deviation"],
    }


def bounds_table(found: dict[str, Reals]) -> str:
    """Return the share of settings in which each bound holds."""
    everywhere = np.ones(found["gap"].size, bool)
    groups = {"settings": everywhere, "cold ahead of warm by 1 point": found["gap"] >= 0.01}
    rows = [["settings", *(f"{group.sum():,}" for group in groups.values())]]
    for name, held in holds(found).items():
        rows.append([name, *(f"{held[group].mean():.2%}" for group in groups.values())])
    for name in ("ratio", "short"):
        label = {"ratio": "largest T / T_warm", "short": "largest lack of accuracy"}[name]
        for what, share in (("median", 0.5), ("99 %", 0.99), ("largest", 1.0)):
            values = [np.quantile(found[name][group], share) for group in groups.values()]
            rows.append([f"{label}, {what}", *(f"{value:.4f}" for value in values)])
    return table(["", *groups], rows)


def where_table(found: dict[str, Reals]) -> str:
    """Return the share of settings in which the bounds hold, by thirds of each parameter."""
    asked = [held for name, held in holds(found).items() if "last" not in name]
    names = [name for name in holds(found) if "last" not in name]
    rows = []
    for parameter in RANGES:
        values = found[parameter]
        cuts = np.quantile(values, (0, 1 / 3, 2 / 3, 1))
        for low, high in itertools.pairwise(cuts):
            inside = (values >= low) & ((values < high) | (high == cuts[-1]))
            shares = [f"{held[inside].mean():.1%}" for held in asked]
            rows.append([f"{parameter} {low:.3g} … {high:.3g}", *shares])
    return table(["", *names], rows)


def why_table(found: dict[str, Reals]) -> str:
    """Return how often each reason is met where a bound is missed."""
    slow, less = found["ratio"] > 3, found["short"] > 0
    cold_fell, fewer = found["cold fell"] > 0, found["fewer"] > 0
    more = found["warm knows more"] > 0
    reasons = {
        "T: warm knows more features than doubling": slow & more,
        "T: it does not": slow & ~more,
        "ACC: cold itself is less accurate at f(j) than at ⌈j/2⌉": less & cold_fell,
        "ACC: it is not, and doubling knows fewer features than cold at ⌈j/2⌉": less
        & ~cold_fell
        & fewer,
        "ACC: neither, doubling knows as many, but others": less & ~cold_fell & ~fewer,
    }
    rows = []
    for name, group in reasons.items():
        largest = f"{found['short'][group].max():.4f}" if "ACC" in name and group.any() else ""
        rows.append([name, f"{group.sum():,}", largest])
    return table(["reason", "settings", "largest lack of accuracy"], rows)


def main(settings: Settings) -> None:
    """Print the tables; write them if asked to."""
    measured = [measure(i) for i in range(settings.settings)]
    found = {name: np.array([float(one[name]) for one in measured]) for name in measured[0]}
    rows = "\n\n".join([bounds_table(found), where_table(found), why_table(found)])
    print(rows)
    if settings.page is not None:
        write_between(settings.page, {"bounds": rows})


if __name__ == "__main__":
    main(tyro.cli(Settings))
