"""Search for the smallest streams on which a statement on policies fails for want of an assumption.

Run ``python -m docs.programs.policy_counterexamples``. Streams of two features are tried one after
another, the fewest points first. Those of more features are too many: random ones on which a
statement fails lose points as long as it goes on to fail. Classes are alike, so that one stands for
all.
"""

import itertools
import random
from collections.abc import Callable, Iterable, Iterator, Sequence

import tyro

from docs.programs.counterexamples import Table, different, frequent, tables

Groups = frozenset[tuple[int, int]]  # (chunk, combination) of points that share their fate
Kept = Callable[[int, int, Groups], tuple[int, Groups]]
NONE: Groups = frozenset()
A_PART: Table = (2, 3, 12, 12, 11, 13, 2, 2)
"""Feature 0 is learned first, features 1 and 2 in what is left; few points have 0 alone."""
NOISE: Table = (3, 27, 3, 3, 3, 3, 3, 3, 3, 11, 7, 7, 3, 19, 35, 3)
"""Four times a random table on which features that are forgotten are not learned again."""


def experiments(chunks: Sequence[Table], gamma: int, tau: int, kept: Kept) -> list[tuple[int, int]]:
    """Return the learned features, as bits, and the points with a gradient of each experiment.

    ``kept(j, L, M)`` is what experiment j = 2, 3, … starts from.
    """
    cells = range(len(chunks[0]))
    features = range(len(chunks[0]).bit_length() - 1)
    L, M, runs = 0, NONE, []
    for j in range(1, len(chunks) + 1):
        if j > 1:
            L, M = kept(j, L, M)
        N = {(i, A) for i in range(j) for A in cells if (A & L).bit_count() < tau} - M
        start = sum(chunks[i][A] for i, A in N)
        while True:
            rest = [v for v in features if not L >> v & 1]
            size = {v: sum(chunks[i][A] for i, A in N if A >> v & 1) for v in rest}
            best = max(rest, key=lambda v: (size[v], -v), default=None)
            if best is None or size[best] < gamma:
                break
            L |= 1 << best
            N = {(i, A) for i, A in N if (A & L).bit_count() < tau}
        M = M | N
        runs.append((L, start))
    return runs


def cold(j: int, L: int, M: Groups) -> tuple[int, Groups]:
    """Keep nothing."""
    return 0, NONE


def warm(j: int, L: int, M: Groups) -> tuple[int, Groups]:
    """Keep all."""
    return L, M


def forget_features(j: int, L: int, M: Groups) -> tuple[int, Groups]:
    """Keep the memorized points alone."""
    return 0, M


def doubling(sizes: Sequence[int]) -> Kept:
    """Keep the features, and the memorized points unless the data have doubled."""
    arrived = list(itertools.accumulate(sizes))
    last, before = arrived[0], set()
    for j, size in enumerate(arrived[1:], 2):
        if size >= 2 * last:
            before.add(j)
            last = size
    return lambda j, L, M: (L, NONE if j in before else M)


def part_at(last: int, part: int) -> Kept:
    """Keep the features alone, and before the last experiment no more of them than a part."""
    return lambda j, L, M: (L & part if j == last else L, NONE)


def right(chunks: Sequence[Table], L: int, tau: int) -> int:
    """Return the points of the stream with τ features of L."""
    return sum(n for t in chunks for A, n in enumerate(t) if (A & L).bit_count() >= tau)


