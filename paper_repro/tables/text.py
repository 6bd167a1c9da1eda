"""How numbers and tables are written: mean and spread over seeds, Markdown."""

from collections.abc import Sequence

from tabulate import tabulate

from paper_repro.spread import mean_std


def plus_minus(values: Sequence[float], digits: int = 1) -> str:
    """Return "mean ± standard deviation", or the value alone if there is one."""
    mean, spread = mean_std(values)
    return f"{mean:.{digits}f}" if len(values) == 1 else f"{mean:.{digits}f} ± {spread:.{digits}f}"


def with_seeds(values: Sequence[float], digits: int) -> str:
    """Return `plus_minus` with the number of seeds."""
    many = "seed" if len(values) == 1 else "seeds"
    return f"{plus_minus(values, digits)} ({len(values)} {many})"


def markdown(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a table in Markdown; every cell is text, written as it is."""
    return tabulate(rows, header, tablefmt="pipe", disable_numparse=True)


def terminal(header: Sequence[str], rows: Sequence[Sequence[str]], width: int = 20) -> str:
    """Return a table for a terminal, with cells that break after `width` letters."""
    return tabulate(rows, header, tablefmt="grid", disable_numparse=True, maxcolwidths=width)
