"""Put tables into a page, between the marks that bear their names."""

from collections.abc import Mapping
from pathlib import Path

from featsim._files import replacing


def write_between(page: Path, tables: Mapping[str, str]) -> None:
    """Replace what stands between ``<!-- name -->`` and ``<!-- end of name -->`` for each name."""
    text = page.read_text(encoding="utf-8")
    for name, rows in tables.items():
        before, rest = text.split(f"<!-- {name} -->\n")
        _, after = rest.split(f"<!-- end of {name} -->")
        text = f"{before}<!-- {name} -->\n\n{rows}\n\n<!-- end of {name} -->{after}"
    with replacing(page) as temporary:
        temporary.write_text(text, encoding="utf-8")
