"""The claims that link theory and practice, each with what measures it, and their runs.

A claim is measured by one number a seed, positive (or above its threshold) where it holds.
"""

import itertools
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from paper_repro.records import ExperimentRow, Records
from paper_repro.run import Run
from paper_repro.scales import Scale, base, grid, seeds

if TYPE_CHECKING:
    import xarray as xr

METHODS = ("cold", "warm", "dash")

Seed = Mapping[str, Records]
"""The records of one seed by method."""


@dataclass(frozen=True)
class Claim:
    """One claim of sections 3 and 5."""

    text: str
    source: str
    """Where the paper makes it."""
    theory: str
    """What Theorems 3.4 and 3.6 predict."""
    what: str
    """What the numbers are."""
    simulated: Callable[["xr.Dataset"], np.ndarray]
    """The number of each seed in the simulator."""
    measured: Callable[[Seed], float]
    """The number of one seed of the network."""
    threshold: float = 0.0
    """The claim holds where the number is above this."""
    digits: int = 2
    of_steps: bool = False
    """Whether the number depends on steps, which the epoch limit may cut short."""


def _later(records: Records) -> list[ExperimentRow]:
    """Return the experiments from the second on: the first is the same for all methods."""
    return records.experiments[1:]


def _accuracy(records: Records) -> float:
    return 100 * float(np.mean([row["test_accuracy"] for row in _later(records)]))


def _steps(records: Records) -> float:
    return float(sum(row["steps"] for row in _later(records)))


def _share_of_cold(dataset: "xr.Dataset", init: str) -> np.ndarray:
    """Return training time from the second experiment on, as a share of random's, by seed."""
    later = dataset.nonzero_gradient_points.isel(experiment=slice(1, None)).sum("experiment")
    return np.asarray(100 * (later.sel(init=init) / later.sel(init="random")))


def _accuracy_gap(dataset: "xr.Dataset", one: str, other: str) -> np.ndarray:
    later = dataset.exact_accuracy.isel(experiment=slice(1, None)).mean("experiment")
    return np.asarray(100 * (later.sel(init=one) - later.sel(init=other)))


def _saved(seed: Seed, method: str, of: str = "cold") -> float:
    """Return by how many percent of cold's steps a method needs fewer than another."""
    return 100 * (_steps(seed[of]) - _steps(seed[method])) / _steps(seed["cold"])


def _old_accuracy(seed: Seed) -> float:
    epochs = [row for row in seed["warm"].epochs if row["epoch"] == 1 and row["experiment"] > 1]
    shares = [row["old_accuracy"] for row in epochs if row["old_accuracy"] is not None]
    return 100 * float(np.mean(shares))


CLAIMS = (
    Claim(
        "warm generalizes worse than cold",
        "Figure 1, Table 1",
        "ACC(warm) ≤ ACC(cold), strictly from some J on (Theorem 3.4)",
        "accuracy, cold − warm, percentage points",
        lambda d: _accuracy_gap(d, "random", "warm"),
        lambda s: _accuracy(s["cold"]) - _accuracy(s["warm"]),
    ),
    Claim(
        "warm converges fastest",
        "Figure 1, Table 1",
        "T(warm) < T(ideal) < T(cold) (Theorems 3.4, 3.6)",
        "steps saved against the faster of cold and DASH, % of cold's",
        lambda d: _share_of_cold(d, "ideal") - _share_of_cold(d, "warm"),
        lambda s: min(_saved(s, "warm"), _saved(s, "warm", of="dash")),
        of_steps=True,
    ),
    Claim(
        "DASH's accuracy is at least cold's",
        "Figure 1, Table 1",
        "ACC(ideal) = ACC(cold) (Theorem 3.6)",
        "accuracy, DASH (ideal) − cold, percentage points",
        lambda d: _accuracy_gap(d, "ideal", "random"),
        lambda s: _accuracy(s["dash"]) - _accuracy(s["cold"]),
    ),
    Claim(
        "DASH's steps lie between warm's and cold's",
        "Figure 1, Table 1",
        "T(warm) < T(ideal) < T(cold) (Theorem 3.6)",
        "smaller distance of DASH (ideal) from the two, % of cold's",
        lambda d: np.minimum(
            _share_of_cold(d, "ideal") - _share_of_cold(d, "warm"), 100 - _share_of_cold(d, "ideal")
        ),
        lambda s: min(_saved(s, "dash"), _saved(s, "warm", of="dash")),
        of_steps=True,
    ),
    Claim(
        "previously learned data stay fitted under warm",
        "sections 3 and 5, Figure 13",
        "no old point has a gradient: learned or memorized (Theorem 3.4)",
        "accuracy on old data in the first epoch after new ones came, %; to hold above 90",
        lambda d: 100 * _points_without_gradient(d),
        _old_accuracy,
        threshold=90.0,
    ),
)


def _points_without_gradient(dataset: "xr.Dataset") -> np.ndarray:
    """Return the least share of old points that start without gradient under warm, by seed.

    At most the new chunk's points can have one if no old point does.
    """
    size = json.loads(dataset.attrs["config"])["points_per_chunk"]
    start = dataset.nonzero_gradient_points.sel(init="warm").isel(experiment=slice(1, None))
    old = size * np.arange(1, start.sizes["experiment"] + 1)
    return np.asarray((1 - np.maximum(start.values - size, 0) / old).min(axis=-1))


def runs(scale: Scale) -> list[Run]:
    """Return cold, warm and DASH with all seeds of the scale, on ResNet-18."""
    return grid(base(scale), seed=seeds(scale), method=METHODS)


def settings(scale: Scale) -> dict[str, list[Run]]:
    """Return the runs of every setting that the check looks at, by its name.

    At cpu scale there are two more: the released network on less data, one seed; Fashion-MNIST.
    """
    if scale != "cpu":
        return {"ResNet-18": runs(scale)}
    full = base(scale, model="resnet18", width=64, chunks=2, train_size=240, test_size=1000)
    fashion = base(scale, dataset="fashion_mnist", chunks=3, train_size=900, test_size=5000)
    return {
        "CIFAR-10, width 16": runs(scale),
        "CIFAR-10, full width": grid(full, method=METHODS),
        "Fashion-MNIST, width 16": grid(fashion, seed=seeds(scale), method=METHODS),
    }


def by_seed(records: Sequence[Records]) -> list[Seed]:
    """Return the records of each seed by method."""
    ordered = sorted(records, key=lambda r: r.run.seed)
    groups = itertools.groupby(ordered, key=lambda r: r.run.seed)
    return [{r.run.method: r for r in group} for _, group in groups]
