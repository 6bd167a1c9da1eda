"""The command ``featsim sweep``: an estimate, a progress bar, and a file in the end."""

import contextlib
import dataclasses
import importlib
import sys
import time
import typing
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor
from pathlib import Path
from typing import Annotated, Any, Literal

import tyro
import xarray as xr
from tqdm.std import tqdm

from featsim import _checks
from featsim._commands.ending import checking, keep_all, needing, show
from featsim._commands.flags import (
    ALL,
    Field,
    Inits,
    NoPairs,
    OptionalInt,
    OptionalPath,
    OptionalText,
    choice_fields,
    chosen_inits,
    command_class,
    field_texts,
    field_types,
    number_fields,
    read_config,
)
from featsim._commands.pictures import check_plot
from featsim._commands.ranges import Number, parse_values
from featsim._sweep.estimate import check_size, processor_seconds
from featsim._sweep.function import sweep
from featsim._sweep.grid import POLICY
from featsim._sweep.plan import Plan, make_plan
from featsim._sweep.result import result_bytes
from featsim._sweep.store import Store
from featsim._sweep.table import read_settings
from featsim._sweep.zarr_store import ZarrStore, is_zarr
from featsim._workers import check_workers
from featsim.config import Config

TEXT = "Simulate every combination of values, and store the result as it grows."
SETTING = (
    "The setting. A value is a number or a range, A:B or A:B:STEP, that ends before B, as in "
    "Python. A flag with several values is an axis of the sweep."
)
OptionalReduction = Annotated[
    Literal["mean_std"] | None, tyro.conf.arg(metavar="mean_std", help_behavior_hint="")
]


@dataclasses.dataclass(frozen=True, kw_only=True)
class Options:
    """What to simulate, and where the result goes."""

    output: Path
    """NetCDF file of the result; or a Zarr store, .zarr, where it is larger than memory; or a
    long table of it, .csv. A sweep that was stopped is continued."""

    plot: OptionalPath = None
    """Picture of the last experiment: a .png, .pdf or .svg file. A line for each init over one
    axis, a heat map for each over two, a scatter over the columns of a design."""

    init: Inits = ALL

    seeds: int = 10
    """Number of seeds."""

    seed: int = 0
    """First seed."""

    reduce: OptionalReduction = None
    """Keep only mean and standard deviation over the seeds."""

    keep: Annotated[
        tuple[str, ...], tyro.conf.arg(metavar="VARIABLE …", help_behavior_hint="")
    ] = ()
    """Variables to keep beside those by experiment: learned, learn_step, learn_count, frequencies,
    strengths, gradient_rank."""

    workers: OptionalInt = None
    """Threads; as many as there are processors if it is not given."""

    scheduler: OptionalText = None
    """Address of a Dask scheduler, tcp://host:port, to compute on its workers."""

    config: OptionalPath = None
    """JSON file of a configuration, which the flags change."""

    settings: OptionalPath = None
    """CSV file of a design that is no grid: a column for each parameter, a row for each setting."""

    quiet: bool = False
    """Print nothing but errors."""


def _values(name: str, number: type[Number], text: str) -> Any:
    """Return the type of a flag that takes several values of a field."""
    spec: Any = tyro.constructors.PrimitiveConstructorSpec(
        nargs="*",
        metavar="VALUE …",
        instance_from_str=lambda tokens: parse_values(tokens, number),
        is_instance=lambda instance: isinstance(instance, tuple),
        str_from_instance=lambda instance: [str(value) for value in instance],
    )
    return Annotated[tuple[Number, ...], spec, _shown(name, text, "VALUE …")]


def _shown(name: str, text: str, metavar: str) -> Any:
    default = getattr(Config(), name)
    told = text if default is None else f"{text} Default: {default}."
    return tyro.conf.arg(metavar=metavar, help=told, help_behavior_hint="")


def _fields() -> list[Field]:
    texts, numbers, choices = field_texts(), number_fields(), choice_fields()
    fields: list[Field] = []
    for name in field_types():
        if name in numbers:
            fields.append((name, _values(name, numbers[name], texts[name]), ()))
        elif name in choices:
            words = "|".join(typing.get_args(choices[name]))
            shown = _shown(name, texts[name], f"{words} …")
            word: Any = choices[name]
            fields.append((name, Annotated[tuple[word, ...], shown], ()))
    return fields


def _kinds() -> dict[str, Callable[[str], Any]]:
    """Return what makes a value of a cell, by the column of a table of settings."""
    return {**number_fields(), **dict.fromkeys(POLICY, float)}


