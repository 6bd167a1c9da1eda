"""A user's own source, checked: what it draws must fit what it says of itself."""

from typing import Any

import numpy as np
import numpy.typing as npt

from featsim import _checks, _tables
from featsim._points import PackedPoints
from featsim.source import ClassPoints, Counts, Source


class CheckedSource(Source):
    """The same data; the kernels check nothing.

    Raises
    ------
    TypeError, ValueError
        If an attribute, or something that is drawn, has another type, shape or range than
        ``Source`` and ``ClassPoints`` say.
    """

    def __init__(self, source: Source) -> None:
        for name in ("classes", "features", "sizes"):
            if not hasattr(source, name):
                raise TypeError(f"a Source must have the attribute {name}, but {source!r} has none")
        self.source = source
        self.classes = _checks.integer("classes of the source", source.classes, 1)
        self.features = _checks.integer("features of the source", source.features, 1)
        sizes = _tables.numbers("sizes of the source", source.sizes, "iu", "integers")
        if sizes.ndim != 2 or len(sizes) < 1 or sizes.shape[1] != self.classes or sizes.min() < 0:
            raise ValueError(
                "sizes of the source must be counts of points of the shape (chunks, classes) = "
                f"(J, {self.classes}), not {sizes.tolist()}"
            )
        self.sizes: Counts = sizes.astype(np.int64)
        seen = np.asarray(source.seen)
        if seen.dtype != np.bool_ or seen.shape != self.sizes.shape or not seen.any(axis=1).all():
            raise ValueError(
                f"seen of the source must be Booleans of the shape {self.sizes.shape} with a class "
                f"in every experiment, not {seen.tolist()}"
            )
        self._kinds: dict[str, tuple[object, ...]] = {}
        self._seen: npt.NDArray[np.bool_] = seen

    @property
    def seen(self) -> npt.NDArray[np.bool_]:
        """(J, C): whether a class is known in an experiment."""
        return self._seen

    def draw(self, seed: int, label: int) -> ClassPoints:
        """Return the points of a class as the source draws them, if they are what it says."""
        drawn = self.source.draw(seed, label)
        if not isinstance(drawn, ClassPoints):
            raise TypeError(f"draw must return ClassPoints, not {drawn!r}")
        J, K = len(self.sizes), self.features
        sizes = self.sizes[:, label]
        self._check_points("points", drawn.points)
        if not np.array_equal(drawn.points.sizes, sizes):
            raise ValueError(
                f"points of class {label} must have sizes {sizes.tolist()}, "
                f"not {drawn.points.sizes.tolist()}"
            )
        if drawn.test is not None:
            self._check_points("test", drawn.test)
            if drawn.test.sizes.size not in (1, J):
                raise ValueError(f"test must have 1 chunk or {J}, not {drawn.test.sizes.size}")
        checked = ClassPoints(
            points=drawn.points,
            test=drawn.test,
            frequencies=_numbers("frequencies", drawn.frequencies, [(K,), (J, K)], 0.0, 1.0),
            strengths=_strengths(drawn.strengths, K),
            noise=_numbers("noise", drawn.noise, [(int(sizes.sum()),)], SMALLEST, LARGEST),
        )
        self._check_alike(checked)
        return checked

    def _check_alike(self, drawn: ClassPoints) -> None:
        """Refuse classes of which only some have frequencies, strengths, noise or test points."""
        frequencies = None if drawn.frequencies is None else drawn.frequencies.ndim
        others = drawn.strengths, drawn.noise, drawn.test
        kind = frequencies, *(value is None for value in others)
        if self._kinds.setdefault("of the first", kind) != kind:
            raise ValueError(
                "draw must give frequencies, of one shape, strengths, noise and test points "
                "for all classes and seeds or for none"
            )

    def _check_points(self, name: str, points: Any) -> None:
        if not isinstance(points, PackedPoints):
            raise TypeError(f"{name} must be those that pack_points returns, not {points!r}")
        if len(points.words) != self.features:
            raise ValueError(f"{name} must have {self.features} features, not {len(points.words)}")


SMALLEST, LARGEST = np.finfo(np.float64).tiny, np.finfo(np.float64).max


def _numbers(
    name: str, values: Any, shapes: list[tuple[int, ...]], low: float, high: float
) -> npt.NDArray[np.float64] | None:
    """Return what a class is drawn with as an array of its own, or None."""
    if values is None:
        return None
    table = _tables.numbers(name, values, "iuf", "numbers").astype(np.float64, order="C")
    if table.shape not in shapes:
        allowed = " or ".join(map(str, shapes))
        raise ValueError(f"{name} must have the shape {allowed}, not {table.shape}")
    outside = table[~((table >= low) & (table <= high))]
    if outside.size:
        allowed = "finite numbers above 0" if low else "numbers in [0, 1]"
        raise ValueError(f"{name} must be {allowed}, not {outside[0]}")
    return table


def _strengths(values: Any, K: int) -> Counts | None:
    if values is None:
        return None
    if np.shape(values) != (K,):
        raise ValueError(f"strengths must have the shape {(K,)}, not {np.shape(values)}")
    return np.ascontiguousarray(_tables.strength_table([values], 1, K)[0])
