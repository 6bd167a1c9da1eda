"""The theory of the paper (section 3, appendix D) as functions to run on a stream of one's own."""

from featsim.theory.accuracy import exact_accuracy
from featsim.theory.combinations import Combinations, balanced_stream, h
from featsim.theory.limit import mean_field

__all__ = ["Combinations", "balanced_stream", "exact_accuracy", "h", "mean_field"]