def execute(arguments: Sequence[str] | None) -> None:
    """Check everything, tell what it takes, and sweep."""
    with checking(), contextlib.ExitStack() as stack:
        command = command_class(TEXT, SETTING, _fields(), Options)
        given = tyro.cli(command, args=arguments, prog="featsim sweep", config=NoPairs)
        options = given.command
        values = {name: several for name, several in vars(given.setting).items() if several}
        config = read_config(options.config)
        config = config.replace(**{name: several[0] for name, several in values.items()})
        axes = {name: several for name, several in values.items() if len(several) > 1}
        table = None if options.settings is None else read_settings(options.settings, _kinds())
        for name in values:
            if table is not None and name in table:
                raise ValueError(f"{name} must not be both a flag and a column of settings")
        inits = chosen_inits(options.init)
        seeds = _checks.check_seeds(range(options.seed, options.seed + options.seeds))
        zarr = is_zarr(options.output)
        if zarr:
            with needing("zarr", "an output that ends in .zarr"):
                importlib.import_module("zarr")
        plan = make_plan(
            config,
            axes,
            inits,
            seeds,
            options.keep,
            options.reduce,
            settings=table,
            in_memory=not zarr,
        )
        _check_plot(options, plan)
        store = (ZarrStore if zarr else Store)(options.output, plan)
        executor, threads = stack.enter_context(_executor(options.scheduler, options.workers))
        check_size(plan, threads if executor is None else 0, output=options.output)
        closing = stack.pop_all()
    with closing:
        if not options.quiet:
            print(_estimate(plan, store, threads), file=sys.stderr, flush=True)
        start = time.perf_counter()
        dataset = sweep(
            config,
            settings=table,
            inits=inits,
            seeds=seeds,
            executor=executor,
            keep=options.keep,
            reduce=options.reduce,
            workers=options.workers,
            output=options.output,
            progress=False if options.quiet else None,
            **axes,
        )
    took = tqdm.format_interval(time.perf_counter() - start)
    sizes = ", ".join(f"{name} {size}" for name, size in dataset.sizes.items())
    steps: list[Callable[[], None]] = []
    if not options.quiet:
        steps.append(lambda: show(f"{options.output}: {sizes}; {took}"))
    if (file := options.plot) is not None:
        steps.append(lambda: _draw(dataset, file))
    keep_all(*steps)


def _check_plot(options: Options, plan: Plan) -> None:
    """Refuse, before the work, a picture that cannot be drawn or written."""
    if options.plot is None:
        return
    check_plot(options.plot, options.output)
    from featsim._plot.content import MOST, excess_of

    sizes = zip(plan.grid.dims, plan.grid.shape, strict=True)
    axes = [dim for dim, size in sizes if size > 1]
    if excess_of(axes):
        raise ValueError(
            f"plot can be over {MOST}, not {', '.join(axes)}: draw a part with featsim.plot"
        )


def _draw(dataset: xr.Dataset, file: Path) -> None:
    from featsim._plot.function import plot
    from featsim.plotting import save_figure

    save_figure(plot(dataset), file)


@contextlib.contextmanager
def _executor(scheduler: str | None, workers: int | None) -> Iterator[tuple[Executor | None, int]]:
    """Yield where to compute, None for threads of this process, and the number of threads."""
    if scheduler is None:
        yield None, check_workers(workers)
        return
    if workers is not None:
        raise ValueError(f"workers must not be given with a scheduler, not {workers}")
    with needing("distributed", "scheduler"):
        from distributed import Client
    with Client(scheduler, timeout="10s", set_as_default=False) as client:
        yield client.get_executor(), sum(client.nthreads().values())


def _estimate(plan: Plan, store: Store | ZarrStore, threads: int) -> str:
    """Return the size of the sweep, and how long it takes and what memory before it starts."""
    dims = zip((*plan.grid.shape, len(plan.seeds)), (*plan.grid.dims, "seed"), strict=True)
    sizes = " × ".join(f"{size} {name}" for size, name in dims)
    lines = [f"{sizes} = {plan.simulations:,} simulations of {len(plan.inits)} inits"]
    stored, pieces, missing = store.progress()
    if not missing:
        return f"{lines[0]}; all are stored"
    if stored:
        lines.append(f"{stored} of {pieces} pieces are stored")
    duration = processor_seconds(plan) * missing / plan.simulations / max(threads, 1)
    size = tqdm.format_sizeof(result_bytes(plan), "B", 1024)
    where = "before compression" if isinstance(store, ZarrStore) else "of memory"
    lines.append(f"about {tqdm.format_interval(duration)} on {threads} threads, {size} {where}")
    return "\n".join(lines)
