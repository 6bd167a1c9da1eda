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


def accuracy(points, learned, num_classes, tau):
    """Return ACC(L) as a fraction; every point is equally likely."""
    right = Fraction(0)
    for V, _ in points:
        right += 1 if len(V & learned) >= tau else Fraction(1, num_classes)
    return right / len(points)
