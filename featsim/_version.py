"""The version: that of the commit in a repository, else that of the installed package.

A repository is asked each time, so that what code in work computes can be told apart: the version
is 0.1.0 at the tag v0.1.0, 0.1.0.post4+g34bc2e5dd four commits later, and ends in .dirty if files
of the package differ from the commit. A build has the same from hatch-vcs.
"""

import importlib.metadata
import re
import subprocess
from pathlib import Path

FOLDER = Path(__file__).parent
LAST_RELEASE = "0.1.0"
"""Where no tag tells it; pyproject.toml has the same."""

ARCHIVED_COMMIT = "$Format:%H$"
"""The commit, which ``git archive`` writes here."""

DESCRIBED = re.compile(r"(?:v(\S+)-(\d+)-g)?([0-9a-f]{9})[0-9a-f]*")


def _git(*arguments: str) -> str:
    done = subprocess.run(
        ["git", *arguments], cwd=FOLDER, capture_output=True, text=True, check=True, timeout=30
    )
    return done.stdout.strip()


def _of_repository() -> str | None:
    """Return the version of the repository that the package lies in, None if there is none."""
    if not (FOLDER.parent / ".git").exists():
        return None
    try:
        # --always: without a tag, this is the commit alone
        text = _git("describe", "--tags", "--long", "--always", "--abbrev=40", "--match=v[0-9]*")
        tag, distance, commit = DESCRIBED.fullmatch(text).groups()  # type: ignore[union-attr]
        distance = distance or _git("rev-list", "--count", "HEAD")
        dirty = _git("status", "--porcelain", "--", ".")
    except (AttributeError, OSError, subprocess.SubprocessError):
        return None
    if distance == "0" and not dirty:
        return str(tag)
    return f"{tag or LAST_RELEASE}.post{distance}+g{commit}{'.dirty' if dirty else ''}"


def _of_installation() -> str:
    """Return the version of a package without its repository, with the commit if it is known."""
    try:
        version = importlib.metadata.version("featsim")
    except importlib.metadata.PackageNotFoundError:
        version = LAST_RELEASE
    if "+" in version or not ARCHIVED_COMMIT.isalnum():
        return version
    return f"{version}+g{ARCHIVED_COMMIT[:9]}"


__version__ = _of_repository() or _of_installation()
