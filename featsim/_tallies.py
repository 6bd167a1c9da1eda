"""The one accumulator: what the experiments of all settings, seeds, inits and classes give."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from featsim._accuracies import class_accuracy
from featsim._experiments import Learner, run_class
from featsim._workers import run_tasks
from featsim.inits import Init
from featsim.schedules import forgets
from featsim.source import Counts, Reals, Source, key_of
from featsim.variables import VARIABLES

Arrays = dict[str, npt.NDArray[Any]]


class Stopped(Exception):  # noqa: N818
    """The work has ended before this part of it has."""


class Tallies:
    """Arrays that are filled class by class, (setting, seed, init, experiment[, class[, feature]]).

    A setting is a learner and the inits that it is run under; all share the points of a source.
    """

    def __init__(
        self,
        source: Source,
        settings: Sequence[tuple[Learner, tuple[Init, ...]]],
        seeds: Sequence[int],
        *,
        keep: bool = True,
        rank: bool = False,
    ) -> None:
        self.source, self.settings, self.seeds = source, settings, seeds
        self.rank = rank
        J, C = source.sizes.shape
        self.series = (len(settings), len(seeds), len(settings[0][1]), J)
        self.arrays: Arrays = {
            name: np.empty(
                (*self.series, C, *([source.features] if "feature" in variable.dims else [])),
                np.bool_ if variable.dtype == "bool" else np.int64,
            )
            for name, variable in VARIABLES.items()
            if (variable.origin == "kernel" and (keep or "feature" not in variable.dims))
            or (variable.origin == "request" and rank)
        }
        self.learn_step = np.empty((*self.series, C, source.features if keep else 0), np.int32)
        self.waiting = [list(range(C)) for _ in seeds]  # a number for each class to come
        self.learned_features = np.empty((*self.series, C), np.int64)
        self.well_classified = np.zeros((*self.series, C), np.int64)
        self.tested = np.zeros((len(seeds), J, C), np.int64)
        self.missing = np.zeros((*self.series, C))
        # What not every source has, by (seed, class), or by (setting, seed, class).
        self.drawn: dict[str, dict[tuple[int, ...], npt.NDArray[Any]]] = {
            name: {}
            for name in ("frequencies", "strengths", "so_far", "start_counts", "start_noise")
        }
        by_chunk = source.sizes.sum(axis=1)
        # Settings that differ in γ alone are run together: their places, by falling γ.
        together: dict[Any, list[int]] = {}
        for g, (learner, inits) in enumerate(settings):
            together.setdefault((learner.tau, learner.window, inits), []).append(g)
        self.groups = [
            (
                tau,
                window,
                inits,
                sorted(places, key=lambda g: -settings[g][0].gamma),
                np.array([forgets(init.when, by_chunk) for init in inits]),
            )
            for (tau, window, inits), places in together.items()
        ]

    def fill(self, s: int, c: int, stopped: Callable[[], bool] = lambda: False) -> None:
        """Draw one class of one seed, and run all its experiments."""
        points = self.source.draw(self.seeds[s], c)
        key = key_of(self.seeds[s], c)
        for name in ("frequencies", "strengths"):
            values = getattr(points, name)
            if values is not None:
                self.drawn[name][s, c] = values
        if points.test is not None:
            self.tested[s, :, c] = points.test.sizes
        for tau, window, inits, places, before in self.groups:
            if stopped():
                raise Stopped
            gammas = [self.settings[g][0].gamma for g in places]
            result = run_class(points, gammas, tau, window, inits, before, key, rank=self.rank)
            learned = result.variables["learned"]
            accuracy = class_accuracy(points, learned, tau)
            at = _index(places), s, slice(None), slice(None), c
            for name, array in self.arrays.items():
                array[at] = result.variables[name].swapaxes(0, 1)
            self.learned_features[at] = learned.sum(axis=-1).swapaxes(0, 1)
            if accuracy.well_classified is not None:
                self.well_classified[at] = accuracy.well_classified.swapaxes(0, 1)
            if accuracy.missing is not None:
                self.missing[at] = accuracy.missing.swapaxes(0, 1)
            for i, g in enumerate(places):
                if points.noise is not None:
                    self.drawn["start_counts"][g, s, c] = result.start_counts[:, i]
                    self.drawn["start_noise"][g, s, c] = result.start_noise[:, i]
                if accuracy.missing_so_far is not None:
                    self.drawn["so_far"][g, s, c] = accuracy.missing_so_far[:, i]
        if self.waiting[s].pop() == 0 and "learn_count" in self.arrays:
            self._order(s)

    def _order(self, s: int) -> None:
        """Put the steps of a seed in order, over all its classes."""
        counts = self.arrays["learn_count"][:, s]
        if self.drawn["strengths"]:
            counts = np.where(counts < 0, -1, counts * self._of_seed("strengths", s))
        self.learn_step[:, s] = global_steps(counts)

    def on_threads(self, *, workers: int, progress: bool | None = False) -> Arrays:
        """Fill all classes of all seeds on threads; return the variables, (setting, seed, …)."""
        tasks = list(np.ndindex(len(self.seeds), self.source.classes))
        run_tasks(self.fill, tasks, workers=workers, progress=progress)
        return self.variables()

    def variables(self) -> Arrays:
        """Return the variables of the result, (setting, seed, …), in the table's order."""
        seen = self.source.seen
        tested = (self.tested * seen).sum(axis=-1)[:, None]
        out: Arrays = {}
        for name, array in self.arrays.items():
            out[name] = array if "class" in VARIABLES[name].dims else array.sum(axis=-1)
        out["learned_features"] = self.learned_features.sum(axis=-1)
        if "learn_count" in out:
            out["learn_step"] = self.learn_step
        if self.drawn["start_counts"]:
            out["learnable_features"] = self._learnable()
        if tested.any():
            right = np.where(seen, self.well_classified, 0).sum(axis=-1)
            out["test_accuracy"] = sampled_accuracy(right, tested, seen.sum(axis=-1))
        frequencies = self._stacked("frequencies")
        if frequencies is not None:
            out["exact_accuracy"] = expected_accuracy(self.missing, seen)
            so_far = self.drawn["so_far"]
            if so_far:
                missing = np.empty_like(self.missing)
                for (g, s, c), values in so_far.items():
                    missing[g, s, :, :, c] = values
                out["exact_accuracy_so_far"] = expected_accuracy(missing, seen)
                frequencies = frequencies.swapaxes(1, 2)  # experiment before class
            out["frequencies"] = np.broadcast_to(
                frequencies, (len(self.settings), *frequencies.shape)
            )
        strengths = self._stacked("strengths")
        if strengths is not None:
            out["strengths"] = np.broadcast_to(strengths, (len(self.settings), *strengths.shape))
        return {name: out[name] for name in VARIABLES if name in out}

    def _stacked(self, name: str) -> npt.NDArray[Any] | None:
        """Return what the classes were drawn with, (seed, class, …), or None if nothing was."""
        if not self.drawn[name]:
            return None
        return np.stack([self._of_seed(name, s) for s in range(len(self.seeds))])

    def _of_seed(self, name: str, s: int) -> npt.NDArray[Any]:
        """Return what the classes of one seed were drawn with, (class, …)."""
        return np.stack([self.drawn[name][s, c] for c in range(self.source.classes)])

    def _learnable(self) -> Counts:
        """Count the features that reach the largest noise over N, which is of any class."""
        counts, noise = self.drawn["start_counts"], self.drawn["start_noise"]
        out = np.empty(self.series, np.int64)
        for g, s in np.ndindex(self.series[:2]):
            classes = range(self.source.classes)
            threshold = np.max([noise[g, s, c] for c in classes], axis=0)[..., None]
            reached = [(counts[g, s, c] >= threshold) & (threshold > 0) for c in classes]
            out[g, s] = np.sum(reached, axis=(0, -1))
        return out


