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


def training_run(L, M, T, all_features, gamma, tau):
    """Algorithm 2: from the learned features L and the memorized points M, train on T."""
    L, M = set(L), set(M)
    N = [(x, V) for x, V in T if len(V & L) < tau and x not in M]
    run = Run(nonzero_gradient=len(N))
    while True:
        best, best_count = None, 0
        for v in sorted(all_features - L):  # ties: lowest class, then lowest feature
            count = sum(1 for _, V in N if v in V)
            if best is None or count > best_count:
                best, best_count = v, count
        if best is None or best_count < gamma:
            break
        L.add(best)
        run.steps.append((best, best_count))
        N = [(x, V) for x, V in N if len(V & L) < tau]
    M |= {x for x, _ in N}
    run.learned, run.memorized = L, M
    return run


def random_init(previous):
    """Algorithm 3: nothing is kept."""
    return set(), set()


def warm_init(previous):
    """Algorithm 4: features and memorized points are kept."""
    return previous.learned, previous.memorized


def ideal_init(previous):
    """Algorithm 5: features are kept, memorized points forgotten."""
    return previous.learned, set()


def forgetful_init(previous):
    """The fourth corner: features are forgotten, memorized points kept."""
    return set(), previous.memorized


INITS = {
    "random": random_init,
    "warm": warm_init,
    "ideal": ideal_init,
    "forgetful": forgetful_init,
}


def experiments(features, labels, chunks, num_classes, gamma, tau, init):
    """Run experiment after experiment, each on the chunks so far."""
    K = len(features[0]) if len(features) else 0
    points = [
        (i, frozenset((labels[i], k) for k in range(K) if features[i][k]))
        for i in range(len(features))
    ]
    all_features = {(c, k) for c in range(num_classes) for k in range(K)}
    runs = []
    previous = Run(nonzero_gradient=0)
    for j in range(max(chunks, default=0) + 1):
        L, M = INITS[init](previous)
        T = [points[i] for i in range(len(points)) if chunks[i] <= j]
        previous = training_run(L, M, T, all_features, gamma, tau)
        runs.append(previous)
    return runs


def accuracy(learned, features, labels, num_classes, tau):
    """Return the expected share of right answers: a point below tau is a guess."""
    right = 0.0
    for V, y in zip(features, labels, strict=True):
        known = sum(1 for k, present in enumerate(V) if present and (y, k) in learned)
        right += 1.0 if known >= tau else 1.0 / num_classes
    return right / len(features)
