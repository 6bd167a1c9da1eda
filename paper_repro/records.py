"""What a run leaves on disk: lines of JSON, appended as it goes, and a checkpoint.

A run's folder holds ``records.jsonl``: a line of kind ``run`` (settings, versions, device, number
of experiments), then a line of kind ``epoch`` for each epoch and one of kind ``experiment`` after
the last epoch of each experiment. ``checkpoint-<experiment>.pt`` is written after that line; the
newest two are kept until the run is complete. A line that a killed process left unfinished does
not count.
"""

import json
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch

from paper_repro.run import Run

Row = dict[str, Any]


class RunError(RuntimeError):
    """A run could not go on; the message says what is lost and what to do."""


@dataclass
class Records:
    """The records of one run.

    A row of `epochs` holds experiment, epoch, loss, train_accuracy, old_accuracy (of the samples
    that were there before the newest chunk; none in the first experiment), steps and seconds. A
    row of `experiments` holds experiment, train_size, epochs, steps, converged, train_accuracy,
    test_accuracy, seconds and what the probes gave. Accuracies of epochs are running ones, over
    the batches as they are trained on; shares, not percent.
    """

    run: Run
    header: Row = field(default_factory=dict)
    epochs: list[Row] = field(default_factory=list)
    experiments: list[Row] = field(default_factory=list)

    @property
    def complete(self) -> bool:
        """Whether every experiment is finished."""
        return bool(self.header) and len(self.experiments) == self.header["experiments"]

    @property
    def last(self) -> Row:
        """The last experiment's row."""
        return self.experiments[-1]

    def mean(self, what: str) -> float:
        """Return the mean over experiments of a number, for instance test_accuracy or steps."""
        return float(sum(row[what] for row in self.experiments) / len(self.experiments))

    def lines(self) -> list[Row]:
        """Return the rows in the order in which they were written."""
        rows = [self.header] if self.header else []
        for experiment in self.experiments:
            number = experiment["experiment"]
            rows += [row for row in self.epochs if row["experiment"] == number] + [experiment]
        return rows


def load_records(run: Run, root: Path) -> Records:
    """Return what has been run; epochs of an experiment that is not finished do not count.

    Raises
    ------
    RunError
        If a finished line is not JSON, or the folder belongs to other settings.
    """
    records = Records(run)
    path = root / run.name / "records.jsonl"
    if not path.is_file():
        return records
    *lines, _unfinished = path.read_text().split("\n")
    epochs: list[Row] = []
    for number, line in enumerate(lines, 1):
        try:
            row = json.loads(line)
        except json.JSONDecodeError as error:
            raise RunError(f"{path}: line {number} is damaged; remove the folder") from error
        if row["kind"] == "run":
            records.header = row
        elif row["kind"] == "epoch":
            epochs.append(row)
        else:
            records.experiments.append(row)
    finished = {row["experiment"] for row in records.experiments}
    records.epochs = [row for row in epochs if row["experiment"] in finished]
    if records.header and Run.from_dict(records.header["run"]) != run:
        raise RunError(f"{path} belongs to other settings than its name; remove the folder")
    return records


def append(folder: Path, row: Row) -> None:
    """Append one line and have it on disk before returning."""
    with (folder / "records.jsonl").open("a") as file:
        file.write(json.dumps(row, allow_nan=False) + "\n")
        file.flush()
        os.fsync(file.fileno())


def rewrite(folder: Path, rows: list[Row]) -> None:
    """Replace the records by these rows, at once."""
    new = folder / "records.jsonl.new"
    new.write_text("".join(json.dumps(row, allow_nan=False) + "\n" for row in rows))
    new.replace(folder / "records.jsonl")


def save_checkpoint(folder: Path, experiment: int, state: Row) -> None:
    """Write the checkpoint after an experiment at once; keep it and the one before."""
    new = folder / "checkpoint.new"
    torch.save(state, new)
    new.replace(folder / f"checkpoint-{experiment}.pt")
    remove_checkpoints(folder, below=experiment - 1)


def remove_checkpoints(folder: Path, below: int) -> None:
    """Remove the checkpoints of experiments before `below`."""
    for path in folder.glob("checkpoint-*.pt"):
        if _number(path) < below:
            path.unlink()


def newest_checkpoint(folder: Path, finished: int) -> tuple[int, Row | None, list[str]]:
    """Return the newest readable checkpoint of a finished experiment.

    Returns
    -------
    experiment : int
        Its experiment; 0 if there is none.
    state : dict, optional
        What `save_checkpoint` was given.
    notes : list of str
        A sentence for each checkpoint that could not be read.
    """
    notes = []
    paths = [path for path in folder.glob("checkpoint-*.pt") if _number(path) <= finished]
    for path in sorted(paths, key=_number, reverse=True):
        try:
            return _number(path), torch.load(path, map_location="cpu", weights_only=True), notes
        except Exception:  # whatever a damaged file makes torch raise
            notes.append(f"{path} is damaged and was passed over")
    return 0, None, notes


def _number(path: Path) -> int:
    return int(path.stem.removeprefix("checkpoint-"))
