"""The table of what fits recover of settings that are known."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from docs.programs.theory_limit import table

NAMES = ("gamma_per_point", "max_frequency", "frequency_exponent", "tau")
Rows = Sequence[dict[str, Any]]


def recovery_table(rows: Rows) -> str:
    """Return, by kind of curve and of law, how often intervals hold the truth, and the bias."""
    groups: dict[str, Rows] = {}
    for row in rows:
        for name in (row["kind"], f"{row['kind']}, {row['law']}"):
            groups[name] = [*groups.get(name, []), row]
    groups["all"] = rows
    return table(
        ["curves", "settings", "law found", "τ found", "τ held", "γ/n held", "largest p held",
         "exponent held", "γ/n, median of found / true (quartiles)", "largest p, the same",
         "exponent, median of found − true", "rms, median, points", "rms below 1 point",
         "seconds, median / longest"],
        [[name, *_cells(some)] for name, some in sorted(groups.items())],
    )  # fmt: skip


def _cells(rows: Rows) -> list[str]:
    right = [row for row in rows if row["found_law"] == row["law"]]
    zipf = [row for row in right if row["law"] == "zipf"]
    rms = np.array([row["rms"] for row in rows])
    seconds = [row["seconds"] for row in rows]
    return [
        f"{len(rows)}",
        _share(rows, lambda row: row["found_law"] == row["law"]),
        _share(rows, lambda row: row["found"]["tau"] == row["truth"]["tau"]),
        _share(rows, lambda row: held(row, "tau")),
        _share(rows, lambda row: held(row, "gamma_per_point")),
        _share(rows, lambda row: held(row, "max_frequency")),
        _share(zipf, lambda row: held(row, "frequency_exponent")),
        _ratio(rows, "gamma_per_point"),
        _ratio(rows, "max_frequency"),
        "" if not zipf else f"{np.median([_apart(row) for row in zipf]):+.2f}",
        f"{100 * np.median(rms):.2f}",
        f"{np.mean(rms < 0.01):.0%}",
        f"{np.median(seconds):.0f} / {max(seconds):.0f}",
    ]


def held(row: dict[str, Any], name: str) -> bool:
    """Tell whether the interval of a parameter holds its true value."""
    low, high = row["intervals"][name]
    return bool(low <= row["truth"][name] <= high)


def _share(rows: Rows, holds: Any) -> str:
    return f"{np.mean([holds(row) for row in rows]):.0%}" if rows else ""


def _ratio(rows: Rows, name: str) -> str:
    ratios = [row["found"][name] / row["truth"][name] for row in rows]
    low, middle, high = np.quantile(ratios, [0.25, 0.5, 0.75])
    return f"{middle:.2f} ({low:.2f} … {high:.2f})"


def _apart(row: dict[str, Any]) -> float:
    return float(row["found"]["frequency_exponent"] - row["truth"]["frequency_exponent"])
