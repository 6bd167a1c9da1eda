"""What a run leaves on disk to be read: lines of JSON, appended as it goes.

A run's folder holds ``records.jsonl``: a line of kind ``run`` (settings, versions, device, number
of experiments), then a line of kind ``epoch`` for each epoch and one of kind ``experiment`` after
the last epoch of each experiment. A line that a killed process left unfinished does not count.
Accuracies are shares, not percent. Reading needs no torch.
"""

import functools
import json
import os
import types
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, NotRequired, TypedDict, get_args, get_origin, get_type_hints

from featsim._files import replacing
from paper_repro.errors import Mendable
from paper_repro.run import Run


class RunError(Mendable):
    """A run could not go on; the message says what is lost and what to do."""


class Header(TypedDict):
    """What made the records."""

    kind: Literal["run"]
    run: dict[str, Any]
    """Settings, as `Run.to_dict` gives them."""
    experiments: int
    """Number of experiments of the whole run."""
    versions: dict[str, str]
    device: str


class EpochProbed(TypedDict, total=False):
    """What probes add to an epoch's row."""

    start_old_accuracy: float
    """Accuracy on old data in eval mode at the start of the epoch (Figure 13)."""
    test_accuracy: float
    """Test accuracy after the epoch (Figures 19 and 22)."""


class EpochRow(EpochProbed):
    """One epoch; its accuracies are running ones, over the batches as they are trained on."""

    kind: Literal["epoch"]
    experiment: int
    epoch: int
    """From 1 in each experiment."""
    loss: float
    train_accuracy: float
    old_accuracy: float | None
    """Of the samples that were there before the newest chunk; none in the first experiment."""
    steps: int
    """Steps of the experiment so far."""
    seconds: float


class Box(TypedDict):
    """What a box plot shows of cos(−∇L, filter) above 0.1."""

    box: list[float] | None
    """Least, quartiles and largest; none if there is none above."""
    above: int
    filters: int


CURVATURE_SAMPLES = 256
WITHOUT_GRADIENT = 0.1
EPSILONS = (1.0, 0.1)


class Curvature(TypedDict):
    """What is measured on at most `CURVATURE_SAMPLES` training samples before training."""

    samples: int
    without_gradient: float
    """Share of the samples whose loss gradient has a norm below `WITHOUT_GRADIENT`."""
    trace: float
    """Trace of the Hessian of their mean loss."""
    trace_draws: int
    """Random directions that it is a mean over."""
    ranks: list[float]
    """Its ε-rank for each of `EPSILONS`: the number of eigenvalues of absolute value above ε."""
    rank_bounds: list[tuple[float, float]]
    """The least and largest that each can be in the direction that was drawn."""
    lanczos_steps: int


class Probed(TypedDict, total=False):
    """What probes add to an experiment's row."""

    gradient_norm: float
    """Norm of the gradient of the mean loss, all parameters, before training."""
    summed_gradient_norm: float
    """Norm of the summed gradients of the batches, weights only, before training (Figure 6)."""
    test_cosines: Box
    """Cosines after training, L the loss on the test data (Figure 14)."""
    dead_neurons: list[float]
    """Share of dead channels after each block."""
    curvature: Curvature
    tflops: float
    """Tera-operations of method and training."""


class ExperimentRow(Probed):
    """One experiment."""

    kind: Literal["experiment"]
    experiment: int
    train_size: int
    epochs: int
    steps: int
    converged: bool
    """Whether the train accuracy reached the stop."""
    train_accuracy: float
    """Running accuracy of the last epoch."""
    test_accuracy: float
    images_per_second: NotRequired[int]
    """Training speed, the median over epochs."""
    seconds: float


Row = Header | EpochRow | ExperimentRow


