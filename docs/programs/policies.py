"""Make the tables on policies of docs/theory.md: counterexamples, the limit, the best schedules.

Run ``python -m docs.programs.policies``: it prints the tables, and with ``--page docs/theory.md``
also puts them between the marks that bear their names.
"""

import dataclasses
from pathlib import Path

import numpy as np
import tyro

import featsim
from docs.programs.marks import write_between
from docs.programs.theory_limit import setting, sizes, table
from featsim import theory
from featsim.theory.examples import OF_POLICIES

LIMIT = ("doubling", "keep:1,0.5", "forget_features", "keep:0,0.5@every:3", "keep:0.5,0.5")
SEEDS = 10
PRICES = (1e-4, 3e-5, 1e-5, 3e-6)


@dataclasses.dataclass(frozen=True, kw_only=True)
class Settings:
    """How much to run."""

    page: Path | None = None
    """The page with the marks; nothing is written if it is not given."""
    largest: int = 256_000
    """Most points a chunk beside the mean field."""


def examples() -> str:
    """Return the counterexamples that need a policy of their own."""
    rows = []
    for one in OF_POLICIES:
        counts = " ".join(map(str, one.chunks[0]))
        setting = f"C = {one.classes}, J = {len(one.chunks)}, γ = {one.gamma}, τ = {one.tau}"
        rows.append([f"`{one.name}`", one.needed, one.text, counts, setting, one.why])
    return table(
        ["example", "breaks", "statement that fails", "n_A of a class", "setting", "why"], rows
    )


def limit(largest: int) -> str:
    """Return the mean distance of simulator and mean field against the points of a chunk."""
    distances = []
    for n in sizes(largest):
        config = setting(n)
        out = featsim.simulate(config, seeds=SEEDS, inits=LIMIT, workers=1, progress=False)
        mean = theory.mean_field(config, out.frequencies, inits=LIMIT)
        accuracy = abs(out.exact_accuracy - mean.exact_accuracy).mean(("seed", "experiment"))
        time = (out.nonzero_gradient_points - mean.nonzero_gradient_points).sum("experiment")
        total = mean.nonzero_gradient_points.sum("experiment")
        distances.append([*accuracy.to_numpy(), *(abs(time) / total).mean("seed").to_numpy()])
    powers = [
        np.polyfit(np.log(sizes(largest)), np.log(column), 1)[0]
        for column in np.transpose(distances)
    ]
    rows = [
        [f"{n:,}", *(f"{distance:.2g}" for distance in row)]
        for n, row in zip(sizes(largest), distances, strict=True)
    ]
    rows.append(["power of n", *(f"{power:.2f}" for power in powers)])
    names = [f"{name}, `{init}`" for name in ("accuracy", "T") for init in LIMIT]
    return table(["points a chunk", *names], rows)


def schedules(config: featsim.Config) -> str:
    """Return the best schedules of Figure 3's setting, frequencies of seed 0, and some others."""
    cold = theory.mean_field(config, inits="random").exact_accuracy.to_numpy().mean()
    rows = []
    for name in ("warm", "doubling", "doubling:1.3", "every:10", "ideal"):
        one = theory.mean_field(config, inits=name)
        rows.append((
            f"`{name}`", float(one.nonzero_gradient_points.sum()),
            float(one.exact_accuracy.mean()),
        ))  # fmt: skip
    curve = theory.trade_off(config)
    chosen = {f"best, μ = {price:.0e}": theory.best_schedule(config, price) for price in PRICES}
    chosen |= {"fastest": curve[0], "fastest that loses nothing": curve[-1]}
    for name, best in chosen.items():
        before = ", ".join(map(str, best.when.experiments))
        mean = cold - best.accuracy_loss / config.experiments
        rows.append((f"{name}: {before}", best.training_time, float(mean)))
    return table(
        ["forgetting before", "T", "mean accuracy"],
        [[name, f"{T:,.0f}", f"{mean:.2%}"] for name, T, mean in sorted(rows, key=lambda x: x[1])],
    )


def main(settings: Settings) -> None:
    """Print the tables; write them if asked to."""
    tables = {
        "policy examples": examples(),
        "policy limit": limit(settings.largest),
        "schedules": schedules(featsim.Config(test_points=0)),
    }
    for name, rows in tables.items():
        print(f"\n{name}\n\n{rows}")
    if settings.page is not None:
        write_between(settings.page, tables)


if __name__ == "__main__":
    main(tyro.cli(Settings))
