"""The whole suite runs in several processes, and a part of it in this one, which starts sooner.

Matrices and networks are tiny here: threads for them would mostly wait for each other, which takes
the time of a processor. So there is one, here and in the processes that tests start.

Garbage is not collected while tests are, and then not among what they have imported: most of a
million objects, which would be looked through again and again.
"""

import gc
import os

import pytest

os.environ["OMP_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = "1"
MOST_PROCESSES = 4  # each imports torch
gc.disable()


def pytest_collection_finish():
    """Look for garbage among what tests make, from here on."""
    gc.freeze()
    gc.enable()


def pytest_xdist_auto_num_workers(config):
    """Return the number of processes for ``-n auto``, which is how tests are run here."""
    whole = config.args_source is pytest.Config.ArgsSource.TESTPATHS
    return min(os.cpu_count() or 1, MOST_PROCESSES) if whole else 0


@pytest.fixture
def draws(monkeypatch):
    """A list that every draw of a configuration's points is added to: it, the seed, the class."""
    from featsim.sampling import ConfigSource  # NumPy reads the number of threads as it starts

    noted = []
    draw = ConfigSource.draw

    def note(self, seed, label):
        noted.append((self.config, seed, label))
        return draw(self, seed, label)

    monkeypatch.setattr(ConfigSource, "draw", note)
    return noted
