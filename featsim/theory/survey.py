"""Each statement of the theorems over many random balanced streams."""

import numpy as np

from featsim.theory.random_streams import random_case
from featsim.theory.report import Report, check


def survey(streams: int, seed: int) -> str:
    """Return a table of how many of some random streams each statement holds on.

    The streams meet Assumptions 3.1 and 3.3 as the proofs use them; see ``random_case``.
    """
    reports = random_reports(streams, seed)
    printed = sum(report.different_counts.holds is True for report in reports)
    predicted = sum(report.as_predicted for report in reports)
    lines = [
        f"{streams} random balanced streams that meet Assumptions 3.1 and 3.3 as the proofs use "
        f"them, seed {seed}",
        f"{printed} meet 3.3 as printed too; on {predicted} the simulator gives what is predicted",
        "",
        f"{'source':<21} {'statement':<65} {'holds':>6} {'fails':>6}  first failing",
    ]
    for statements in zip(*(report.statements for report in reports), strict=True):
        failing = [i for i, s in enumerate(statements) if s.holds is False]
        holding = sum(s.holds is True for s in statements)
        first = f"stream {failing[0]}" if failing else ""
        one = statements[0]
        row = f"{one.source:<21} {one.text:<65} {holding:>6} {len(failing):>6}  {first}"
        lines.append(row.rstrip())
    return "\n".join(lines)


def random_reports(streams: int, seed: int) -> list[Report]:
    """Return reports on random streams; stream i does not depend on how many there are."""
    reports = []
    for i in range(streams):
        case = random_case(np.random.default_rng([seed, i]))
        reports.append(check(case.stream, gamma=case.gamma, tau=case.tau))
    return reports
