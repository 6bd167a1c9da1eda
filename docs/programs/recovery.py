"""Whether a fit finds the parameters that made a curve: simulation-based calibration.

Run ``python -m docs.programs.recovery FILE``: settings are drawn, a cold curve is made of each, and
fitted; what was true and what was found is appended to the file, a line of JSON each. The same
call goes on where it was stopped. ``docs.programs.calibration`` makes a table of the file.
"""

import json
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import tyro
from tqdm import tqdm

import featsim
from featsim import theory
from featsim.calibration.law import Family

KINDS = ("mean field", "simulated", "simulated, known n")
NOISE = 0.005
"""Standard deviation of the noise on curves of the mean field."""


@dataclass(frozen=True, kw_only=True)
class Settings:
    """How much to run."""

    file: Annotated[Path, tyro.conf.Positional]
    """Lines of JSON, appended."""
    settings: int = 240
    """Settings to draw, a third of each kind."""
    first: int = 0
    """Number of the first one, from which it is drawn."""


def main(settings: Settings) -> None:
    """Fit what is missing in the file."""
    done = read(settings.file) if settings.file.exists() else []
    wanted = range(settings.first, settings.first + settings.settings)
    missing = sorted(set(wanted) - {row["setting"] for row in done})
    with settings.file.open("a", encoding="utf-8") as file:
        for number in tqdm(missing, unit="fit", disable=None):
            file.write(json.dumps(recover(number)) + "\n")
            file.flush()


def read(file: Path) -> list[dict[str, Any]]:
    """Return the finished lines."""
    *lines, _unfinished = file.read_text(encoding="utf-8").split("\n")
    return [json.loads(line) for line in lines]


def recover(number: int) -> dict[str, Any]:
    """Draw setting ``number``, fit its curve, and return what was true and what was found."""
    kind = KINDS[number % len(KINDS)]
    rng = np.random.default_rng(number)
    config, runs = draw(rng)
    accuracy = observe(config, runs, kind, rng)
    start = time.perf_counter()
    fitted = featsim.fit(
        {j + 1: column.tolist() for j, column in enumerate(accuracy.T)},
        classes=config.classes,
        features=config.features,
        points_per_chunk=config.points_per_chunk if kind == KINDS[2] else None,
        workers=1,
    )
    seconds = time.perf_counter() - start
    names = ("gamma_per_point", "max_frequency", "frequency_exponent", "tau")
    truth: dict[str, Any] = {name: getattr(config, name) for name in names[1:]}
    truth["gamma_per_point"] = config.gamma / config.points_per_chunk
    return {
        "setting": number,
        "kind": kind,
        "law": config.frequency_law,
        "classes": config.classes,
        "features": config.features,
        "runs": runs,
        "truth": truth,
        "found_law": fitted.frequency_law,
        "found": {name: getattr(fitted, name) for name in names},
        "intervals": fitted.intervals,
        "rms": fitted.root_mean_square,
        "families": fitted.identifiability.families,
        "seconds": seconds,
    }


def draw(rng: np.random.Generator) -> tuple[featsim.Config, int]:
    """Return a setting whose cold start learns: neither nothing nor all in the first chunk."""
    while True:
        law = str(rng.choice(["uniform", "zipf"]))
        classes, K = int(rng.choice([2, 5, 10])), int(rng.choice([20, 50, 100]))
        exponent = rng.uniform(0.4, 1.6)
        family = Family("zipf" if law == "zipf" else "uniform", classes, int(rng.integers(1, 5)), K)
        u = np.log([rng.uniform(0.002, 0.1) / classes, rng.uniform(0.05, 0.6)])
        if law == "zipf":
            u = np.append(u, exponent)
        config = family.config(u, 100 * classes * int(rng.choice([2, 5])), 20)
        curve = family.curve(u, np.array([1.0, 20.0]))
        if curve[1] - curve[0] > 0.08 and config.gamma > 1.5:
            return config, int(rng.choice([1, 3]))


def observe(config: featsim.Config, runs: int, kind: str, rng: np.random.Generator) -> Any:
    """Return the accuracy of the cold start, (run, experiment)."""
    seeds = rng.integers(10_000, 2**31, runs).tolist()
    if kind != KINDS[0]:
        out = featsim.simulate(config, inits="cold", seeds=seeds, workers=1, progress=False)
        return out["exact_accuracy"].isel(init=0).to_numpy()
    drawn: Any = featsim.simulate(
        config.replace(experiments=1), inits="cold", seeds=seeds, workers=1, progress=False
    )["frequencies"]
    limit = theory.mean_field(config, drawn, inits="cold")["exact_accuracy"].isel(init=0)
    noisy = limit.to_numpy() + NOISE * rng.normal(size=limit.shape)
    return np.clip(noisy, 0.0, 1.0)


if __name__ == "__main__":
    main(tyro.cli(Settings))
