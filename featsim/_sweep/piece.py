"""One piece of a sweep, computed wherever it is sent: a plan goes in, plain arrays come out."""

import dataclasses
import hashlib
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from featsim._experiments import Learner
from featsim._tallies import Arrays, Tallies
from featsim.config import Config
from featsim.inits import Init
from featsim.sampling import ConfigSource
from featsim.variables import VARIABLES


class Setting(NamedTuple):
    """A setting of a sweep, but for its data."""

    place: int
    """Its place in the sweep."""

    learner: Learner
    inits: tuple[Init, ...]


@dataclasses.dataclass(frozen=True)
class Batch:
    """Simulations on the same points: how a model learns does not change the data."""

    config: Config
    """The configuration, but for the learner."""

    settings: tuple[Setting, ...]

    seeds: tuple[tuple[int, int], ...]
    """Place in the sweep and value of each seed."""

    @property
    def simulations(self) -> int:
        """Number of simulations: one for a setting and a seed."""
        return len(self.settings) * len(self.seeds)


@dataclasses.dataclass(frozen=True)
class Piece:
    """What is computed in one place, and stored and sent as one."""

    batches: tuple[Batch, ...]
    variables: tuple[str, ...]
    """Names of the variables that are wanted."""

    by_chunk: bool
    """Whether frequencies have the dim ``experiment``, because those of some setting change."""

    reduce: str | None

    @property
    def key(self) -> str:
        """A name that tells what is computed, so that no other piece is taken for it."""
        return hashlib.sha256(repr(self).encode()).hexdigest()[:24]

    @property
    def simulations(self) -> int:
        """Number of simulations: one for a setting and a seed."""
        return sum(batch.simulations for batch in self.batches)


def run_piece(piece: Piece, stopped: Callable[[], bool] = lambda: False) -> Arrays:
    """Simulate a piece.

    Returns
    -------
    dict
        The variables of (setting, seed), (n, …), and the ``row`` and ``column`` of each in the
        sweep, (n,): the places of its setting and of its seed; where seeds are reduced, column 0
        is the mean over them and column 1 the standard deviation.
    """
    parts = []
    for batch in piece.batches:
        table = _simulate(batch, piece, stopped)
        rows = np.array([setting.place for setting in batch.settings])
        columns = np.array([place for place, _ in batch.seeds])
        if piece.reduce == "mean_std":
            table = {
                name: np.stack([values.mean(axis=1), values.std(axis=1, ddof=1)], axis=1)
                for name, values in table.items()
            }
            columns = np.arange(2)
        part = {name: values.reshape(-1, *values.shape[2:]) for name, values in table.items()}
        part["row"] = np.repeat(rows, columns.size)
        part["column"] = np.tile(columns, rows.size)
        parts.append(part)
    names = dict.fromkeys(name for part in parts for name in part)
    return {name: np.concatenate([part[name] for part in parts]) for name in names}


def _simulate(batch: Batch, piece: Piece, stopped: Callable[[], bool]) -> Arrays:
    """Return the variables of a batch, (settings, seeds, …): each class and seed is drawn once."""
    source = ConfigSource(batch.config)
    settings = [(setting.learner, setting.inits) for setting in batch.settings]
    seeds = [seed for _, seed in batch.seeds]
    sets = any("feature" in VARIABLES[name].dims for name in piece.variables)
    tallies = Tallies(source, settings, seeds, keep=sets, rank="gradient_rank" in piece.variables)
    for s in range(len(seeds)):
        for c in range(source.classes):
            tallies.fill(s, c, stopped)
    table = tallies.variables()
    outer = len(settings), len(seeds)
    kept = source.classes, source.features
    # What other settings of the sweep have, and these have not.
    table.setdefault("test_accuracy", np.full(tallies.series, np.nan))
    table.setdefault("exact_accuracy_so_far", table["exact_accuracy"])
    table.setdefault("strengths", np.ones((*outer, *kept), np.int64))
    if piece.by_chunk and table["frequencies"].ndim == 4:
        shape = *outer, batch.config.experiments, *kept
        table["frequencies"] = np.broadcast_to(table["frequencies"][:, :, None], shape)
    return {name: table[name] for name in piece.variables}
