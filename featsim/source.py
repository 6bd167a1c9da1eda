"""Where points come from: a configuration, a stream, or a law of the user's own."""

import abc
import dataclasses
import functools

import numpy as np
import numpy.typing as npt

from featsim._points import PackedPoints

Reals = npt.NDArray[np.float64]
Counts = npt.NDArray[np.int64]


@dataclasses.dataclass(frozen=True, kw_only=True)
class ClassPoints:
    """One class of one seed, as a ``Source`` draws it."""

    points: PackedPoints
    """The training points by chunk; ``featsim.pack_points`` makes them from rows."""

    test: PackedPoints | None = None
    """Test points: one chunk, or one for each experiment; none for no ``test_accuracy``."""

    frequencies: Reals | None = None
    """(K,) or, by chunk, (J, K): the frequencies of independent features, for
    ``exact_accuracy``; none if there are no such."""

    strengths: Counts | None = None
    """(K,) integers of at least 1: how often a feature counts (Remark 2.1); none for 1."""

    noise: Reals | None = None
    """(n,): the noise of each point in the order of arrival, in units of γ; none for 1."""


class Source(abc.ABC):
    """A growing data set; subclass it to simulate data of another law.

    ``featsim.simulate_source`` runs it. Everything random must be a function of the seed and of
    the class alone, so that the result does not depend on who draws it.
    """

    classes: int
    """Number of classes, C."""

    features: int
    """Number of features of each class, K."""

    sizes: Counts
    """(J, C): the points of each chunk and class."""

    @property
    def seen(self) -> npt.NDArray[np.bool_]:
        """(J, C): whether a class is known in an experiment; accuracy is over these, guessing too.

        All are, unless a source says otherwise.
        """
        return np.ones(np.shape(self.sizes), np.bool_)

    @abc.abstractmethod
    def draw(self, seed: int, label: int) -> ClassPoints:
        """Return the points of class ``label`` = 0 … C − 1 of a seed."""


@functools.lru_cache(maxsize=64)
def key_of(seed: int, label: int) -> npt.NDArray[np.uint64]:
    """Return the key, four words, of the random numbers of a seed and a class."""
    sequence = np.random.SeedSequence(seed, spawn_key=(label,))
    return sequence.generate_state(4, np.uint64).astype(np.uint64, copy=False)
