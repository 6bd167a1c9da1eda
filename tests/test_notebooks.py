"""The notebooks run from top to bottom and print what is stored in them."""

import copy
import os
from pathlib import Path

import nbformat
import pytest
from jupyter_client import KernelManager
from nbclient import NotebookClient

ROOT = Path(__file__).parents[1]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))


PROGRESS_BAR = "application/vnd.jupyter.widget-view+json"


ATTRIBUTES = "Attributes:\n"
"""What a Dataset shows of itself from here on, versions among it, is another in each release."""


def printed(notebook):
    """Return what each cell printed, and the kinds and the plain text of what it showed.

    A progress bar does not count: it is there if the machine is slow.
    """
    cells = []
    for cell in notebook.cells:
        outputs = cell.get("outputs", [])
        text = "".join(output.text for output in outputs if output.get("name") == "stdout")
        shown = [output.data for output in outputs if output.output_type != "stream"]
        shown = [data for data in shown if PROGRESS_BAR not in data]
        plain = [data.get("text/plain", "").split(ATTRIBUTES)[0] for data in shown]
        cells.append((text, [sorted(data) for data in shown], plain))
    return cells


@pytest.fixture(scope="module")
def kernel():
    """Yield the one kernel of all notebooks, whose start takes longer than most of them."""
    manager = KernelManager()
    search_path = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH", "")]))
    folder = str(ROOT / "notebooks")
    manager.start_kernel(cwd=folder, env=os.environ | {"PYTHONPATH": search_path})
    yield manager
    manager.shutdown_kernel(now=True)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")  # of the kernel and its sockets
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_runs_and_prints_what_is_stored(path, kernel):
    stored = nbformat.read(path, as_version=4)
    assert any(text or kinds for text, kinds, _ in printed(stored))
    fresh = copy.deepcopy(stored)
    forget = nbformat.v4.new_code_cell("%reset -f")  # what other notebooks have defined
    fresh.cells.insert(0, forget)
    client = NotebookClient(fresh, km=kernel, timeout=120)
    client.execute()
    client.kc.stop_channels()
    del fresh.cells[0]
    assert printed(fresh) == printed(stored)


def test_there_are_notebooks():
    assert [path.stem for path in NOTEBOOKS] == [
        "calibration",
        "dash",
        "forgetting",
        "own_data",
        "process",
        "quickstart",
    ]
