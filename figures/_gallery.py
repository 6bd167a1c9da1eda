"""The page of all pictures, from their own docstrings."""

from pathlib import Path

from featsim._files import replacing
from figures import _registry

INTRODUCTION = """\
# Pictures of the simulator

`python -m figures` draws all of them into a folder, as PNG and as PDF with embedded fonts;
`python -m figures --help` lists what can be chosen. This page and its pictures are written by
`{command}`.
"""

ENTRY = """\
## {title}

![{title}](figures/{name}.png)

    {command}

{text}
"""


def write(page: Path, seeds: int | None) -> None:
    """Write the page; its pictures are expected in the folder ``figures`` beside it."""
    with replacing(page) as temporary:
        temporary.write_text(text(page.parent.name, seeds), encoding="utf-8")


def text(folder: str, seeds: int | None) -> str:
    """Return the page of a folder, with the command under each picture."""
    suffix = "" if seeds is None else f" --seeds {seeds}"
    parts = [INTRODUCTION.format(command=f"python -m figures --gallery {folder}{suffix}")]
    for name in _registry.names():
        parts.append(
            ENTRY.format(
                name=name,
                title=_registry.title(name),
                command=f"python -m figures.{name}{suffix}",
                text=_registry.text(name),
            )
        )
    return "\n".join(parts)
