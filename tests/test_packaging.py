"""The wheel holds the package and nothing else, and works where only it is installed."""

import os
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

pytest.importorskip("build")

ROOT = Path(__file__).parents[1]
SMALL = ["--features", "4", "--points-per-chunk", "20", "--experiments", "2", "--seeds", "1"]
SMALL += ["--gamma", "2", "--test-points", "0"]


def call(*command, **options):
    run = subprocess.run(command, capture_output=True, text=True, check=False, **options)
    assert run.returncode == 0, run.stdout + run.stderr
    return run.stdout


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """Return the wheel and the sdist, built with what is installed."""
    folder = tmp_path_factory.mktemp("dist")
    call(sys.executable, "-m", "build", "--no-isolation", "--outdir", str(folder), str(ROOT))
    (wheel,), (sdist,) = folder.glob("*.whl"), folder.glob("*.tar.gz")
    return wheel, sdist


@pytest.fixture(scope="module")
def installed(built, tmp_path_factory):
    """Return the folder that the wheel is installed into."""
    folder = tmp_path_factory.mktemp("installed")
    flags = ["--quiet", "--no-deps", "--no-index", "--target", str(folder)]
    call(sys.executable, "-m", "pip", "install", *flags, str(built[0]))
    return folder


@pytest.fixture
def elsewhere(installed, tmp_path):
    """Return how a program is called in another folder, with the installed copy alone."""
    plain = {"PYTHONPATH": str(installed), "NUMBA_DISABLE_JIT": "1"}  # compiling takes long
    return {"cwd": tmp_path, "env": {**os.environ, **plain}}


@pytest.mark.slow
def test_the_wheel_holds_the_files_of_the_package(built):
    with zipfile.ZipFile(built[0]) as wheel:
        names = {name for name in wheel.namelist() if ".dist-info/" not in name}
    files = (path for path in (ROOT / "featsim").rglob("*") if path.is_file())
    there = {str(path.relative_to(ROOT)) for path in files if "__pycache__" not in path.parts}
    assert names == there
    assert "featsim/py.typed" in names


@pytest.mark.slow
def test_the_sdist_can_be_tested(built):
    with tarfile.open(built[1]) as sdist:
        names = {name.partition("/")[2] for name in sdist.getnames()}
    assert {"README.md", "constraints.txt", "tests/reference.py", "docs/conf.py"} <= names


@pytest.mark.slow
def test_both_pass_the_check_of_the_index(built):
    pytest.importorskip("twine")
    told = call(sys.executable, "-m", "twine", "check", "--strict", *map(str, built))
    assert told.count("PASSED") == 2


@pytest.mark.slow
def test_an_installed_copy_runs_the_main_job(installed, elsewhere):
    where = call(sys.executable, "-c", "import featsim; print(featsim.__file__)", **elsewhere)
    assert Path(where.strip()).is_relative_to(installed)
    told = call(sys.executable, "-m", "featsim.run", *SMALL, **elsewhere)
    assert "training time" in told


@pytest.mark.slow
def test_the_console_script_runs(installed, elsewhere):
    script = installed / "bin" / "featsim"
    assert "usage: featsim" in call(sys.executable, str(script), "--help", **elsewhere)
    told = call(sys.executable, str(script), "run", *SMALL, "--output", "out.nc", **elsewhere)
    assert "learned features" in told
    assert (elsewhere["cwd"] / "out.nc").stat().st_size > 0
