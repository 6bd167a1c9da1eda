"""Search for the smallest streams on which a statement of the theorems fails.

Run ``python -m docs.programs.counterexamples``: for each assumption that is dropped it tries all
tables of n_A of one class, the fewest points first, with all whole γ, and prints the first on which
each statement fails. Classes are alike, so that one stands for all. All points of a chunk with the
same features share their fate: a training run moves groups of points.
"""

import itertools
from collections.abc import Callable, Iterator, Sequence

import tyro

Table = tuple[int, ...]
Run = tuple[int, int, int]  # learned features as bits, points above tau, training time


def counts(table: Table, L: int, tau: int) -> list[int]:
    """Return n h(v; L) of every feature."""
    K = len(table).bit_length() - 1
    below = [A for A in range(len(table)) if (A & L).bit_count() < tau]
    return [sum(table[A] for A in below if A >> v & 1) for v in range(K)]


def different(table: Table, tau: int, printed: bool) -> bool:
    """Tell whether the first part of Assumption 3.3 holds, as printed or for v not in L."""
    for L in range(len(table)):
        values = [x for v, x in enumerate(counts(table, L, tau)) if printed or not L >> v & 1]
        if len(set(values)) < len(values):
            return False
    return True


def frequent(table: Table, gamma: int, tau: int) -> int:
    """Return how many features are in at least γ points."""
    return sum(x >= gamma for x in counts(table, 0, tau))


def experiments(chunks: Sequence[Table], gamma: int, tau: int, init: str) -> list[Run]:
    """Run Algorithms 2 to 5 on groups of points (chunk, A)."""
    K, total = len(chunks[0]).bit_length() - 1, 0
    L, M, runs = 0, set[tuple[int, int]](), []
    for j in range(len(chunks)):
        if init == "random":
            L = 0
        if init != "warm":
            M = set()
        N = {
            (i, A)
            for i in range(j + 1)
            for A in range(1 << K)
            if (A & L).bit_count() < tau and (i, A) not in M
        }
        total += sum(chunks[i][A] for i, A in N)
        while True:
            rest = [v for v in range(K) if not L >> v & 1]
            size = {v: sum(chunks[i][A] for i, A in N if A >> v & 1) for v in rest}
            best = max(rest, key=lambda v: (size[v], -v), default=None)
            if best is None or size[best] < gamma:
                break
            L |= 1 << best
            N = {(i, A) for i, A in N if (A & L).bit_count() < tau}
        M |= N
        right = sum(t[A] for t in chunks for A in range(1 << K) if (A & L).bit_count() >= tau)
        runs.append((L, right, total))
    return runs


def failing(chunks: Sequence[Table], gamma: int, tau: int) -> list[str]:
    """Return the statements that fail in the last experiment."""
    random, warm, ideal = (
        experiments(chunks, gamma, tau, init) for init in ("random", "warm", "ideal")
    )
    G, J = random[0][0], len(chunks)
    everything = len(chunks[0]) - 1
    height = max((x for v, x in enumerate(counts(chunks[0], G, tau)) if not G >> v & 1), default=0)
    (L_cold, cold, T_cold), (L_warm, right, T_warm), (L_ideal, ideal_right, T_ideal) = (
        runs[-1] for runs in (random, warm, ideal)
    )
    fails = {
        "G is not empty": not G,
        "G is not S": everything == G,
        "δ > 0": not height,
        "ACC(L_warm) ≤ ACC(L_cold)": right > cold,
        "ACC(L_warm) < ACC(L_cold) above the bound": bool(height)
        and J * height > gamma
        and right >= cold,
        "L_warm = G": L_warm != G,
        "ACC(L_cold) = ACC(L_ideal)": cold != ideal_right,
        "L_cold = L_ideal": L_cold != L_ideal,
        "T_warm < T_cold": T_warm >= T_cold,
        "T_warm < T_ideal": T_warm >= T_ideal,
        "T_ideal < T_cold": T_ideal >= T_cold,
    }
    return [name for name, fail in fails.items() if fail]


def tables(points: int, cells: int, least: int) -> Iterator[Table]:
    """Return all tables with so many points and at least ``least`` in every cell."""
    free = points - least * cells
    for bars in itertools.combinations(range(free + cells - 1), cells - 1):
        edges = (-1, *bars, free + cells - 1)
        yield tuple(b - a - 1 + least for a, b in itertools.pairwise(edges))


def search(
    name: str,
    streams: Iterator[Sequence[Table]],
    tau: int,
    allowed: Callable[[Table, int], bool],
    printed: bool = False,
) -> None:
    """Print the first stream on which each statement fails; streams come the smallest first."""
    print(f"\n{name}")
    found: set[str] = set()
    for chunks in streams:
        if not all(different(table, tau, printed) for table in chunks):
            continue
        for gamma in range(1, sum(chunks[0]) + 1):
            if all(allowed(table, gamma) for table in chunks):
                for statement in set(failing(chunks, gamma, tau)) - found:
                    found.add(statement)
                    size = sum(map(sum, chunks))
                    print(f"  {statement:<42} {chunks}, gamma = {gamma}, {size} points", flush=True)


def slow_ideal(points: int) -> Iterator[Sequence[Table]]:
    """Return tables of three features with 7 points below tau = 2, the fewest that 3.3 allows."""
    for singles in itertools.permutations((1, 2, 3)):
        for ab, ac, bc, abc in tables(points - 7, 4, 1):
            a, b, c = singles
            table = (1, a, b, ab, c, ac, bc, abc)
            initial = counts(table, 0, 2)
            if initial[0] > max(initial[1:]) and 2 * sum(initial) > 3 * points:
                yield (table,) * 5


def main() -> None:
    """Search with each assumption dropped in turn."""

    def usual(tau: int) -> Callable[[Table, int], bool]:
        return lambda t, gamma: tau - 1 <= frequent(t, gamma, tau) < len(t).bit_length() - 1

    equal = [(t,) * 2 for n in range(8, 15) for t in tables(n, 8, 1)]
    search("nothing dropped, 3.3 as printed, K = 3", iter(equal), 2, usual(2), printed=True)
    for points in (42, 43):
        search(f"the same, J = 5, {points} points", slow_ideal(points), 2, usual(2), printed=True)
    search(
        "3.1 without n_A ≥ 1, K = 2",
        ((t,) * 2 for n in range(1, 6) for t in tables(n, 4, 0)), 1, usual(1),
    )  # fmt: skip
    search(
        "3.1 without n_A ≥ 1, K = 3",
        ((t,) * 3 for n in range(1, 5) for t in tables(n, 8, 0)), 2, usual(2),
    )  # fmt: skip
    pairs = ((t[:4], t[4:]) for n in range(8, 14) for t in tables(n, 8, 1))
    search("3.1 without equal chunks, K = 2", pairs, 1, usual(1))
    search(
        "3.3 without τ − 1 frequent features, K = 3",
        iter(equal), 2, lambda t, gamma: frequent(t, gamma, 2) < 1, printed=True,
    )  # fmt: skip
    search(
        "3.3 without a rare feature, K = 2",
        ((t,) * 2 for n in range(4, 8) for t in tables(n, 4, 1)),
        1, lambda t, gamma: frequent(t, gamma, 1) == 2,
    )  # fmt: skip


if __name__ == "__main__":
    tyro.cli(main)
