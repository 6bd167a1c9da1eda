"""Compiled code is kept where it can be, read only if it is whole, and never stands in the way."""

import os
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
import sys
from featsim._commands.ending import run_command

def body():
    from kernels import one, two
    print(one(1), two(1), sum(one.stats.cache_hits.values()), sum(two.stats.cache_hits.values()))

def run():
    sys.modules.pop("kernels", None)  # its kernels are made anew, and read from the disk
    return run_command("featsim", body)
"""
DAMAGE = """
import shutil
from pathlib import Path

def flip(content):
    middle = len(content) // 2  # in compiled code
    return content[:middle] + bytes([content[middle] ^ 4]) + content[middle + 1 :]

cache, whole = Path(sys.argv[1], "cache"), Path(sys.argv[1], "whole")
run()
run()
shutil.copytree(cache, whole)
for kind, damage in {"nbi": lambda content: content[:-9], "nbc": flip}.items():
    shutil.copytree(whole, cache, dirs_exist_ok=True)
    (file,) = cache.rglob(f"*.one-*.{kind}")
    file.write_bytes(damage(file.read_bytes()))
    run()
run()

from featsim._kernels import cache as kept
kept.stamp_of_parts = lambda: ((0.0, 1),)  # as after a change to a file of parts
run()
run()
"""


@pytest.fixture
def process(tmp_path):
    """Return a function that runs a program that can run two kernels, and what it printed."""
    (tmp_path / "kernels.py").write_text(KERNELS)
    path = os.pathsep.join([str(ROOT), str(tmp_path)])
    environment = {"NUMBA_CACHE_DIR": str(tmp_path / "cache"), "PYTHONPATH": path}

    def run_program(program):
        done = subprocess.run(
            [sys.executable, "-c", program, str(tmp_path)],
            env=os.environ | environment,
            capture_output=True,
            text=True,
            check=False,
        )
        return done.returncode, done.stdout.splitlines(), done.stderr

    return run_program


@pytest.mark.slow
def test_a_damaged_or_old_entry_is_compiled_again(process):
    status, lines, error = process(RUN + DAMAGE)
    assert (status, error) == (0, "")
    cold, warm, short, flipped, after, changed, again = lines
    assert cold == "2 3 0 0"
    assert warm == after == again == "2 3 1 1"
    assert short == flipped == "2 3 0 1"
    assert changed == "2 3 0 0"


@pytest.mark.slow
def test_where_nothing_can_be_kept_there_is_one_warning(process, tmp_path):
    # As where the package is read-only and there is no home: Numba finds no place.
    before = "from numba.core import caching; caching.CacheImpl._locator_classes = []\n"
    status, lines, error = process(before + RUN + "raise SystemExit(run())")
    assert (status, lines) == (0, ["2 3 0 0"])
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
