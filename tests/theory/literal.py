"""The theorems' quantities evaluated literally with the reference of Algorithms 2 to 5."""

from fractions import Fraction

from tests import reference


def points_of(stream):
    """Return the points as pairs of a set of features (class, index) and a class."""
    return [
        (frozenset((int(y), k) for k, present in enumerate(V) if present), int(y))
        for V, y in zip(stream.features, stream.labels, strict=True)
    ]


def experiments(stream, gamma, tau, init):
    return reference.experiments(
        stream.features.tolist(),
        stream.labels.tolist(),
        stream.chunks.tolist(),
        stream.num_classes,
        gamma,
        tau,
        init,
    )


def policy(stream, gamma, tau, kept):
    """Run all experiments; ``kept(j, L, M)`` is what experiment j = 2, 3, … starts from."""
    K, C = stream.num_features, stream.num_classes
    S = {(c, k) for c in range(C) for k in range(K)}
    rows = list(enumerate(V for V, _ in points_of(stream)))
    runs = []
    L, M = set(), set()
    for j in range(1, stream.num_chunks + 1):
        if j > 1:
            L, M = kept(j, L, M)
        T = [rows[i] for i in range(len(rows)) if stream.chunks[i] < j]
        runs.append(reference.training_run(L, M, T, S, gamma, tau))
        L, M = runs[-1].learned, runs[-1].memorized
    return runs


def forgetting_noise(before):
    """Return what keeps all, but the memorized points before some experiments."""
    return lambda j, L, M: (L, set() if j in before else M)


def accuracy(points, learned, num_classes, tau):
    """Return ACC(L) as a fraction; every point is equally likely."""
    right = Fraction(0)
    for V, _ in points:
        right += 1 if len(V & learned) >= tau else Fraction(1, num_classes)
    return right / len(points)
