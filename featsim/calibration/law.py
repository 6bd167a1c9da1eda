"""What a fit estimates, and the accuracy of a cold start in the mean field that it gives."""

import dataclasses
import functools
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from featsim._kernels.curve import left_below
from featsim.config import Config
from featsim.sampling import ConfigSource
from featsim.source import key_of

Reals = npt.NDArray[np.float64]
Law = Literal["uniform", "zipf"]

LAWS: tuple[Law, ...] = ("uniform", "zipf")
DRAWS, MANY_DRAWS = 40, 800
"""Least number of rows of frequencies, one a class and seed, for the mean of a uniform law, and for
the covariance of its draws."""

CONTINUOUS: dict[Law, tuple[str, ...]] = {
    "uniform": ("gamma_per_point", "max_frequency"),
    "zipf": ("gamma_per_point", "max_frequency", "frequency_exponent"),
}
BOUNDS = {
    "gamma_per_point": (np.log(1e-7), np.log(2.0)),
    "max_frequency": (np.log(1e-3), 0.0),
    "frequency_exponent": (0.0, 4.0),
}
"""Where the search looks: of the first two, their logarithms."""


@dataclasses.dataclass(frozen=True)
class Family:
    """What is enumerated: the settings of one law, τ and K, whose other parameters are continuous.

    A vector ``u`` holds log γ/n, log of the largest frequency and, for Zipf's law, the exponent.
    """

    law: Law
    classes: int
    tau: int
    features: int

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the continuous parameters, in the order of a vector."""
        return CONTINUOUS[self.law]

    @property
    def bounds(self) -> list[tuple[float, float]]:
        """Least and largest value of each element of a vector."""
        return [BOUNDS[name] for name in self.names]

    def table(self, u: Reals) -> Reals:
        """Return the frequencies, (S, C, K): of S seeds for a uniform law, one row for Zipf's."""
        largest = np.exp(u[1])
        if self.law == "uniform":
            drawn: Reals = _uniform(self.classes, self.features, DRAWS) * largest
            return drawn
        ranks = np.arange(1, self.features + 1)
        row = largest * ranks ** np.float64(-u[2])
        return np.broadcast_to(row, (1, self.classes, self.features))

    def curves(
        self, u: Reals, chunks: Reals, gammas: Reals | None = None, draws: int = DRAWS
    ) -> Reals:
        """Return accuracy from so many chunks, (G, R, J), for several γ/n and rows of frequencies.

        Rows are the classes of one seed after another; their mean is the expected accuracy. Without
        ``gammas``, that of ``u`` is the only one.
        """
        rows = self._falling(u[None], draws)[0]
        needed = np.exp(u[:1]) if gammas is None else gammas
        return self._accuracy(rows, np.repeat(needed[:, None], len(rows), axis=1), chunks)

    def curve(self, u: Reals, chunks: Reals) -> Reals:
        """Return the expected accuracy from so many chunks, (J,), which rise."""
        accuracy: Reals = self.several(u[None], chunks)[0]
        return accuracy

    def several(self, vectors: Reals, chunks: Reals) -> Reals:
        """Return the expected accuracy, (N, J), for each of some vectors (N, q)."""
        rows = self._falling(vectors, DRAWS)
        N, R, K = rows.shape
        needed = np.repeat(np.exp(vectors[:, 0]), R)[None]
        accuracy = self._accuracy(rows.reshape(N * R, K), needed, chunks)
        mean: Reals = accuracy.reshape(N, R, -1).mean(axis=1)
        return mean

    def _falling(self, vectors: Reals, draws: int) -> Reals:
        """Return rows of frequencies, (N, R, K), each from the largest down."""
        largest = np.exp(vectors[:, 1])[:, None, None]
        if self.law == "uniform":
            rows: Reals = largest * _uniform_falling(self.classes, self.features, draws)
            return rows
        logs = np.log(np.arange(1, self.features + 1))
        zipf: Reals = largest * np.exp(-vectors[:, 2, None, None] * logs)
        return zipf

    def _accuracy(self, rows: Reals, needed: Reals, chunks: Reals) -> Reals:
        below = np.empty((len(needed), len(rows), chunks.size))
        left_below(rows, self.tau, chunks, needed * self.classes, below)
        accuracy: Reals = 1.0 - (self.classes - 1) / self.classes * below
        return accuracy

    def config(self, u: Reals, points: int, experiments: int) -> Config:
        """Return the configuration with so many points a chunk, of all classes."""
        exponent: dict[str, Any] = {}
        if self.law == "zipf":
            exponent = {"frequency_exponent": float(u[2])}
        return Config(
            classes=self.classes,
            features=self.features,
            points_per_chunk=points,
            experiments=experiments,
            gamma=float(np.exp(u[0]) * points),
            tau=self.tau,
            max_frequency=float(np.exp(u[1])),
            test_points=0,
            frequency_law=self.law,
            **exponent,
        )


@functools.cache
def _uniform(classes: int, features: int, draws: int) -> Reals:
    """Return uniform numbers, (S, C, K): what ``simulate`` draws for the seeds 0 … S − 1."""
    source = ConfigSource(
        Config(
            classes=classes,
            features=features,
            tau=1,
            max_frequency=1.0,
            points_per_chunk=classes,
            test_points=0,
        )
    )
    seeds = range(max(2, -(-draws // classes)))
    return np.array([[source.frequencies(key_of(s, c), c) for c in range(classes)] for s in seeds])


@functools.cache
def _uniform_falling(classes: int, features: int, draws: int) -> Reals:
    rows = _uniform(classes, features, draws).reshape(-1, features)
    falling: Reals = -np.sort(-rows, axis=1)
    return falling
