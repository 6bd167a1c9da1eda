"""What a fitted setting predicts of any policy: in the mean field, or in the simulator."""

import dataclasses

import numpy as np
import numpy.typing as npt

from featsim._experiments import Learner
from featsim._memory import check_memory, simulation_bytes
from featsim._tallies import Tallies
from featsim.calibration.law import Family
from featsim.inits import Init, resolve
from featsim.sampling import ConfigSource
from featsim.simulation import simulate
from featsim.theory.limit import mean_field

Reals = npt.NDArray[np.float64]

MEAN_FIELD_POINTS = 1_000
"""Points of a class and chunk that the mean field is written with; it does not depend on them."""
SEEDS, MOST_POINTS = 10, 2e7
"""Seeds of a prediction by Zipf's law, unless it would simulate more than about so many points a
policy."""
FEW_SEEDS, FEW_CLASSES, FEW_POINTS = 3, 40, 5e6
"""Least number of seeds of a curve of the search; of seeds times classes, if they are few; and
points that it simulates at most, unless for two seeds."""


@dataclasses.dataclass(frozen=True, eq=False)
class Outcome:
    """What each policy gives, the mean over seeds."""

    accuracy: Reals
    """(init, J): exact accuracy."""

    active: Reals
    """(init, J): |N^(j,0)| in units of n, the points of a chunk."""


@dataclasses.dataclass(frozen=True)
class Model:
    """The mean field, or the simulator with so many points a chunk."""

    points_per_chunk: int | None = None
    """None for the mean field."""

    workers: int = 1

    def outcome(
        self, family: Family, u: Reals, experiments: int, inits: tuple[Init, ...]
    ) -> Outcome:
        """Return what the policies give in the experiments 1 … J.

        The simulator's seeds are the first of those whose frequencies the mean field is averaged
        over; if they are fewer, its mean is moved by what the mean field says of the others.
        """
        table = family.table(u)
        points = self.points_per_chunk or MEAN_FIELD_POINTS * family.classes
        config = family.config(u, points, experiments)
        if self.points_per_chunk is None:
            return self._limit(config, table, inits, points)
        wanted = len(table) if family.law == "uniform" else SEEDS
        seeds = int(np.clip(MOST_POINTS / (points * experiments), 2, wanted))
        out = simulate(config, inits=inits, seeds=seeds, workers=self.workers, progress=False)
        accuracy, active = (
            out[name].to_numpy().astype(np.float64)
            for name in ("exact_accuracy", "nonzero_gradient_points")
        )
        mean, mean_active = accuracy.mean(axis=0), active.mean(axis=0) / points
        if seeds < len(table):
            every = self._limit(config, table, inits, points)
            some = self._limit(config, table[:seeds], inits, points)
            mean = np.clip(mean + every.accuracy - some.accuracy, 0.0, 1.0)
            mean_active = np.maximum(mean_active + every.active - some.active, 0.0)
        return Outcome(mean, mean_active)

    def cold(
        self, family: Family, u: Reals, gammas: list[int], points: int, experiments: int
    ) -> Reals:
        """Return the cold start simulated with each of some γ, (γ, seed, J), for few seeds.

        The points are the same for all γ, and the seeds the first of ``outcome``.
        """
        config = family.config(u, points, experiments)
        wanted = max(FEW_SEEDS, -(-FEW_CLASSES // family.classes))
        most = len(family.table(u)) if family.law == "uniform" else SEEDS
        seeds = int(np.clip(FEW_POINTS / (points * experiments), 2, min(wanted, most)))
        cold = resolve("cold")
        check_memory(simulation_bytes(config, inits=cold, seeds=seeds, workers=self.workers))
        settings = [(Learner(float(gamma), config.tau, config.window), cold) for gamma in gammas]
        tallies = Tallies(ConfigSource(config), settings, range(seeds), keep=False)
        return tallies.on_threads(workers=self.workers)["exact_accuracy"][:, :, 0]

    def _limit(self, config: object, table: Reals, inits: tuple[Init, ...], points: int) -> Outcome:
        out = mean_field(config, table, inits=inits).mean("seed")  # type: ignore[arg-type]
        accuracy, active = (
            out[name].to_numpy() for name in ("exact_accuracy", "nonzero_gradient_points")
        )
        return Outcome(accuracy, active / points)
