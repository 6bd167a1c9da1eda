"""A part of docs/networks.md: its text, what it judges, the runs behind it and what is missing."""

from collections.abc import Sequence
from dataclasses import dataclass

from paper_repro.records import Records
from paper_repro.verdict import Judgement


@dataclass(frozen=True)
class Progress:
    """How much of a plan has been run."""

    name: str
    done: int
    """Whole seeds."""
    planned: int
    """Seeds of the plan."""
    command: str
    """The command that runs the rest, without the folder of the data."""


@dataclass(frozen=True)
class Part:
    """What one part adds to the page."""

    text: str
    """Its section; empty where no seed is whole."""
    judged: list[Judgement]
    """What the seeds say of each of its claims."""
    records: list[Records]
    """The runs that it rests on."""
    progress: list[Progress]
    """What has been run of its plans."""


def missing(parts: Sequence[Part]) -> str:
    """Return the section on what has not been run, from what is whole, and its command."""
    lines = [
        f"- {one.name}: {one.done} of {one.planned} seeds are whole; "
        f"`python -m paper_repro {one.command} --data DIR`"
        for part in parts
        for one in part.progress
        if one.done < one.planned
    ]
    if not lines:
        return "Every seed of the plan is there."
    return "\n\n".join(["## What is missing", "\n".join(lines)])
