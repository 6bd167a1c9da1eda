"""Records of runs that were never run, and the cells of the tables that are made of them."""

from paper_repro import records


def write(root, run, accuracy, steps, *, count=2, converged=True):
    """Write the records of a run with `count` of two experiments finished."""
    folder = root / run.name
    folder.mkdir(parents=True)
    records.append(
        folder,
        {
            "kind": "run", "run": run.to_dict(), "experiments": 2,
            "versions": {"torch": "2"}, "device": "abacus",
        },
    )  # fmt: skip
    for number in range(1, count + 1):
        records.append(
            folder,
            {
                "kind": "experiment", "experiment": number, "train_size": 10, "epochs": 1,
                "steps": steps // 2, "converged": converged, "train_accuracy": 1.0,
                "test_accuracy": accuracy, "seconds": 1800.0,
            },
        )  # fmt: skip


def cells_of(text):
    return [[c.strip() for c in line.split("|")] for line in text.splitlines() if line[:1] == "|"]
