"""What the numbers of a few seeds say of a claim: one interval, and one test for ranks.

A claim *holds*, or *does not hold*, where chance would give such numbers in at most one of twenty
cases, were the truth just at the claim's threshold; otherwise, and with one seed always, it cannot
be told. For numbers this is Student's test: his two-sided 90 % interval of the mean over seeds lies
on one side. For ranks it is the permutation test of Spearman's ρ, a mean over seeds, in which each
seed's pairs are permuted by themselves: all permutations where a seed has at most eight pairs and
the sums over the seeds are at most millions, and 20,000 random ones else.
"""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from scipy.special import stdtr, stdtrit

HOLDS, FAILS, UNKNOWN = "holds", "does not hold", "cannot be told at this size"
LEVEL = 0.05
_MOST_PAIRS = 8
_SAMPLES = 20_000
_MOST_SUMS = 5_000_000
_LEAST = 1 / (1 + _SAMPLES)
"""The least probability that random permutations give."""
_CLOSE = 1e-8

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Ranks:
    """Pairs of one seed, of which a claim says that they rise together."""

    one: Sequence[float]
    other: Sequence[float]

    @property
    def rho(self) -> float:
        """Spearman's ρ; 0 where one of the two does not vary."""
        return float(self._permuted(np.arange(len(self.one))[None])[0])

    @property
    def exact(self) -> bool:
        """Whether all permutations are looked at."""
        return len(self.one) <= _MOST_PAIRS

    def under_chance(self, generator: np.random.Generator) -> Floats:
        """Return ρ after every permutation of the pairs, or after random ones."""
        many = len(self.one)
        if self.exact:
            return self._permuted(np.array(list(itertools.permutations(range(many)))))
        return self._permuted(generator.permuted(np.tile(np.arange(many), (_SAMPLES, 1)), axis=1))

    def _permuted(self, orders: npt.NDArray[np.int64]) -> Floats:
        one, other = (_ranks(values) for values in (self.one, self.other))
        one, other = one - one.mean(), other - other.mean()
        size = np.sqrt((one @ one) * (other @ other))
        return np.asarray(other[orders] @ one / size if size else np.zeros(len(orders)))


@dataclass(frozen=True)
class Judgement:
    """What came out of a claim's numbers."""

    values: list[float]
    """The number of each seed; of ranks, Spearman's ρ."""
    above: float
    """Probability of a mean as high or higher, were the truth at the threshold."""
    below: float
    """Probability of a mean as low or lower."""
    ranks: bool

    @property
    def tested(self) -> bool:
        """Whether there are seeds enough to tell."""
        return len(self.values) > 1

    def verdict(self, level: float = LEVEL) -> str:
        """Return whether the claim holds, at a level for each side."""
        if not self.tested:
            return UNKNOWN
        return HOLDS if self.above <= level else FAILS if self.below <= level else UNKNOWN

    @property
    def opposite(self) -> "Judgement":
        """What came out for the claim that the numbers are as far on the threshold's other side."""
        return replace(self, values=[-v for v in self.values], above=self.below, below=self.above)

    @property
    def p(self) -> float:
        """Two-sided probability of what came out, were the truth at the threshold."""
        return min(1.0, 2 * min(self.above, self.below))

    @property
    def p_text(self) -> str:
        """Its p, which is a bound where no random permutation was as far."""
        sign = "≤" if min(self.above, self.below) == _LEAST else "="
        return f"p {sign} {self.p:.2g}"

    def text(self, digits: int = 2) -> str:
        """Return the mean, with its interval or, of ranks, its two-sided p, and the seeds."""
        many = f"({len(self.values)} {'seed' if len(self.values) == 1 else 'seeds'})"
        mean = f"{np.mean(self.values):.{digits}f}"
        if not self.tested:
            return f"{mean} {many}"
        if self.ranks:
            return f"{mean}, {self.p_text} {many}"
        low, high = interval(self.values)
        return f"{mean} [{low:.{digits}f}, {high:.{digits}f}] {many}"


def judge(measured: Sequence[float | Ranks], threshold: float = 0.0) -> Judgement:
    """Return what the numbers, or the pairs, of the seeds come to."""
    pairs = [one for one in measured if isinstance(one, Ranks)]
    if pairs:
        above, below = _by_permutation(pairs)
        return Judgement([one.rho for one in pairs], above, below, ranks=True)
    values = [float(one) for one in measured if not isinstance(one, Ranks)]
    if len(values) < 2:
        return Judgement(values, 1.0, 1.0, ranks=False)
    off = float(np.mean(values)) - threshold
    error = float(np.std(values, ddof=1)) / np.sqrt(len(values))
    score = off / error if error else np.sign(off) * np.inf if off else 0.0
    freedom = len(values) - 1
    above, below = float(stdtr(freedom, -score)), float(stdtr(freedom, score))
    return Judgement(values, above, below, ranks=False)


def interval(values: Sequence[float]) -> tuple[float, float]:
    """Return Student's two-sided 90 % interval of the mean, endless for a single value."""
    if len(values) < 2:
        return -np.inf, np.inf
    half = stdtrit(len(values) - 1, 1 - LEVEL) * np.std(values, ddof=1) / np.sqrt(len(values))
    return float(np.mean(values) - half), float(np.mean(values) + half)


def _by_permutation(pairs: Sequence[Ranks]) -> tuple[float, float]:
    """Return the probabilities of a sum of ρ as high or higher, and as low or lower."""
    generator = np.random.default_rng(0)
    seen = sum(one.rho for one in pairs)
    exact = _exact_sums(pairs) if all(one.exact for one in pairs) else None
    if exact is not None:
        sums, weights = exact
        high, low = sums >= seen - _CLOSE, sums <= seen + _CLOSE
        return float(weights[high].sum()), float(weights[low].sum())
    drawn = [generator.choice(one.under_chance(generator), _SAMPLES) for one in pairs]
    totals = np.sum(drawn, axis=0)
    above, below = (totals >= seen - _CLOSE).sum(), (totals <= seen + _CLOSE).sum()
    return float(1 + above) / (1 + _SAMPLES), float(1 + below) / (1 + _SAMPLES)


def _exact_sums(pairs: Sequence[Ranks]) -> tuple[Floats, Floats] | None:
    """Return the sums of ρ over all permutations and their probabilities; None if too many."""
    sums: Floats = np.zeros(1)
    weights: Floats = np.ones(1)
    for one in pairs:
        orders = np.round(one.under_chance(np.random.default_rng(0)), 9)
        rhos, counts = np.unique(orders, return_counts=True)  # few differ, of many orders
        if sums.size * rhos.size > _MOST_SUMS:
            return None
        totals = np.round(np.add.outer(sums, rhos), 9).ravel()
        sums, places = np.unique(totals, return_inverse=True)
        shares = np.outer(weights, counts / orders.size).ravel()
        weights = np.bincount(places, shares).astype(np.float64)
    return sums, weights


def _ranks(values: Sequence[float]) -> Floats:
    """Return the ranks from 1, equal values with the mean of theirs."""
    _, places, counts = np.unique(values, return_inverse=True, return_counts=True)
    last = np.cumsum(counts)
    return np.asarray((last - (counts - 1) / 2)[places])
