"""The operations of an experiment, by torch's counter (Table 9).

The counter slows training down, so that times are taken from runs without it.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from torch.utils.flop_counter import FlopCounterMode

from paper_repro.records import Probed


@contextmanager
def measured() -> Iterator[Probed]:
    """Fill the row that it gives with tera-operations."""
    row: Probed = {}
    with FlopCounterMode(display=False) as counter:
        yield row
    row["tflops"] = counter.get_total_flops() / 1e12
