"""The version tells code apart: by the commit, in a repository and in what is made from it."""

import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from packaging.version import Version

import featsim
from featsim import _version

ROOT = Path(__file__).parents[1]


def test_it_is_a_version_that_results_carry():
    assert Version(featsim.__version__)
    assert featsim.simulate(featsim.Config(experiments=1), seeds=1).featsim_version == (
        featsim.__version__
    )


def test_the_last_release_is_written_once_for_the_build_and_once_for_the_package():
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert settings["tool"]["hatch"]["version"]["fallback-version"] == _version.LAST_RELEASE


@pytest.fixture
def repository(tmp_path):
    """Return a repository of one commit with the file of the version, and a function for git."""
    (tmp_path / "featsim").mkdir()
    shutil.copy(_version.__file__, tmp_path / "featsim")
    (tmp_path / ".gitattributes").write_text("featsim/_version.py export-subst\n")
    (tmp_path / ".gitignore").write_text("__pycache__/\n")

    def git(*arguments):
        identity = ["-c", "user.name=a", "-c", "user.email=a@b", "-c", "commit.gpgsign=false"]
        command = ["git", *identity, *arguments]
        return subprocess.run(command, cwd=tmp_path, check=True, capture_output=True).stdout

    git("init", "--quiet")
    git("add", ".")
    git("commit", "--quiet", "-m", "one")
    return tmp_path, git


def version(folder):
    """Return the version that the file in a folder tells, in a process without the package."""
    program = "import _version; print(_version.__version__)"
    command = [sys.executable, "-S", "-c", program]
    done = subprocess.run(
        command, cwd=folder / "featsim", check=True, capture_output=True, text=True
    )
    return done.stdout.strip()


@pytest.mark.skipif(shutil.which("git") is None, reason="needs git")
def test_commits_tags_changes_and_archives(repository, tmp_path):
    folder, git = repository
    release = _version.LAST_RELEASE
    first = git("rev-parse", "HEAD").decode()[:9]
    assert version(folder) == f"{release}.post1+g{first}"
    git("tag", "v3.2")
    git("tag", "another")
    assert version(folder) == "3.2"
    (folder / "featsim" / "new.py").touch()
    assert version(folder) == f"3.2.post0+g{first}.dirty"
    git("add", ".")
    git("commit", "--quiet", "-m", "two")
    second = git("rev-parse", "HEAD").decode()[:9]
    assert version(folder) == f"3.2.post1+g{second}"
    (folder / "notes").touch()  # no file of the package
    assert version(folder) == f"3.2.post1+g{second}"
    archive = tmp_path / "archive.tar"
    archive.write_bytes(git("archive", "HEAD"))
    shutil.unpack_archive(archive, tmp_path / "unpacked")
    assert version(tmp_path / "unpacked") == f"{release}+g{second}"
    shutil.rmtree(folder / ".git")
    assert version(folder) == release


def test_importing_the_package_does_not_ask():
    program = "import featsim, sys; print('featsim._version' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert re.fullmatch(r"False\s*", done.stdout)
