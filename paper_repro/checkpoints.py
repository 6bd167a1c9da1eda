"""The state of a run after an experiment, to go on from.

``checkpoint-<experiment>.pt`` is written after the line of its experiment; the newest two are
kept until the run is complete.
"""

from pathlib import Path
from typing import Any

import torch

from featsim._files import replacing

State = dict[str, Any]
"""State of network and optimizer, as torch saves it."""


def save_checkpoint(folder: Path, experiment: int, state: State) -> None:
    """Write the checkpoint after an experiment at once; keep it and the one before."""
    with replacing(folder / f"checkpoint-{experiment}.pt") as new:
        torch.save(state, new)
    remove_checkpoints(folder, below=experiment - 1)


def remove_checkpoints(folder: Path, below: int) -> None:
    """Remove the checkpoints of experiments before `below`."""
    for path in folder.glob("checkpoint-*.pt"):
        if _number(path) < below:
            path.unlink()


def newest_checkpoint(folder: Path, finished: int) -> tuple[int, State | None, list[str]]:
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
    notes: list[str] = []
    paths = [path for path in folder.glob("checkpoint-*.pt") if _number(path) <= finished]
    for path in sorted(paths, key=_number, reverse=True):
        try:
            return _number(path), torch.load(path, map_location="cpu", weights_only=True), notes
        except Exception:  # whatever a damaged file makes torch raise
            notes.append(f"{path} is damaged and was passed over")
    return 0, None, notes


def _number(path: Path) -> int:
    return int(path.stem.removeprefix("checkpoint-"))