@dataclass
class Records:
    """The records of one run."""

    run: Run
    header: Header | None = None
    epochs: list[EpochRow] = field(default_factory=list)
    experiments: list[ExperimentRow] = field(default_factory=list)

    @property
    def complete(self) -> bool:
        """Whether every experiment is finished."""
        return self.header is not None and len(self.experiments) == self.header["experiments"]

    @property
    def last(self) -> ExperimentRow:
        """The last experiment's row."""
        return self.experiments[-1]

    def mean(self, what: Literal["test_accuracy", "steps"]) -> float:
        """Return the mean over experiments."""
        return float(sum(row[what] for row in self.experiments) / len(self.experiments))

    def cut(self, row: ExperimentRow) -> bool:
        """Return whether the epoch limit ended an experiment, so its steps are a lower bound."""
        stops = self.run.stop is not None and self.run.arrival != "continuous"
        return stops and not row["converged"]

    @property
    def any_cut(self) -> bool:
        """Whether the epoch limit ended any experiment."""
        return any(map(self.cut, self.experiments))

    def epochs_of(self, experiment: int) -> list[EpochRow]:
        """Return the rows of an experiment's epochs."""
        return [row for row in self.epochs if row["experiment"] == experiment]

    def lines(self) -> list[Row]:
        """Return the rows in the order in which they were written."""
        rows: list[Row] = [] if self.header is None else [self.header]
        for experiment in self.experiments:
            rows += [*self.epochs_of(experiment["experiment"]), experiment]
        return rows


def load_records(run: Run, root: Path) -> Records:
    """Return what has been run; epochs of an experiment that is not finished do not count.

    Raises
    ------
    RunError
        If a finished line is no record, or the folder belongs to other settings.
    """
    records = Records(run)
    path = root / run.name / "records.jsonl"
    if not path.is_file():
        return records
    *lines, _unfinished = path.read_bytes().split(b"\n")
    epochs: list[EpochRow] = []
    for number, line in enumerate(lines, 1):
        try:
            row = _parse(line.decode())
        except (ValueError, RecursionError) as error:
            raise RunError(f"{path}: line {number} is damaged; remove the folder") from error
        if row["kind"] == "run":
            records.header = row
        elif row["kind"] == "epoch":
            epochs.append(row)
        elif row["experiment"] == len(records.experiments) + 1:
            records.experiments.append(row)
        else:
            raise RunError(f"{path}: line {number} is out of order; remove the folder")
    finished = {row["experiment"] for row in records.experiments}
    records.epochs = [row for row in epochs if row["experiment"] in finished]
    if lines and not _is_of(records.header, run):
        raise RunError(f"{path} belongs to other settings than its name; remove the folder")
    return records


def _is_of(header: Header | None, run: Run) -> bool:
    try:
        return header is not None and Run.from_dict(header["run"]) == run
    except (TypeError, ValueError):
        return False


@functools.cache
def _hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)


def _parse(line: str) -> Row:
    """Return the record of a line; ValueError if it is none."""
    row = json.loads(line)
    for kind in (Header, EpochRow, ExperimentRow):
        hints = _hints(kind)
        if isinstance(row, dict) and all(
            name in row and _fits(row[name], hints[name]) for name in kind.__required_keys__
        ):
            return row  # type: ignore[return-value]
    raise ValueError("the line is no record")


def _fits(value: object, hint: Any) -> bool:
    """Return whether a JSON value is of a type that a row's key may have."""
    if get_origin(hint) is types.UnionType:
        return any(_fits(value, one) for one in get_args(hint))
    if get_origin(hint) is Literal:
        return value in get_args(hint)
    if hint is float:
        return isinstance(value, int | float) and not isinstance(value, bool)
    if hint is int:
        return isinstance(value, int) and not isinstance(value, bool)
    return isinstance(value, get_origin(hint) or hint)


def append(folder: Path, row: Row) -> None:
    """Append one line and have it on disk before returning."""
    with (folder / "records.jsonl").open("a") as file:
        file.write(json.dumps(row, allow_nan=False) + "\n")
        file.flush()
        os.fsync(file.fileno())


def rewrite(folder: Path, rows: Sequence[Row]) -> None:
    """Replace the records by these rows, at once."""
    with replacing(folder / "records.jsonl") as new:
        new.write_text("".join(json.dumps(row, allow_nan=False) + "\n" for row in rows))
