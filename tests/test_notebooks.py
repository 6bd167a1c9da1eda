"""The notebooks run from top to bottom and print what is stored in them."""

import copy
import os
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

ROOT = Path(__file__).parents[1]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))


PROGRESS_BAR = "application/vnd.jupyter.widget-view+json"


def printed(notebook):
    """Return what each cell printed, and the kinds of what it showed.

    A progress bar does not count: it is there if the machine is slow.
    """
    cells = []
    for cell in notebook.cells:
        outputs = cell.get("outputs", [])
        text = "".join(output.text for output in outputs if output.get("name") == "stdout")
        kinds = [sorted(output.data) for output in outputs if output.output_type != "stream"]
        cells.append((text, [kind for kind in kinds if PROGRESS_BAR not in kind]))
    return cells


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")  # of the kernel and its sockets
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_runs_and_prints_what_is_stored(path, monkeypatch):
    search_path = [str(ROOT), os.environ.get("PYTHONPATH", "")]
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(filter(None, search_path)))
    stored = nbformat.read(path, as_version=4)
    assert any(text or kinds for text, kinds in printed(stored))
    fresh = copy.deepcopy(stored)
    NotebookClient(fresh, timeout=120, resources={"metadata": {"path": str(path.parent)}}).execute()
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
