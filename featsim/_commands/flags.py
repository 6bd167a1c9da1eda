"""The flags of ``python -m featsim.sweep``: one for each field of Config, with several values."""

import dataclasses
import decimal
import typing
from pathlib import Path
from typing import Annotated, Any, Literal

import docstring_parser
import tyro

from featsim.config import Config
from featsim.inits import PAPER_INITS

Number = int | float
MOST_VALUES = 10**6


def parse_values(tokens: list[str], number: type[Number]) -> tuple[Number, ...]:
    """Return the numbers that ``tokens`` name: a number, or a range a:b or a:b:step without b."""
    values: list[Number] = []
    for token in tokens:
        try:
            bounds = [decimal.Decimal(part) for part in token.split(":")]
            if len(bounds) == 1:
                values.append(number(token))
                continue
            start, stop, step = bounds if len(bounds) == 3 else (*bounds, decimal.Decimal(1))
            count = int(((stop - start) / step).to_integral_value(decimal.ROUND_CEILING))
            if count > MOST_VALUES:
                raise ValueError
            steps = [start + i * step for i in range(count)]
            values += [number(str(value)) for value in steps]
        except (ArithmeticError, ValueError):
            kind = "whole numbers" if number is int else "numbers"
            raise ValueError(f"must be {kind} or ranges a:b or a:b:step, not {token!r}") from None
    if not values:
        raise ValueError(f"must have at least one value, not {' '.join(tokens) or 'none'}")
    return tuple(values)


def _values(name: str, number: type[Number], text: str) -> Any:
    """Return the type of a flag that takes several values of a field."""
    default = getattr(Config(), name)
    spec: Any = tyro.constructors.PrimitiveConstructorSpec(
        nargs="*",
        metavar="VALUE|A:B|A:B:STEP …",
        instance_from_str=lambda tokens: parse_values(tokens, number),
        is_instance=lambda instance: isinstance(instance, tuple),
        str_from_instance=lambda instance: [str(value) for value in instance],
    )
    return Annotated[
        tuple[Number, ...],
        spec,
        tyro.conf.arg(help=f"{text} Default: {default}.", help_behavior_hint=""),
    ]


def _fields() -> list[tuple[str, Any, Any]]:
    documented = docstring_parser.parse_from_object(Config).params
    texts = {entry.arg_name: entry.description or "" for entry in documented}
    types = typing.get_type_hints(Config)
    return [
        (field.name, _values(field.name, types[field.name], texts[field.name]), ())
        for field in dataclasses.fields(Config)
        if field.name != "frequencies"
    ]


@dataclasses.dataclass(frozen=True, kw_only=True)
class Options:
    """What the command takes beside the fields of Config."""

    output: Path
    """NetCDF file of the result; a sweep that was stopped is continued."""

    init: tuple[str, ...] = PAPER_INITS
    """Initializations: random (or cold), warm, ideal."""

    seeds: int = 10
    """Number of seeds."""

    seed: int = 0
    """First seed."""

    reduce: Literal["mean_std"] | None = None
    """Keep only mean and standard deviation over the seeds."""

    keep: tuple[str, ...] = ()
    """Variables by class and feature to keep: learned, learn_step, learn_count, frequencies."""

    workers: int | None = None
    """Threads; as many as there are processors if it is not given."""

    scheduler: str | None = None
    """Address of a Dask scheduler, tcp://host:port, to compute on its workers."""

    config: Path | None = None
    """JSON file of a configuration, which the flags change."""

    quiet: bool = False
    """Print nothing but errors."""


Arguments = dataclasses.make_dataclass(
    "Arguments", _fields(), bases=(Options,), frozen=True, kw_only=True
)


def swept(given: Any) -> dict[str, tuple[Number, ...]]:
    """Return the values of the fields of Config that were given."""
    values = {name: getattr(given, name) for name, _, _ in _fields()}
    return {name: several for name, several in values.items() if several}
