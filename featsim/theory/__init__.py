"""The theory of the paper (section 3, appendix D) as functions to run on a stream of one's own."""

from featsim.theory.accuracy import exact_accuracy
from featsim.theory.best_schedule import BestSchedule, best_schedule, trade_off
from featsim.theory.combinations import Combinations, balanced_stream, h
from featsim.theory.examples import EXAMPLES, Example
from featsim.theory.fluctuations import fluctuations
from featsim.theory.limit import mean_field
from featsim.theory.report import Report, check
from featsim.theory.stream_file import load_stream, save_stream
from featsim.theory.threshold import Critical, accuracy_gap, critical

__all__ = [
    "EXAMPLES",
    "BestSchedule",
    "Combinations",
    "Critical",
    "Example",
    "Report",
    "accuracy_gap",
    "balanced_stream",
    "best_schedule",
    "check",
    "critical",
    "exact_accuracy",
    "fluctuations",
    "h",
    "load_stream",
    "mean_field",
    "save_stream",
    "trade_off",
]
