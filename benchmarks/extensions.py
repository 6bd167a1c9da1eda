"""What each extension costs: ``python -m benchmarks.extensions`` prints ratios to Figure 3.

Two simulations take turns, so that a busy machine slows both; even so, run it on an idle one. No
test points are drawn, so that the ratios are those of points, training and exact accuracy. With
``--docs docs`` it puts the table into docs/beyond.md.
"""

import dataclasses
from collections.abc import Callable
from pathlib import Path

import tyro

import featsim
from benchmarks.measuring import paired, table
from docs.programs.marks import write_between

PAPER = featsim.Config(test_points=0)
EXTENSIONS = {
    "Zipf's law": {"frequency_law": "zipf"},
    "drift 0.1": {"drift": 0.1},
    "label noise 0.1": {"label_noise": 0.1},
    "a class after 10 experiments": {"class_arrival": 10},
    "window 10": {"window": 10},
    "strengths 1 to 3": {"max_strength": 3},
    "two levels of noise": {"noise_levels": ((0.5, 0.5), (1.5, 0.5))},
    "ten levels of noise": {"noise_levels": tuple((0.2 * (i + 0.5), 0.1) for i in range(10))},
}
POLICIES = {"doubling": "doubling", "a tenth of the noise forgotten": "keep:1,0.9"}


@dataclasses.dataclass(frozen=True, kw_only=True)
class Benchmark:
    """Time each extension beside the paper's setting."""

    repeats: int = 15
    """Pairs of runs for each ratio."""
    seeds: int = 2
    """Seeds of a run."""
    docs: Path | None = None
    """Folder of beyond.md; nothing is written if it is not given."""


def run(config: featsim.Config, init: str, seeds: int) -> Callable[[], object]:
    """Return the simulation of a setting, once run, so that it is compiled."""

    def simulate() -> object:
        return featsim.simulate(config, inits=init, seeds=seeds, workers=1, progress=False)

    simulate()
    return simulate


def main(benchmark: Benchmark) -> None:
    """Print the table of ratios, and write it if asked to."""
    rows = []
    for name, fields in EXTENSIONS.items():
        ratios = []
        for init in ("random", "warm", "ideal"):
            beyond = run(PAPER.replace(**fields), init, benchmark.seeds)  # type: ignore[arg-type]
            paper = run(PAPER, init, benchmark.seeds)
            ratios.append(f"{paired(beyond, paper, benchmark.repeats)[2]:.2f}")
        rows.append([name, *ratios])
    for name, init in POLICIES.items():
        policy, ideal = (run(PAPER, one, benchmark.seeds) for one in (init, "ideal"))
        rows.append([name, "", "", f"{paired(policy, ideal, benchmark.repeats)[2]:.2f}"])
    text = table(["extension", "random", "warm", "ideal"], rows)
    print(text)
    if benchmark.docs is not None:
        write_between(benchmark.docs / "beyond.md", {"cost": text})


if __name__ == "__main__":
    main(tyro.cli(Benchmark))
