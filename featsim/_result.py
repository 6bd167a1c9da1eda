"""What the experiments of all seeds, initializations and classes gave, as plain arrays."""

import dataclasses
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from featsim.inits import Init

if TYPE_CHECKING:
    import xarray as xr


class Tallies:
    """Arrays that tasks fill class by class; ``outer`` is (seeds,) for ``simulate``, else ()."""

    def __init__(
        self, outer: tuple[int, ...], inits: int, experiments: int, C: int, K: int
    ) -> None:
        series = (*outer, inits, experiments)
        self.learned = np.empty((*series, C, K), np.bool_)
        self.learn_count = np.empty((*series, C, K), np.int64)
        self.nonzero_gradient = np.empty((*series, C), np.int64)
        self.memorized = np.empty((*series, C), np.int64)
        self.well_classified = np.zeros((*series, C), np.int64)
        self.missing = np.zeros((*series, C))
        self.frequencies = np.empty((*outer, C, K))

    def variables(self, *, test_points: int, exact: bool) -> dict[str, npt.NDArray[Any]]:
        """Return the variables of the result; the accuracies where they are defined."""
        C = self.learned.shape[-2]
        variables = {
            "learned": self.learned,
            "learn_step": global_steps(self.learn_count),
            "learn_count": self.learn_count,
            "learned_features": self.learned.sum(axis=(-2, -1)),
            "nonzero_gradient_points": self.nonzero_gradient.sum(axis=-1),
            "memorized_points": self.memorized.sum(axis=-1),
        }
        if test_points:
            right = self.well_classified.sum(axis=-1)
            variables["test_accuracy"] = sampled_accuracy(right, test_points, C)
        if exact:
            variables["exact_accuracy"] = expected_accuracy(self.missing)
            variables["frequencies"] = self.frequencies
        return variables


def sampled_accuracy(
    right: npt.NDArray[np.int64], points: int, classes: int
) -> npt.NDArray[np.float64]:
    """Return the accuracy on points of which ``right`` are well classified and the rest guessed."""
    accuracy: npt.NDArray[np.float64] = (right + (points - right) / classes) / points
    return accuracy


def expected_accuracy(missing: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Return ACC(L) = 1 − (C−1)/C · P(|V(x) ∩ L| < τ) from that probability by class, (…, C)."""
    C = missing.shape[-1]
    accuracy: npt.NDArray[np.float64] = 1.0 - (C - 1) / C * missing.mean(axis=-1)
    return accuracy


def global_steps(learn_count: npt.NDArray[np.int64]) -> npt.NDArray[np.int32]:
    """Return the step at which each feature was learned, over all classes; −1 where it was not.

    Within a class the counts at learning never rise, so that the order over all classes is by
    count, then class, then feature: the merge of the orders of the classes. Shape (…, C, K).
    """
    counts = learn_count.reshape(-1, learn_count.shape[-2] * learn_count.shape[-1])
    features = counts.shape[1]
    bits = features.bit_length()
    small = counts.max(initial=0) < 1 << (31 - bits)
    keys: npt.NDArray[Any] = -counts.astype(np.dtype("int32" if small else "int64"))
    keys <<= bits
    keys |= np.arange(features, dtype=keys.dtype)
    keys.sort(axis=-1)
    order = keys & ((1 << bits) - 1)
    steps = np.empty(counts.shape, np.int32)
    np.put_along_axis(steps, order, np.arange(features, dtype=np.int32)[None], axis=-1)
    steps[counts < 0] = -1
    return steps.reshape(learn_count.shape)


@dataclasses.dataclass(frozen=True)
class Result:
    """The variables of a result by name, with what made them."""

    variables: dict[str, npt.NDArray[Any]]
    inits: tuple[Init, ...]
    seeds: tuple[int, ...] | None
    settings: str

    def label(self) -> "xr.Dataset":
        """Return the result as a labelled xarray.Dataset."""
        from featsim._labels import label

        return label(self.variables, inits=self.inits, seeds=self.seeds, settings=self.settings)
