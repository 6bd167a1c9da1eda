"""One piece of a sweep, computed wherever it is sent: a plan goes in, plain arrays come out."""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from featsim._experiments import count_well_classified, missing_probability, run_class
from featsim._result import expected_accuracy, global_steps, sampled_accuracy
from featsim._sweep.plan import Batch, Piece
from featsim.sampling import draw_class

Arrays = dict[str, npt.NDArray[np.generic]]


class Stopped(Exception):  # noqa: N818
    """The sweep has ended before this piece has."""


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
        rows = np.array([place for place, _, _ in batch.settings])
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
    config = batch.config
    C, K = config.classes, config.features
    outer = (len(batch.settings), len(batch.seeds))
    series = (*outer, len(piece.inits), config.experiments)
    learned_features = np.zeros(series, np.int64)
    nonzero_gradient = np.zeros(series, np.int64)
    memorized = np.zeros(series, np.int64)
    well_classified = np.zeros(series, np.int64)
    missing = np.zeros((*series, C))
    sets = (*series, C, K) if piece.keep else (*series, 0, 0)
    learned, learn_count = np.empty(sets, np.bool_), np.empty(sets, np.int64)
    all_frequencies = np.empty((*outer, C, K))
    for s, (_, seed) in enumerate(batch.seeds):
        for c in range(C):
            frequencies, points, test = draw_class(config, seed, c)
            all_frequencies[:, s, c] = frequencies
            for g, (_, gamma, tau) in enumerate(batch.settings):
                if stopped():
                    raise Stopped
                result = run_class(points, gamma, tau, piece.inits)
                learned_features[g, s] += result.learned.sum(axis=-1)
                nonzero_gradient[g, s] += result.nonzero_gradient_points
                memorized[g, s] += result.memorized_points
                well_classified[g, s] += count_well_classified(test, result.learned, tau)
                missing[g, s, ..., c] = missing_probability(frequencies, result.learned, tau)
                if piece.keep:
                    learned[g, s, :, :, c] = result.learned
                    learn_count[g, s, :, :, c] = result.learn_count
    table: Arrays = {
        "learned_features": learned_features,
        "nonzero_gradient_points": nonzero_gradient,
        "memorized_points": memorized,
        "test_accuracy": np.full(series, np.nan),
        "exact_accuracy": expected_accuracy(missing),
    }
    if config.test_points:
        table["test_accuracy"] = sampled_accuracy(well_classified, config.test_points, C)
    if piece.keep:
        kept = {"learned": learned, "learn_count": learn_count, "frequencies": all_frequencies}
        if "learn_step" in piece.keep:
            kept["learn_step"] = global_steps(learn_count)
        table |= {name: kept[name] for name in piece.keep}
    return table