def _index(places: list[int]) -> slice | list[int]:
    """Return an index of these places, evenly spaced ones as a slice, which is far faster."""
    step = places[1] - places[0] if places[1:] else 1
    last = places[-1] + step
    even = places == list(range(places[0], last, step))
    return slice(places[0], last if last >= 0 else None, step) if even else places


def sampled_accuracy(right: Counts, points: Any, classes: Any) -> Reals:
    """Return the accuracy on points of which ``right`` are well classified and the rest guessed."""
    with np.errstate(invalid="ignore"):  # without points
        accuracy: Reals = (right + (points - right) / classes) / points
    return accuracy


def expected_accuracy(missing: Reals, seen: npt.NDArray[np.bool_] | None = None) -> Reals:
    """Return ACC(L) = 1 − (C−1)/C · P(|V(x) ∩ L| < τ) from that probability by class, (…, C).

    ``seen`` (…, C) are the classes that count, all of them if None.
    """
    if seen is None or seen.all():
        C = missing.shape[-1]
        mean = missing.mean(axis=-1)
    else:
        C = seen.sum(axis=-1)
        mean = np.where(seen, missing, 0.0).sum(axis=-1) / C
    accuracy: Reals = 1.0 - (C - 1) / C * mean
    return accuracy


def global_steps(learn_count: Counts) -> npt.NDArray[np.int32]:
    """Return the step at which each feature was learned, over all classes; −1 where it was not.

    Within a class the counts at learning, times the strengths, never rise, so that the order over
    all classes is by them, then class, then feature: the merge of the orders of the classes.
    Shape (…, C, K).
    """
    counts = learn_count.reshape(-1, learn_count.shape[-2] * learn_count.shape[-1])
    features = counts.shape[1]
    bits = features.bit_length()
    ranks = np.arange(1, features + 1)
    small = max(counts.max(initial=0), features) < 1 << (31 - bits)
    keys: npt.NDArray[Any] = -counts.astype(np.dtype("int32" if small else "int64"))
    keys <<= bits
    keys |= np.arange(features, dtype=keys.dtype)
    keys.sort(axis=-1)
    # Then by feature, with the rank of those that were learned; sorting is faster than scattering.
    learned = ranks.astype(keys.dtype) * (keys < 1 << bits)
    keys &= (1 << bits) - 1
    keys <<= bits
    keys |= learned
    if 2 * bits < 16:
        keys = keys.astype(np.int16)
    keys.sort(axis=-1)
    keys &= (1 << bits) - 1
    keys -= 1
    return keys.reshape(learn_count.shape).astype(np.int32, copy=False)
