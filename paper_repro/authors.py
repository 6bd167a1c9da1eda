"""The authors' own runs, from their logs: cited here at a few experiments, else read from a file.

The file is a table with a row an experiment; its columns are run, model, dataset, method, lam,
sota, experiment, test_accuracy, steps, gradnorm_all and others. It is no part of the project.
"""

import csv
import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from paper_repro.errors import Mendable
from paper_repro.run import Dataset, Model
from paper_repro.tables.text import markdown
from paper_repro.verdict import Ranks, judge


@dataclass(frozen=True)
class Cited:
    """What one of their runs reached at an experiment: lr 0.001, batch 128, chunks of 1/50."""

    dataset: Dataset
    model: Model
    method: str
    lam: float | None
    experiment: int
    accuracy: float
    """Test accuracy, %."""
    steps: int

    @property
    def key(self) -> tuple[str, str, str, float | None]:
        """Data set, network, method and λ."""
        return self.dataset, self.model, self.method, self.lam


CITED = (
    Cited("cifar10", "resnet18", "cold", None, 1, 29.9, 160),
    Cited("cifar10", "resnet18", "cold", None, 5, 45.3, 840),
    Cited("cifar10", "resnet18", "cold", None, 16, 57.2, 1875),
    Cited("cifar10", "resnet18", "cold", None, 50, 67.5, 5083),
    Cited("cifar10", "resnet18", "warm", None, 5, 42.5, 320),
    Cited("cifar10", "resnet18", "warm", None, 16, 52.3, 375),
    Cited("cifar10", "resnet18", "shrink_perturb", 0.3, 5, 56.9, 640),
    Cited("cifar10", "resnet18", "shrink_perturb", 0.3, 16, 70.3, 1375),
    Cited("cifar10", "resnet18", "dash", 0.3, 5, 59.0, 1040),
    Cited("cifar10", "resnet18", "dash", 0.3, 16, 74.2, 1750),
    Cited("cifar10", "resnet18", "dash", 0.05, 5, 58.9, 2120),
    Cited("cifar10", "resnet18", "dash", 0.05, 13, 72.1, 1632),
    Cited("cifar10", "vgg16", "dash", 0.3, 50, 85.5, 9775),
    Cited("cifar100", "resnet18", "cold", None, 50, 35.3, 10166),
    Cited("tiny_imagenet", "resnet18", "dash", 0.05, 32, 40.2, 5500),
    Cited("tiny_imagenet", "resnet18", "dash", 0.3, 32, 31.4, 3500),
    Cited("tiny_imagenet", "resnet18", "shrink_perturb", 0.3, 32, 32.8, 8500),
    Cited("cifar10", "resnet18_sota", "warm", None, 24, 92.2, 23312),
    Cited("cifar10", "resnet18_sota", "dash", 0.3, 24, 91.9, 23500),
)


@dataclass(frozen=True)
class Log:
    """One of their runs."""

    name: str
    key: tuple[str, str, str, float | None]
    rows: list[dict[str, str]]
    """The experiments, in order."""

    def norms_and_steps(self) -> Ranks:
        """Return both, a pair an experiment that has a norm."""
        rows = [row for row in self.rows if row["gradnorm_all"]]
        return Ranks(
            [float(row["gradnorm_all"]) for row in rows], [float(row["steps"]) for row in rows]
        )


def read(path: Path) -> list[Log]:
    """Return the runs of the file.

    Raises
    ------
    errors.Mendable
        If it is no such table.
    """
    try:
        with path.open(newline="") as file:
            rows = list(csv.DictReader(file))
        groups = itertools.groupby(rows, key=lambda row: row["run"])
        return [_log(name, list(group)) for name, group in groups]
    except (KeyError, ValueError, csv.Error) as error:
        raise Mendable(f"{path} is not the table of the authors' runs: {error}") from error


def _log(name: str, rows: list[dict[str, str]]) -> Log:
    first = rows[0]
    model = "vgg16" if first["model"] == "vgg16_bn" else first["model"]
    sota = "_sota" if first["sota"] == "true" else ""
    lam = float(first["lam"]) if first["lam"] else None
    for row in rows:
        _ = int(row["experiment"]), float(row["test_accuracy"]), int(row["steps"])
        _ = row["gradnorm_all"]
    return Log(name, (first["dataset"], model + sota, first["method"], lam), rows)


def compared(logs: Sequence[Log]) -> str:
    """Return a row for each run of the file and one for each citation that no run bears out."""
    lines = []
    for log in logs:
        last = log.rows[-1]
        pairs = log.norms_and_steps()
        judged = judge([pairs]) if len(pairs.one) > 2 else None
        rho = "-" if judged is None else f"{pairs.rho:.2f} ({judged.p_text})"
        shares = f"{100 * float(last['test_accuracy']):.1f}"
        name = [log.name, *("-" if part is None else str(part) for part in log.key)]
        lines.append([*name, last["experiment"], shares, last["steps"], rho])
    header = ["run", "data set", "network", "method", "λ", "experiments", "accuracy % at the last",
              "steps", "ρ of norm and steps"]  # fmt: skip
    missing = [f"not in the file: {cited}" for cited in CITED if not _borne_out(cited, logs)]
    return "\n".join([markdown(header, lines), *missing])


def _borne_out(cited: Cited, logs: Sequence[Log]) -> bool:
    return any(
        int(row["experiment"]) == cited.experiment
        and abs(100 * float(row["test_accuracy"]) - cited.accuracy) < 0.0501
        and int(row["steps"]) == cited.steps
        for log in logs
        if log.key == cited.key
        for row in log.rows
    )
