"""Compiled code is kept where it can be, read only if it is whole, and never stands in the way."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from featsim._kernels import cache

ROOT = Path(__file__).parents[1]
KERNELS = """
from featsim._kernels.compile import kernel

@kernel
def one(x):
    return x + 1

@kernel
def two(x):
    return x + 2
"""
RUN = """
from featsim._commands.ending import run_command

def body():
    from kernels import one, two
    print(one(1), two(1), sum(one.stats.cache_hits.values()), sum(two.stats.cache_hits.values()))

raise SystemExit(run_command("featsim", body))
"""


@pytest.fixture
def run(tmp_path):
    """Return a function that runs two kernels in a process of its own."""
    (tmp_path / "kernels.py").write_text(KERNELS)
    path = os.pathsep.join([str(ROOT), str(tmp_path)])
    environment = {"NUMBA_CACHE_DIR": str(tmp_path / "cache"), "PYTHONPATH": path}

    def run_kernels(before=""):
        done = subprocess.run(
            [sys.executable, "-c", before + RUN],
            env=os.environ | environment,
            capture_output=True,
            text=True,
            check=False,
        )
        return done.returncode, done.stdout, done.stderr

    return run_kernels


def flip(content):
    """Return the content with one bit changed in its middle, in compiled code."""
    middle = len(content) // 2
    return content[:middle] + bytes([content[middle] ^ 4]) + content[middle + 1 :]


@pytest.mark.slow
def test_a_damaged_entry_is_compiled_again(run, tmp_path):
    assert run() == (0, "2 3 0 0\n", "")
    assert run() == (0, "2 3 1 1\n", "")
    whole = shutil.copytree(tmp_path / "cache", tmp_path / "whole")
    damages = {"nbi": lambda content: content[:-9], "nbc": flip}
    for kind, damage in damages.items():
        shutil.copytree(whole, tmp_path / "cache", dirs_exist_ok=True)
        (file,) = (tmp_path / "cache").rglob(f"*.one-*.{kind}")
        file.write_bytes(damage(file.read_bytes()))
        assert run() == (0, "2 3 0 1\n", ""), kind
    assert run() == (0, "2 3 1 1\n", "")


@pytest.mark.slow
def test_where_nothing_can_be_kept_there_is_one_warning(run, tmp_path):
    # As where the package is read-only and there is no home: Numba finds no place.
    before = "from numba.core import caching; caching.CacheImpl._locator_classes = []\n"
    status, out, error = run(before)
    assert (status, out) == (0, "2 3 0 0\n")
    assert error.startswith("featsim: warning: compiled code cannot be kept")
    assert error.count("\n") == 1
    assert not (tmp_path / "cache").exists()


def test_a_full_disk_does_not_stand_in_the_way(tmp_path, monkeypatch):
    file = cache._CheckedFile(str(tmp_path), "name", ("stamp",))
    file.save("key", [1, 2])
    assert file.load("key") == [1, 2]

    def fail(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(file, "_open_for_write", fail)
    with pytest.warns(UserWarning, match=r"compiled code is not kept: .* No space left"):
        file.save("other", [3])
    assert file.load("key") == [1, 2]
