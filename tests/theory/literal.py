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


def keeping(before, part=None):
    """Return what keeps all, but noise before some experiments, and of the features a part."""

    def kept(j, L, M):
        if j not in before:
            return L, M
        return L if part is None else L & part, set()

    return kept


def accuracy(points, learned, num_classes, tau):
    """Return ACC(L) as a fraction; every point is equally likely."""
    right = Fraction(0)
    for V, _ in points:
        right += 1 if len(V & learned) >= tau else Fraction(1, num_classes)
    return right / len(points)
