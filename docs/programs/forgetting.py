"""Write docs/forgetting.md: what policies of forgetting give and cost in the setting of Figure 3.

Run ``python -m docs.programs.forgetting``. The numbers of the page are of this run, its words those
of forgetting.md beside this file; the same seeds give the same page.
"""

import dataclasses
from pathlib import Path

import numpy as np
import tyro
import xarray as xr

import featsim
from docs.programs.theory_limit import table
from featsim._files import replacing
from featsim.schedules import forgets
from figures._policies import measure, measure_best

TEXT = Path(__file__).with_suffix(".md")
"""The page, with names in braces where numbers belong."""

PAPER = featsim.Config(test_points=0)


@dataclasses.dataclass(frozen=True, kw_only=True)
class Settings:
    """Simulate policies of forgetting and write what they give."""

    seeds: int = 10
    """Number of seeds."""

    output: Path = Path("docs/forgetting.md")
    """File to write."""


def and_the_last(factor: float) -> str:
    """Return the policy that forgets at doublings, and once more before the last experiment."""
    sizes = np.full(PAPER.experiments, PAPER.points_per_chunk)
    before = forgets(featsim.Doubling(factor), sizes)
    before[-1] = True
    return "at:" + ",".join(str(j + 1) for j in np.flatnonzero(before))


POLICIES = (
    ("all (a cold start)", "random"),
    ("all noise, each time", "ideal"),
    ("nothing", "warm"),
    ("all noise, at doublings", "doubling"),
    ("… and before the last experiment", and_the_last(2.0)),
    ("all noise, at growth by 1.3", "doubling:1.3"),
    ("… and before the last experiment", and_the_last(1.3)),
    ("all noise, every 5th experiment", "every:5"),
    ("… every 10th", "every:10"),
    ("… every 25th", "every:25"),
    ("… before the last experiment only", f"at:{PAPER.experiments}"),
    ("2 % of the noise, each time", "keep:1,0.98"),
    ("… 10 %", "keep:1,0.9"),
    ("… 50 %", "keep:1,0.5"),
    ("half of the features and all noise, each time", "keep:0.5,0"),
    ("half of the features, no noise", "keep:0.5,1"),
    ("all features, no noise", "forget_features"),
)
"""What is forgotten, and how the policy is spelled."""

PRICES = {
    1e-4: "all noise, best for 100 points",
    1e-5: "… 1,000 points",
    1e-6: "… 10,000 points",
}
"""Prices μ of training, whose best schedule the mean field finds for the frequencies of a seed."""

OTHERS = {
    "Figure 3": {},
    **{f"γ = {gamma:,}": {"gamma": gamma} for gamma in (10, 20, 100, 200, 1_000)},
    **{f"τ = {tau}": {"tau": tau} for tau in (1, 2, 5, 8)},
    **{f"J = {J}": {"experiments": J} for J in (10, 100, 200)},
    "n = 10,000, γ = 500": {"points_per_chunk": 10_000, "gamma": 500},
}
"""Other settings: what they change of Figure 3."""


def simulate(config: featsim.Config, inits: list[str], seeds: int) -> xr.Dataset:
    """Return accuracy in % and training time of policies, and the price T / T_warm."""
    out = measure(config, inits, seeds)
    T = out["training_time"]
    return out.assign(price=T / T.sel(init="warm", drop=True))


def spread(values: xr.DataArray, form: str = ".2f") -> str:
    """Return mean ± standard deviation over the seeds."""
    deviation = f"{float(values.std('seed', ddof=1)):{form}}"
    return f"{float(values.mean('seed')):{form}} ± {deviation}"


def policies(result: xr.Dataset, best: xr.Dataset) -> str:
    """Return the table of all policies, and of the best schedules, in the setting of Figure 3."""
    best["price"] = best["training_time"] / result["training_time"].sel(init="warm", drop=True)
    each = [(what, f"`{init}`", result.sel(init=init)) for what, init in POLICIES]
    each += [(what, "`theory.best_schedule`", best.sel(mu=mu)) for mu, what in PRICES.items()]
    ideal = result["last"].sel(init="ideal")
    rows = [
        [
            what, spelled, spread(one["last"]), spread(one["mean"]),
            spread(one["last"] - ideal), spread(one["training_time"], ",.0f"), spread(one["price"]),
        ]
        for what, spelled, one in each
    ]  # fmt: skip
    return table(
        ["forgotten", "policy", "last (%)", "mean (%)", "last − ideal's", "T", "T / T_warm"], rows
    )


