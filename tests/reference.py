"""Algorithms 2 to 5 of the paper transcribed line by line: the oracle of the simulator.

A point is a pair (identity, V(x)), V(x) a frozen set of features (class, index); everything is a
set or a loop, nothing is shared with the package, and nothing is fast.
"""

from dataclasses import dataclass, field


@dataclass
class Run:
    """One experiment: its start, the features in the order of learning, and its end."""

    nonzero_gradient: int
    steps: list = field(default_factory=list)  # (feature, number of points with a gradient)
    learned: set = field(default_factory=set)
    memorized: set = field(default_factory=set)
    learnable: int = 0
    gradients: list = field(default_factory=list)  # different points of N, features not in L
    memorized_points: int = 0  # of those that it trained on


def training_run(L, M, T, all_features, noise, tau, strength):
    """Algorithm 2: from the learned features L and the memorized points M, train on T.

    A feature v counts strength[v] times (Remark 2.1), and noise[x] is the γ of a point. With one γ
    for all, the last lines are the paper's: what is left is memorized.
    """
    L, M = set(L), set(M)

    def known(V):
        return sum(strength[v] for v in V & L)

    N = [(x, V) for x, V in T if known(V) < tau and x not in M]
    loudest = max((noise[x] for x, _ in N), default=0)
    run = Run(nonzero_gradient=len(N))
    for v in all_features - L:
        count = sum(1 for _, V in N if v in V)
        run.learnable += bool(N) and strength[v] * count >= loudest
    unknown = sorted(all_features - L)
    run.gradients = [[v in V for v in unknown] for V in {V for _, V in N}]
    while N:
        best, best_count = None, 0
        for v in sorted(all_features - L):  # ties: lowest class, then lowest feature
            count = sum(1 for _, V in N if v in V)
            if best is None or strength[v] * count > strength[best] * best_count:
                best, best_count = v, count
        loudest = max(noise[x] for x, _ in N)
        if best is not None and strength[best] * best_count >= loudest:
            L.add(best)
            run.steps.append((best, best_count))
            N = [(x, V) for x, V in N if known(V) < tau]
        else:  # counts only fall, so that all points of this noise follow the first
            M |= {x for x, _ in N if noise[x] == loudest}
            N = [(x, V) for x, V in N if noise[x] < loudest]
    run.learned, run.memorized = L, M
    return run


def rank(rows):
    """Return the rank of a matrix of integers, by elimination without fractions."""
    pivots = []  # of each row that is kept: its first column that is not 0, and the row
    for row in rows:
        row = [int(value) for value in row]
        for column, pivot in pivots:
            if row[column]:
                a, b = pivot[column], row[column]
                row = [a * value - b * other for value, other in zip(row, pivot, strict=True)]
        if any(row):
            column = next(i for i, value in enumerate(row) if value)
            pivots.append((column, row))
    return len(pivots)


def random_init(L, M):
    """Algorithm 3: nothing is kept."""
    return set(), set()


def warm_init(L, M):
    """Algorithm 4: features and memorized points are kept."""
    return L, M


def ideal_init(L, M):
    """Algorithm 5: features are kept, memorized points forgotten."""
    return L, set()


def forgetful_init(L, M):
    """The fourth corner: features are forgotten, memorized points kept."""
    return set(), M


INITS = {
    "random": random_init,
    "warm": warm_init,
    "ideal": ideal_init,
    "forgetful": forgetful_init,
}


def doublings(sizes, factor):
    """Return the experiments before which noise is forgotten: the data has grown by the factor."""
    total = last = sizes[0]
    chosen = set()
    for j in range(2, len(sizes) + 1):
        total += sizes[j - 1]
        if total >= factor * last:
            chosen.add(j)
            last = total
    return chosen


def always(j):
    """Forget before every experiment."""
    return True


def experiments(
    features,
    labels,
    chunks,
    num_classes,
    gamma,
    tau,
    init,
    *,
    forgets=always,
    window=None,
    strengths=None,
):
    """Run experiment after experiment, each on the chunks so far, or on the last of them.

    ``gamma`` is one number or one for each point; ``init`` a name in INITS, or a function of
    (j, L, M) that returns what is kept; ``forgets(j)`` says before which experiments it is asked.
    """
    K = len(features[0]) if len(features) else 0
    points = [
        (i, frozenset((labels[i], k) for k in range(K) if features[i][k]))
        for i in range(len(features))
    ]
    all_features = {(c, k) for c in range(num_classes) for k in range(K)}
    strength = {(c, k): strengths[c][k] if strengths else 1 for c, k in all_features}
    noise = gamma if isinstance(gamma, list) else [gamma] * len(features)
    runs = []
    previous = Run(nonzero_gradient=0)
    J = max(chunks, default=0) + 1
    for j in range(1, J + 1):
        L, M = previous.learned, previous.memorized
        if j > 1 and forgets(j):
            L, M = INITS[init](L, M) if isinstance(init, str) else init(j, L, M)
        first = 0 if window is None else max(0, j - window)
        T = [points[i] for i in range(len(points)) if first <= chunks[i] < j]
        previous = training_run(L, M, T, all_features, noise, tau, strength)
        trained_on = {x for x, _ in T}
        previous.memorized_points = len(previous.memorized & trained_on)
        runs.append(previous)
    return runs


def accuracy(learned, features, labels, num_classes, tau, strengths=None):
    """Return the expected share of right answers: a point below tau is a guess."""
    right = 0.0
    for V, y in zip(features, labels, strict=True):
        known = sum(
            strengths[y][k] if strengths else 1
            for k, present in enumerate(V)
            if present and (y, k) in learned
        )
        right += 1.0 if known >= tau else 1.0 / num_classes
    return right / len(features)
