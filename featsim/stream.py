"""A growing data set: points, each a set of features of its class, and the chunk it arrives in."""

import dataclasses
from typing import Any

import numpy as np
import numpy.typing as npt

from featsim import _checks, _tables
from featsim._points import pack_rows
from featsim.source import ClassPoints, Counts, Reals, Source


@dataclasses.dataclass(frozen=True, eq=False)
class FeatureStream:
    """Points of the framework in the order of the user's own rows.

    Any class balance, any chunk sizes and any order of the rows will do; a chunk may have no point
    of a class, or none at all.

    Raises
    ------
    TypeError
        If features are not Boolean, or labels, chunks or num_classes not integers.
    ValueError
        If a shape does not fit, or a label or a chunk is out of range.
    """

    features: npt.NDArray[np.bool_]
    """(n, K): whether a point has feature k of its class."""

    labels: npt.NDArray[np.int64]
    """(n,): the class of a point, 0 … C − 1."""

    chunks: npt.NDArray[np.int64]
    """(n,): the chunk in which a point arrives, 0 … J − 1."""

    num_classes: int = None  # type: ignore[assignment]
    """Number of classes, C; one more than the largest label if it is not given."""

    def __post_init__(self) -> None:
        features = _tables.array("features", self.features).copy()  # no later change reaches it
        if features.dtype != np.bool_:
            raise TypeError(f"features must be Boolean, not {features.dtype}")
        if features.ndim != 2 or features.shape[1] < 1:
            raise ValueError(
                f"features must have the shape (points, features) with at least one feature, "
                f"not {features.shape}"
            )
        labels = _index_array("labels", self.labels, features.shape[0])
        chunks = _index_array("chunks", self.chunks, features.shape[0])
        largest = int(labels.max(initial=-1))
        classes = max(largest + 1, 1)
        if self.num_classes is not None:
            classes = _checks.integer("num_classes", self.num_classes, 1)
        if largest >= classes:
            raise ValueError(f"labels must be in 0 … {classes - 1}, not {largest}")
        for name, value in (("features", features), ("labels", labels), ("chunks", chunks)):
            value.flags.writeable = False
            object.__setattr__(self, name, value)
        object.__setattr__(self, "num_classes", classes)

    @property
    def num_features(self) -> int:
        """Number of features of each class, K."""
        return int(self.features.shape[1])

    @property
    def num_chunks(self) -> int:
        """Number of chunks, J: one more than the largest chunk."""
        return int(self.chunks.max(initial=0)) + 1

    def __len__(self) -> int:
        """Return the number of points, n."""
        return int(self.features.shape[0])


def _index_array(name: str, values: Any, points: int) -> npt.NDArray[np.int64]:
    array = _tables.array(name, values)
    if array.size == 0:
        array = array.astype(np.int64)
    if not np.issubdtype(array.dtype, np.integer):
        raise TypeError(f"{name} must be integers, not {array.dtype}")
    if array.shape != (points,):
        raise ValueError(f"{name} must have the shape ({points},), not {array.shape}")
    indices = array.astype(np.int64)
    if points and indices.min() < 0:  # unsigned numbers from 2**63 on become negative
        raise ValueError(f"{name} must be in 0 … 2**63 − 1, not {array[indices.argmin()]}")
    return indices


def check_stream(stream: Any) -> None:
    """Raise a TypeError if it is no stream."""
    if not isinstance(stream, FeatureStream):
        raise TypeError(f"stream must be a FeatureStream, not {stream!r}")


class StreamSource(Source):
    """A stream as a source: the same points for every seed."""

    def __init__(
        self,
        stream: FeatureStream,
        test: FeatureStream | None = None,
        strengths: Counts | None = None,
        noise: Reals | None = None,
    ) -> None:
        self.stream, self.test, self.strengths, self.noise = stream, test, strengths, noise
        self.classes, self.features = stream.num_classes, stream.num_features
        shape = stream.num_chunks, stream.num_classes
        places = stream.chunks * stream.num_classes + stream.labels
        self.sizes = np.bincount(places, minlength=shape[0] * shape[1]).reshape(shape)

    def draw(self, seed: int, label: int) -> ClassPoints:
        """Return the points of one class; nothing is random."""
        rows = np.flatnonzero(self.stream.labels == label)
        rows = rows[np.argsort(self.stream.chunks[rows], kind="stable")]
        test = None
        if self.test is not None and len(self.test):
            tested = np.flatnonzero(self.test.labels == label)
            test = pack_rows(self.test.features, tested, np.array([tested.size]))
        return ClassPoints(
            points=pack_rows(
                self.stream.features, rows, np.ascontiguousarray(self.sizes[:, label])
            ),
            test=test,
            strengths=None if self.strengths is None else self.strengths[label],
            noise=None if self.noise is None else self.noise[rows],
        )
