"""The command ``featsim fit``: what it prints, what it refuses in a sentence, and bugs."""

import numpy as np
import pytest

from featsim.__main__ import main
from featsim.calibration import function
from featsim.calibration.law import Family

GOOD = "experiment,accuracy\n1,0.2\n2,0.3\n3,0.38\n5,0.45\n8,0.5\n12,0.55\n"


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("0.3\n", "nan\n", "observed must have accuracies in [0, 1], not nan"),
        ("0.3\n", "1.5\n", "observed must have accuracies in [0, 1], not 1.5"),
        ("0.3\n", "x\n", "accuracy must be a number, not 'x' in line 3"),
        ("5,0.45", "2,0.45", "experiments of observed must increase, not 2 after 3"),
        ("8,0.5\n12,0.55\n", "", "observed must have at least 5 experiments, one for each"),
        ("accuracy", "share", "file must have a column 'accuracy', not experiment, share"),
    ],
)
def test_what_is_refused(old, new, sentence, tmp_path, capsys):
    file = tmp_path / "cold.csv"
    file.write_text(GOOD.replace(old, new, 1))
    assert main(["fit", str(file), "--classes", "10"]) == 2
    error = capsys.readouterr().err
    assert error.startswith(f"featsim fit: error: {sentence}")
    assert error.count("\n") == 1


def test_a_bug_in_the_fit_is_not_bad_input(tmp_path, monkeypatch):
    file = tmp_path / "cold.csv"
    file.write_text(GOOD)

    def broken(task):
        raise ValueError("a bug")

    monkeypatch.setattr(function, "solve", broken)
    with pytest.raises(ValueError, match="a bug"):
        main(["fit", str(file), "--classes", "10"])


def test_a_fit_is_printed_and_drawn(tmp_path, capsys):
    curve = Family("zipf", 2, 1, 20).curve(np.log([0.045, 0.3, 2.2]), np.arange(1.0, 9.0))
    file, plot = tmp_path / "cold.csv", tmp_path / "fit.png"
    rows = [f"{j},{accuracy}" for j, accuracy in enumerate(curve, 1)]
    file.write_text("\n".join(["experiment,accuracy", *rows]))
    arguments = ["--classes", "2", "--features", "20", "--tau", "1", "--frequency-law", "zipf"]
    assert main(["fit", str(file), *arguments, "--init", "warm", "--plot", str(plot)]) == 0
    out = capsys.readouterr().out
    for word in ("gamma_per_point", "95 % interval", "predicted accuracy (%)", "warm"):
        assert word in out
    assert plot.stat().st_size > 0
