"""Preloaded by Dask workers: notes when a piece starts and ends, and may hold a worker in one.

The folder GATE_LOG gets a file for each start and each end. A worker with GATE_HOLDS set waits for
ever in its second piece, until it is killed.
"""

import functools
import inspect
import itertools
import os
import time
import uuid
from pathlib import Path

from featsim._sweep import piece as sweep_piece

# Dask may load this file twice.
run_piece = inspect.unwrap(sweep_piece.run_piece)
log, holds = Path(os.environ["GATE_LOG"]), "GATE_HOLDS" in os.environ
count = itertools.count(1)


def note(what, piece):
    (log / f"{what}-{piece.key}-{os.getpid()}-{uuid.uuid4().hex}").touch()


@functools.wraps(run_piece)
def noted_run_piece(piece, *stopped):
    note("held" if holds and (turn := next(count)) == 2 else "start", piece)
    while holds and turn == 2:
        time.sleep(1)
    arrays = run_piece(piece, *stopped)
    note("end", piece)
    return arrays


sweep_piece.run_piece = noted_run_piece