def less_accurate(chunks: Sequence[Table], gamma: int, tau: int) -> bool:
    """Tell whether doubling is less accurate in the last experiment than cold on half of it."""
    mine = experiments(chunks, gamma, tau, doubling([sum(t) for t in chunks]))[-1][0]
    half = experiments(chunks, gamma, tau, cold)[(len(chunks) + 1) // 2 - 1][0]
    return right(chunks, mine, tau) < right(chunks, half, tau)


def slower(chunks: Sequence[Table], gamma: int, tau: int) -> bool:
    """Tell whether T of doubling is above 3 T_warm."""
    policies = doubling([sum(t) for t in chunks]), warm
    mine, other = (
        sum(start for _, start in experiments(chunks, gamma, tau, kept)) for kept in policies
    )
    return mine > 3 * other


def other_than_warm(chunks: Sequence[Table], gamma: int, tau: int) -> bool:
    """Tell whether forgetting features and keeping noise ends with other features than warm."""
    ends = [experiments(chunks, gamma, tau, kept)[-1][0] for kept in (forget_features, warm)]
    return ends[0] != ends[1]


def other_than_cold(chunks: Sequence[Table], gamma: int, tau: int) -> bool:
    """Tell whether keeping a part of the features and no noise ends with others than cold."""
    J, whole = len(chunks), experiments(chunks, gamma, tau, cold)[-1][0]
    return any(
        experiments(chunks, gamma, tau, part_at(J, part))[-1][0] != whole
        for part in range(1, len(chunks[0]) - 1)
    )


def search(
    name: str, streams: Iterator[Sequence[Table]], tau: int, fails: Callable[..., bool]
) -> None:
    """Print the first stream on which a statement fails; the smallest come first."""
    for chunks in streams:
        if all(different(table, tau, False) for table in chunks):
            for gamma in range(1, sum(chunks[0]) + 1):
                asked = all(usual(table, gamma, tau) for table in chunks)
                if asked and fails(chunks, gamma, tau):
                    return report(name, chunks, gamma)


def shrink(
    name: str, starts: Iterable[tuple[Table, int]], tau: int, fails: Callable[..., bool]
) -> None:
    """Print the smallest of some tables, each with its γ, after they have lost points.

    A stream is two chunks of a table.
    """

    def is_example(table: Table, gamma: int) -> bool:
        return (
            usual(table, gamma, tau)
            and fails((table, table), gamma, tau)
            and different(table, tau, False)
        )

    found = []
    for start in starts:
        example: tuple[Table, int] | None = start if is_example(*start) else None
        while example:
            table, gamma = example
            found.append((sum(table), gamma, table))
            smaller = (
                ((*table[:i], n - 1, *table[i + 1 :]), g)
                for i, n in enumerate(table)
                for g in (gamma - 1, gamma, gamma + 1)
                if n > 1
            )
            example = next((one for one in smaller if is_example(*one)), None)
    _, gamma, table = min(found)
    report(name, (table, table), gamma)


def tables_near(few: Table, tries: int, gammas: range) -> Iterator[tuple[Table, int]]:
    """Return tables with a few points more, and one feature more that is in a point of each kind.

    The new feature is rare, as Assumption 3.3 asks.
    """
    rng = random.Random(0)
    for _ in range(tries):
        table = (*(n + rng.randrange(4) for n in few), *[1] * len(few))
        for gamma in gammas:
            yield table, gamma


def report(name: str, chunks: Sequence[Table], gamma: int) -> None:
    """Print an example."""
    points = sum(map(sum, chunks))
    print(f"{name:<32} {chunks}, gamma = {gamma}, {points} points", flush=True)


def usual(table: Table, gamma: int, tau: int) -> bool:
    """Tell whether the second part of Assumption 3.3 holds."""
    return tau - 1 <= frequent(table, gamma, tau) < len(table).bit_length() - 1


def rows(points: int, chunks: int) -> Iterator[tuple[Table, ...]]:
    """Return all streams of two features with so many points and every combination in a chunk."""
    for cells in tables(points, 4 * chunks, 1):
        yield tuple(cells[i : i + 4] for i in range(0, 4 * chunks, 4))


def late(points: int) -> Iterator[tuple[Table, ...]]:
    """Return streams of two features whose third chunk has more than a point of one kind alone.

    The first two have at most 12 points.
    """
    for first in range(8, min(points - 4, 13)):
        for cells in tables(first, 8, 1):
            yield cells[:4], cells[4:], (1, 1, points - first - 3, 1)


def main() -> None:
    """Search with each assumption dropped in turn."""
    print("without equal chunks, τ = 1")
    search("accuracy of doubling", (s for n in range(12, 24) for s in rows(n, 3)), 1, less_accurate)
    search("T of doubling", (s for n in range(14, 40) for s in late(n)), 1, slower)
    print("without keeping all features")
    part, noise = tables_near(A_PART, 1_000, range(8, 18)), tables_near(NOISE, 100, range(17, 24))
    shrink("a part kept, no noise, τ = 1", part, 1, other_than_cold)
    shrink("none kept, all noise, τ = 2", noise, 2, other_than_warm)


if __name__ == "__main__":
    tyro.cli(main)
