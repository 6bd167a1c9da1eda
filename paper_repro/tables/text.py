"""How numbers, lists and tables are written: mean and spread over seeds, Markdown."""

from collections.abc import Sequence

from tabulate import tabulate

from paper_repro.spread import mean_std


def plus_minus(values: Sequence[float], digits: int = 1, *, cut: bool = False) -> str:
    """Return "mean ± standard deviation", or the value alone if there is one.

    With `cut` a ≥ stands before it: the epoch limit ended an experiment, and the steps are a lower
    bound.
    """
    mean, spread = mean_std(values)
    text = f"{mean:.{digits}f}" if len(values) == 1 else f"{mean:.{digits}f} ± {spread:.{digits}f}"
    return f"≥ {text}" if cut else text


def listed(names: Sequence[str]) -> str:
    """Return the names, one or more, with commas and a last "and"."""
    *most, last = names
    return f"{', '.join(most)} and {last}" if most else last


def markdown(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a table in Markdown; every cell is text, written as it is."""
    return tabulate(rows, header, tablefmt="pipe", disable_numparse=True)


def terminal(header: Sequence[str], rows: Sequence[Sequence[str]], width: int = 20) -> str:
    """Return a table for a terminal, with cells that break after `width` letters."""
    return tabulate(rows, header, tablefmt="grid", disable_numparse=True, maxcolwidths=width)
