"""What an experiment costs: operations, by torch's counter, and memory (Table 9)."""

from collections.abc import Iterator
from contextlib import contextmanager

import psutil
import torch
from torch.utils.flop_counter import FlopCounterMode

from paper_repro.records import Row


@contextmanager
def measured(place: torch.device) -> Iterator[Row]:
    """Fill the row that it gives with tera-operations and the peak of memory in GiB.

    On a CPU the peak is the process's resident memory at the end: what torch holds does not
    shrink while a run lasts. On a GPU it is what torch had allocated at most.
    """
    row: Row = {}
    if place.type == "cuda":
        torch.cuda.reset_peak_memory_stats(place)
    with FlopCounterMode(display=False) as counter:
        yield row
    row["tflops"] = counter.get_total_flops() / 1e12
    row["cpu_gib"] = psutil.Process().memory_info().rss / 2**30
    row["gpu_gib"] = (
        torch.cuda.max_memory_allocated(place) / 2**30 if place.type == "cuda" else None
    )
