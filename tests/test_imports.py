"""What is slow to import is imported only where it is used."""

import json
import subprocess
import sys

import pytest

import featsim

COMMAND = "from featsim.run import main; assert main({}) == 0"
SMALL = ["--features", "4", "--points-per-chunk", "20", "--experiments", "2", "--seeds", "1"]


def imported_by(code):
    code += "\nimport json, sys; print(); print(json.dumps(list(sys.modules)))"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(json.loads(run.stdout.splitlines()[-1]))


@pytest.mark.parametrize(
    ("code", "absent"),
    [
        ("import featsim", {"torch", "matplotlib", "numba", "xarray", "scipy", "numpy", "tqdm"}),
        ("import featsim; featsim.Config()", {"torch", "matplotlib", "numba", "xarray", "scipy"}),
        (
            "import featsim; featsim.simulate(featsim.Config(experiments=1), seeds=1)",
            {"torch", "matplotlib", "scipy.stats"},
        ),
        (
            COMMAND.format([*SMALL, "--gamma", "2"]),
            {"torch", "matplotlib", "xarray", "pandas", "scipy.stats", "tqdm"},
        ),
        (COMMAND.format(["--version"]), {"torch", "matplotlib", "xarray", "numba", "scipy"}),
    ],
)
def test_absent(code, absent):
    modules = imported_by(code)
    assert "featsim" in modules
    assert not modules & absent


def test_public_names():
    for name in featsim.__all__:
        assert getattr(featsim, name) is not None
    assert set(featsim.__all__) <= set(dir(featsim))
    with pytest.raises(AttributeError, match="featsim"):
        _ = featsim.no_such_name
