"""What a curve says of the parameters, and what it leaves open."""

import dataclasses
import itertools

import numpy as np
import numpy.typing as npt

from featsim.calibration.estimate import Estimate
from featsim.calibration.observed import Observed
from featsim.calibration.profile import Region
from featsim.calibration.search import Candidate

Reals = npt.NDArray[np.float64]

STRONG = 0.9
"""Correlation from which two parameters are said to trade off."""
LATER = (2, 4)
STEP = 0.04
"""Step of a derivative, in log γ/n, the log of the largest frequency and the exponent."""


@dataclasses.dataclass(frozen=True, eq=False)
class Identifiability:
    """Which parameters trade off, and where the settings that are not ruled out part."""

    correlations: dict[tuple[str, str], float]
    """Of each pair of continuous parameters, at the estimate: near 1 or −1, a curve gives only a
    combination of the two."""

    families: tuple[tuple[str, int, int], ...]
    """Law, τ and K that are not ruled out, the best first."""

    later: dict[int, tuple[float, float]]
    """Least and largest accuracy of a cold start that they predict, by experiment."""

    def __str__(self) -> str:
        """Return the report, one sentence a line."""
        lines = ["γ and n enter as γ/n only, unless points_per_chunk is given."]
        lines += [
            f"{a} and {b} trade off: correlation {value:.2f}."
            for (a, b), value in self.correlations.items()
            if abs(value) >= STRONG
        ]
        named = "; ".join(f"{law}, τ = {tau}, K = {K}" for law, tau, K in self.families)
        lines.append(f"Not ruled out: {named}.")
        spread = ", ".join(
            f"{100 * low:.1f} to {100 * high:.1f} % at experiment {j}"
            for j, (low, high) in self.later.items()
        )
        lines.append(
            "In the mean field, accuracy and training time of every policy that keeps its features "
            "follow from the cold curve itself, so that no such policy separates these settings: "
            f"later experiments of a cold start do ({spread}), and so does a known n."
        )
        return "\n".join(lines)


def identify(observed: Observed, found: Estimate, region: Region) -> Identifiability:
    """Return the report on an estimate."""
    last = float(observed.experiments[-1])
    chunks = np.array([last * times for times in LATER])
    curves = np.array([one.family.curve(one.u, chunks) for one in region.settings])
    low, high = curves.min(axis=0), curves.max(axis=0)
    families = region.families
    return Identifiability(
        _correlations(observed, found),
        tuple((one.law, one.tau, one.features) for one in families),
        {int(j): (float(a), float(b)) for j, a, b in zip(chunks, low, high, strict=True)},
    )


def _correlations(observed: Observed, found: Estimate) -> dict[tuple[str, str], float]:
    slopes = _jacobian(found.best, observed.chunks)
    normal = slopes.T @ (slopes * observed.runs[:, None])
    inverse = np.linalg.pinv(normal, hermitian=True)
    scale = np.sqrt(np.maximum(np.diag(inverse), 1e-300))
    names = found.best.family.names
    return {
        (names[i], names[k]): float(inverse[i, k] / (scale[i] * scale[k]))
        for i, k in itertools.combinations(range(len(names)), 2)
    }


def _jacobian(one: Candidate, chunks: Reals) -> Reals:
    """Return the slopes (m, q) of the curve over steps that smooth its jumps."""
    columns = []
    for k, (least, most) in enumerate(one.family.bounds):
        low, high = one.u.copy(), one.u.copy()
        low[k], high[k] = max(least, low[k] - STEP), min(most, high[k] + STEP)
        rise = one.family.curve(high, chunks) - one.family.curve(low, chunks)
        columns.append(rise / (high[k] - low[k]))
    return np.stack(columns, axis=1)
