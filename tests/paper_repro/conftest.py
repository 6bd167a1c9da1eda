"""One thread for torch, here and in the processes that tests start: the networks are tiny."""

import os

os.environ["OMP_NUM_THREADS"] = "1"
