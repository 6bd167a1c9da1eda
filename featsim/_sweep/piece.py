"""One piece of a sweep, computed wherever it is sent: a plan goes in, plain arrays come out."""

from collections.abc import Callable

import numpy as np

from featsim._sweep.plan import Batch, Piece
from featsim._tallies import Arrays, Tallies
from featsim.sampling import ConfigSource
from featsim.variables import VARIABLES


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
        rows = np.array([place for place, _ in batch.settings])
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
    settings = [(learner, piece.inits) for _, learner in batch.settings]
    seeds = [seed for _, seed in batch.seeds]
    tallies = Tallies(source, settings, seeds, keep=bool(piece.keep))
    for s in range(len(seeds)):
        for c in range(source.classes):
            tallies.fill(s, c, stopped)
    given = tallies.variables()
    table = {
        name: values
        for name, values in given.items()
        if name in piece.keep or "feature" not in VARIABLES[name].dims
    }
    if "test_accuracy" not in table:
        table["test_accuracy"] = np.full(tallies.series, np.nan)
    table.setdefault("exact_accuracy_so_far", table["exact_accuracy"])  # frequencies do not change
    if "strengths" in piece.keep:
        outer = len(settings), len(seeds)
        table.setdefault("strengths", np.ones((*outer, source.classes, source.features), np.int64))
    return table
