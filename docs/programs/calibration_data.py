"""The curves that docs/calibration.md is about: the authors' runs, and this project's records."""

import json
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

OWN = Path(__file__).parents[2] / "paper_repro" / "results"
VANILLA = {"optimizer": "sgd", "sota": False}


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
    tau: int | None = None
    """τ where there are too few experiments to estimate all."""


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


def own_cases() -> list[Case]:
    """Return the settings of this project's records with enough experiments of a cold start."""
    runs: dict[tuple[str, ...], dict[str, list[pd.DataFrame]]] = {}
    for file in sorted(OWN.glob("*/records.jsonl")):
        lines = [json.loads(line) for line in file.read_text().splitlines()]
        run = lines[0]["run"]
        rows = [line for line in lines if line["kind"] == "experiment"]
        if run["stop"] is None or run["chunks"] < 4 or len(rows) < run["chunks"]:
            continue
        key = (run["dataset"], run["model"], str(run["width"]), str(run["train_size"]),
               str(run["chunks"]))  # fmt: skip
        table = pd.DataFrame(rows).assign(seed=run["seed"])
        runs.setdefault(key, {}).setdefault(run["method"], []).append(table)
    cases = []
    for (_, model, width, size, chunks), methods in runs.items():
        if "cold" not in methods:
            continue
        made = {name: _method(name, pd.concat(tables)) for name, tables in methods.items()}
        cold = made.pop("cold")
        cases.append(
            Case(
                f"own, CIFAR-10, {model} of width {width}",
                10,
                int(size) // int(chunks),
                cold,
                tuple(made.values()),
                tau=1 if int(chunks) < 5 else None,
            )
        )
    return cases


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
