"""One thread for matrices and networks, here and in the processes that tests start.

They are tiny here: more threads would mostly wait for each other, which takes a processor's time.
"""

import os

os.environ["OMP_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = "1"