def bounds(result: xr.Dataset) -> tuple[int, float]:
    """Return the seeds with T ≤ 3 T_warm, and the share of (seed, experiment) not below half.

    Half is a cold start on half of the data.
    """
    half = (result["experiment"].to_numpy() + 1) // 2
    cold = result["accuracy"].sel(init="random").sel(experiment=half)
    reached = result["accuracy"].sel(init="doubling").to_numpy() >= cold.to_numpy()
    cheap = result["price"].sel(init="doubling") <= 3.0
    return int(cheap.sum()), float(reached.mean())


def other_settings(seeds: int) -> tuple[str, list[xr.Dataset]]:
    """Return the table of the other settings, and what it shows."""
    inits = ["warm", "ideal", "doubling"]
    results = [simulate(PAPER.replace(**change), inits, seeds) for change in OTHERS.values()]
    rows = []
    for name, one in zip(OTHERS, results, strict=True):
        low, ideal, doubling = (one.sel(init=init) for init in inits)
        rows.append([
            name, *(f"{float(each['last'].mean()):.2f}" for each in (low, doubling, ideal)),
            f"{float((doubling['mean'] - ideal['mean']).mean()):+.2f}",
            spread(doubling["price"]), spread(ideal["price"]),
        ])  # fmt: skip
    head = ["setting", "warm, last (%)", "doubling, last", "ideal, last", "mean, doubling − ideal",
            "T / T_warm, doubling", "T / T_warm, ideal"]  # fmt: skip
    return table(head, rows), results


def page(seeds: int) -> str:
    """Return the page."""
    result = simulate(PAPER, [init for _, init in POLICIES], seeds)
    others, settings = other_settings(seeds)
    mean = result.mean("seed")
    names = {"share": "keep:1,0.9"} | {init: init for init in ("warm", "ideal", "doubling")}
    best = measure_best(PAPER, result["frequencies"], list(PRICES))
    some = best.sel(mu=1e-5).mean("seed")
    at = {name: mean.sel(init=init) for name, init in names.items()}
    cheap, reached = bounds(result)
    price = [one["price"].sel(init="doubling") for one in settings]
    lost = [one["last"].sel(init="ideal") - one["last"].sel(init="doubling") for one in settings]
    worst = int(np.argmax([float(each.mean()) for each in lost]))
    return TEXT.read_text(encoding="utf-8").format(
        seeds=seeds,
        policies=policies(result, best),
        others=others,
        cheap=f"{cheap} of {seeds}",
        reached=f"{100.0 * reached:.1f} %",
        dearest=f"{max(float(each.max()) for each in price):.2f}",
        settings=len(settings),
        lost=f"{float(lost[worst].mean()):.1f}",
        worst=list(OTHERS)[worst],
        behind=f"{float(at['ideal']['mean'] - at['doubling']['mean']):.2f}",
        level=f"{float(at['ideal']['last'] - at['doubling']['last']):.1f}",
        times=f"{float(at['ideal']['training_time'] / at['doubling']['training_time']):.1f}",
        share_times=f"{float(at['share']['training_time'] / at['doubling']['training_time']):.1f}",
        best_times=f"{float(some['training_time'] / at['doubling']['training_time']):.1f}",
        best_more=f"{float(some['mean'] - at['doubling']['mean']):.1f}",
        warm_new=f"{float(at['warm']['starting_points'][-1]):.0f}",
        doubling_new=f"{float(at['doubling']['starting_points'][-1]):.0f}",
        **{f"{init}_last": f"{float(one['last']):.1f}" for init, one in at.items()},
        **{f"{init}_T": f"{float(one['training_time']):,.0f}" for init, one in at.items()},
    )


if __name__ == "__main__":
    chosen = tyro.cli(Settings)
    with replacing(chosen.output) as temporary:
        temporary.write_text(page(chosen.seeds), encoding="utf-8")
