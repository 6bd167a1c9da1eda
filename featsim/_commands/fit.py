"""The command ``featsim fit``: the framework fitted to the accuracy of a cold start."""

import dataclasses
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated, Literal

import tyro
from tabulate import tabulate

from featsim._commands.ending import checking, keep_all, show
from featsim._commands.flags import ALL, Inits, NoPairs, OptionalInt, OptionalPath, chosen_inits
from featsim._commands.pictures import check_plot


@dataclasses.dataclass(frozen=True)
class Command:
    """Fit γ/n, τ, the frequency law and K to the accuracy of a cold start by experiment.

    Prints the estimates with 95 % intervals, what they leave open, and what they predict of other
    initializations.
    """

    file: Annotated[tyro.conf.Positional[Path], tyro.conf.arg(metavar="FILE")]
    """CSV file with the columns experiment, accuracy (0 … 1) and, if known, run and steps."""

    classes: int
    """Number of classes, C."""

    points_per_chunk: OptionalInt = None
    """Points of a chunk, n, if the simulator is to be fitted; the mean field if not given."""

    features: OptionalInt = None
    """Features of each class, K; enumerated if not given."""

    tau: OptionalInt = None
    """Learned features that a point needs, τ; enumerated if not given."""

    frequency_law: Annotated[
        Literal["uniform", "zipf"] | None,
        tyro.conf.arg(metavar="uniform|zipf", help_behavior_hint=""),
    ] = None
    """Law of the frequencies; the likelier one if not given."""

    init: Inits = ALL

    workers: OptionalInt = None
    """Threads; one for each processor if not given."""

    plot: OptionalPath = None
    """Picture of the observed curve and the predicted ones: a .png, .pdf or .svg file."""


def execute(arguments: Sequence[str] | None) -> None:
    """Fit, print, and draw if asked to."""
    with checking():
        command = tyro.cli(Command, prog="featsim fit", args=arguments, config=NoPairs)
        inits = chosen_inits(command.init)
        check_plot(command.plot)
        from featsim._commands.report import shown_experiments
        from featsim.calibration.csv_file import read_csv
        from featsim.calibration.function import check, solve

        task = check(
            read_csv(command.file),
            classes=command.classes,
            points_per_chunk=command.points_per_chunk,
            features=command.features,
            tau=command.tau,
            frequency_law=command.frequency_law,
            workers=command.workers,
        )
    fitted = solve(task)
    names = tuple(init.name for init in inits)
    predicted = 100 * fitted.predict(names)["exact_accuracy"]
    shown = shown_experiments(predicted.sizes["experiment"])
    rows = [[j, *predicted.sel(experiment=j).to_numpy()] for j in shown]
    table = tabulate(rows, ["experiment", *names], floatfmt=("d", *[".2f"] * len(names)))
    steps: list[Callable[[], None]] = [lambda: show(f"{fitted}\n\npredicted accuracy (%)\n{table}")]
    if (plot := command.plot) is not None:

        def draw() -> None:
            from featsim.calibration.picture import draw_fit
            from featsim.plotting import save_figure

            save_figure(draw_fit(fitted, names), plot)

        steps.append(draw)
    keep_all(*steps)
