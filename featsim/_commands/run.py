"""The command ``featsim run``: simulate one setting, print its tables, keep it and draw it."""

import argparse
import dataclasses
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import tyro

import featsim
from featsim import _checks
from featsim._commands.ending import checking, keep_all, show
from featsim._commands.flags import (
    ALL,
    Field,
    Inits,
    NoPairs,
    OptionalFloat,
    OptionalInt,
    OptionalPath,
    chosen_inits,
    command_class,
    field_texts,
    field_types,
    number_fields,
    read_config,
    several,
)
from featsim._commands.pictures import check_plot
from featsim._files import check_writable
from featsim._workers import check_workers
from featsim.config import Config
from featsim.long_table import check_file, is_table, write_file
from featsim.variables import VARIABLES

TEXT = (
    "Simulate one setting and print its tables; keep the result in a file and draw it, if asked to."
)
SETTING = "The paper's synthetic setting (sections 2 and 3.1); its defaults are those of Figure 3."
TABLES = {
    "frequencies": float,
    "points_by_chunk": int,
    "strengths": int,
    "noise_levels": float,
}
"""Fields of Config that hold several numbers."""
OPTIONAL = {int: OptionalInt, float: OptionalFloat}


@dataclasses.dataclass(frozen=True, kw_only=True)
class Options:
    """What to simulate, and what to do with it."""

    init: Inits = ALL

    seeds: int = 10
    """Number of seeds."""

    seed: int = 0
    """First seed."""

    workers: OptionalInt = None
    """Threads; one for each processor if not given."""

    config: OptionalPath = None
    """JSON file with a configuration; flags given beside it come first."""

    output: OptionalPath = None
    """NetCDF file for the whole result; or a .csv file, a long table of it without the
    variables by class and feature."""

    plot: OptionalPath = None
    """Picture of Figure 3's panels: a .png, .pdf or .svg file."""

    quiet: bool = False
    """Print nothing."""

    version: bool = False
    """Print the version and end."""


def parse(arguments: Sequence[str] | None) -> tuple[Config, Options]:
    """Return the setting, over that of the file of ``--config``, and the options."""
    finder = argparse.ArgumentParser(prog="featsim", add_help=False, allow_abbrev=False)
    finder.add_argument("--config", type=Path)
    config = read_config(finder.parse_known_args(arguments)[0].config)
    command = command_class(TEXT, SETTING, _fields(config), Options)
    given = tyro.cli(command, prog="featsim run", args=arguments, config=NoPairs)
    changes = vars(given.setting)
    for name in TABLES:
        if not (numbers := changes.pop(name)):
            continue
        changes[name] = _table(name, numbers, changes["classes"], changes["features"])
    return config.replace(**changes), given.command


def _table(name: str, numbers: tuple[float, ...], C: int, K: int) -> Any:
    """Return numbers, given row by row, in the shape of a field; of another, if they do not fit."""
    shapes = {
        "frequencies": (C, K) if len(numbers) == C * K else (-1, C, K),
        "strengths": (C, K),
        "noise_levels": (-1, 2),
    }
    array = np.array(numbers)
    try:
        return array.reshape(shapes.get(name, -1))
    except ValueError:
        return array[None]  # which the field refuses


def _fields(config: Config) -> list[Field]:
    """Return the flags for the fields of Config, with the values of ``config`` as defaults."""
    texts, numbers = field_texts(), number_fields()
    fields: list[Field] = []
    for name, kind in field_types().items():
        default, text = getattr(config, name), texts[name]
        if name in TABLES:
            help_text = tyro.conf.arg(help=f"{text} Row by row.", help_behavior_hint="")
            values = several(TABLES[name], f"{TABLES[name].__name__.upper()} …")
            fields.append((name, Annotated[tuple, values, help_text], ()))
        elif name in numbers:
            help_text = tyro.conf.arg(help=text)
            number: Any = OPTIONAL[numbers[name]] if default is None else numbers[name]
            fields.append((name, Annotated[number, help_text], default))
        else:
            fields.append((name, Annotated[kind, tyro.conf.arg(help=text)], default))
    return fields


def execute(arguments: Sequence[str] | None) -> None:
    """Simulate, print, and write what the command asks for; print first, so that it is not lost."""
    with checking():
        config, options = parse(arguments)
        if options.version:
            show(f"featsim {featsim.__version__}")
            return
        if options.output is not None:
            check_writable("output", options.output)
        check_plot(options.plot, options.output)
        inits = chosen_inits(options.init)
        number = _checks.integer("seeds", options.seeds, 1)
        if options.output is not None and is_table(options.output):
            check_file(number * len(inits) * config.experiments, len(VARIABLES))
        seeds = _checks.check_seeds(range(options.seed, options.seed + number))
        workers = check_workers(options.workers)
    from featsim._commands.ahead import compile_ahead
    from featsim._memory import check_memory, simulation_bytes
    from featsim.simulation import run_simulation

    check_memory(simulation_bytes(config, inits=inits, seeds=number, workers=workers))
    compile_ahead(config, inits)
    result = run_simulation(
        config,
        inits=inits,
        seeds=seeds,
        workers=workers,
        progress=False if options.quiet else None,
    )
    steps: list[Callable[[], None]] = []
    if not options.quiet:
        from featsim._commands.report import report

        steps.append(lambda: show(report(result)))
    if (output := options.output) is not None:
        steps.append(lambda: write_file(result.label(), output))
    if (plot := options.plot) is not None:
        steps.append(lambda: _draw(result, plot))
    keep_all(*steps)


def _draw(result: Any, file: Path) -> None:
    from featsim.plotting import save_figure, three_panels

    save_figure(three_panels(result.label()), file)
