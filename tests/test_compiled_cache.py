"""Compiled code is kept where it can be, read only if it is whole, and never stands in the way."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
RUN = "from featsim.run import main; raise SystemExit(main({arguments}))"
SMALL = ["--features", "4", "--points-per-chunk", "20", "--experiments", "2", "--seeds", "2"]


def run(cache, *, before=""):
    """Run a small command in a process of its own, and return what it printed."""
    return subprocess.run(
        [sys.executable, "-c", before + RUN.format(arguments=SMALL)],
        env=os.environ | {"NUMBA_CACHE_DIR": str(cache), "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def cached(tmp_path_factory):
    folder = tmp_path_factory.mktemp("cache")
    done = run(folder)
    assert (done.returncode, done.stderr) == (0, "")
    return folder, done.stdout


def flip(content):
    """Return the content with one bit changed in its middle, in compiled code."""
    middle = len(content) // 2
    return content[:middle] + bytes([content[middle] ^ 4]) + content[middle + 1 :]


DAMAGES = {
    "uniform_numbers": lambda content: content[:-9],
    "tail_probability": lambda _: b"",
    "well_classified": flip,
}


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["nbi", "nbc"])
def test_a_damaged_entry_is_compiled_again(cached, kind):
    folder, expected = cached
    damaged = {}
    for kernel, damage in DAMAGES.items():
        file = min(folder.rglob(f"*{kernel}*.{kind}"))
        damaged[file] = damage(file.read_bytes())
        file.write_bytes(damaged[file])
    done = run(folder)
    assert (done.returncode, done.stdout, done.stderr) == (0, expected, "")
    for file, content in damaged.items():
        assert file.read_bytes() != content


@pytest.mark.slow
def test_where_nothing_can_be_kept_there_is_one_warning(cached, tmp_path):
    # As where the package is read-only and there is no home: Numba finds no place.
    before = "from numba.core import caching; caching.CacheImpl._locator_classes = []\n"
    done = run(tmp_path, before=before)
    assert (done.returncode, done.stdout) == (0, cached[1])
    assert done.stderr.startswith("featsim: warning: compiled code cannot be kept")
    assert done.stderr.count("\n") == 1


def test_a_full_disk_does_not_stand_in_the_way(tmp_path, monkeypatch):
    from featsim._kernels import cache

    file = cache._CheckedFile(str(tmp_path), "name", ("stamp",))
    file.save("key", [1, 2])
    assert file.load("key") == [1, 2]

    def fail(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(file, "_open_for_write", fail)
    with pytest.warns(UserWarning, match="compiled code is not kept: .* No space left"):
        file.save("other", [3])
    assert file.load("key") == [1, 2]
