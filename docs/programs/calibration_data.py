"""The curves that docs/calibration.md is about: the authors' runs, and this project's records."""

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from paper_repro.campaign import REGIMES
from paper_repro.networks.evidence import gather
from paper_repro.records import Records

OWN = Path(__file__).parents[2] / "results"


@dataclass(frozen=True, eq=False)
class Method:
    """The runs of one method in one setting."""

    name: str
    table: pd.DataFrame
    """Columns experiment, accuracy, run, steps."""

    @property
    def seeds(self) -> str:
        """The runs, by their seeds."""
        return ", ".join(str(run) for run in dict.fromkeys(self.table["run"]))


@dataclass(frozen=True, eq=False)
class Case:
    """A cold start and other methods, in one setting."""

    title: str
    classes: int
    points_per_chunk: int
    cold: Method
    others: tuple[Method, ...]


def authors(file: Path) -> pd.DataFrame:
    """Return the authors' runs."""
    return pd.read_csv(file)


def _method(name: str, runs: pd.DataFrame) -> Method:
    table = pd.DataFrame(
        {
            "experiment": runs["experiment"],
            "accuracy": runs["test_accuracy"],
            "run": runs["seed"].astype(str),
            "steps": runs["steps"],
        }
    )
    return Method(name, table)


def authors_cases(file: Path) -> list[Case]:
    """Return the settings of the authors' runs that have a cold start."""
    data = authors(file)
    data = data[(data["model"] == "resnet18") & (~data["sota"])]

    def chosen(dataset: str, method: str, lam: float | None = None) -> pd.DataFrame:
        rows = data[(data["dataset"] == dataset) & (data["method"] == method)]
        return rows if lam is None else rows[rows["lam"] == lam]

    def longest(rows: pd.DataFrame) -> pd.DataFrame:
        return rows[rows["run"] == rows["run"].value_counts().idxmax()]

    cold = longest(chosen("cifar10", "cold"))
    warm = chosen("cifar10", "warm")
    again = chosen("cifar10", "cold")
    again = again[again["run"] != cold["run"].iloc[0]]
    others = (
        *(_method(f"warm, seed {seed}", rows) for seed, rows in warm.groupby("seed")),
        _method("shrink and perturb 0.3", chosen("cifar10", "shrink_perturb")),
        _method("DASH, λ 0.3", chosen("cifar10", "dash", 0.3)),
        _method("DASH, λ 0.05", chosen("cifar10", "dash", 0.05)),
        _method("cold, run again", again),
    )
    return [
        Case("CIFAR-10, ResNet-18", 10, 1_000, _method("cold", cold), others),
        Case("CIFAR-100, ResNet-18", 100, 1_000, _method("cold", chosen("cifar100", "cold")), ()),
    ]


def own_cases(root: Path = OWN) -> list[Case]:
    """Return the regimes of this project's records that have whole seeds."""
    cases = []
    for name, regime in REGIMES.items():
        seeds = gather(name, root).seeds
        if not seeds:
            continue
        base = regime.base
        assert base.train_size is not None
        methods = {
            method: Method(
                method, pd.concat([_rows(seed, by[method]) for seed, by in seeds.items()])
            )
            for method in regime.methods
        }
        cold = methods.pop("cold")
        size = base.train_size // base.chunks // 10 * 10  # the simulator's classes are equal
        title = f"CIFAR-10, {regime.title} ({name})"
        cases.append(Case(title, 10, size, cold, tuple(methods.values())))
    return cases


def _rows(seed: int, records: Records) -> pd.DataFrame:
    rows = pd.DataFrame(records.experiments)
    return pd.DataFrame(
        {
            "experiment": rows["experiment"],
            "accuracy": rows["test_accuracy"],
            "run": str(seed),
            "steps": rows["steps"],
        }
    )


def without_cold(file: Path) -> list[Method]:
    """Return the authors' runs of settings that have no cold start."""
    data = authors(file)
    data = data[(~data["sota"]) & data["dataset"].isin(["tiny_imagenet", "cifar10"])]
    data = data[(data["model"] == "vgg16_bn") | (data["dataset"] == "tiny_imagenet")]
    methods = []
    for _, rows in data.groupby("run", sort=False):
        first = rows.iloc[0]
        name = f"{first['dataset']}, {first['model']}, {first['method']} {first['lam']:g}"
        methods.append(_method(name, rows))
    return methods
