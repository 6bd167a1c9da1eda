"""The flags that commands share: one for each field of Config, and how they are spelled."""

import dataclasses
import typing
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, Optional

import docstring_parser
import tyro

from featsim.config import Config
from featsim.inits import PAPER_INITS, SPELLING, Init, resolve

Flat: Any = tyro.conf.OmitArgPrefixes
NoPairs = (tyro.conf.FlagCreatePairsOff,)
Field = tuple[str, Any, Any]


def _shown(metavar: str) -> Any:
    return tyro.conf.arg(metavar=metavar, help_behavior_hint="")


# ``int | None``, and ``tuple[str, ...]`` below, would make tyro import a checker of types, which
# takes as long as tyro itself.
OptionalInt = Annotated[Optional[int], _shown("INT")]  # noqa: UP045
OptionalFloat = Annotated[Optional[float], _shown("FLOAT")]  # noqa: UP045
OptionalPath = Annotated[Optional[Path], _shown("PATH")]  # noqa: UP045
OptionalText = Annotated[Optional[str], _shown("TEXT")]  # noqa: UP045


class Words(tuple[str, ...]):
    """Several words."""


ALL = Words(("all",))


def several(kind: type, metavar: str, made: type = tuple) -> Any:
    """Return how a flag of the type ``made`` takes any number of values."""
    return tyro.constructors.PrimitiveConstructorSpec(
        nargs="*",
        metavar=metavar,
        instance_from_str=lambda tokens: made(kind(token) for token in tokens),
        is_instance=lambda instance: isinstance(instance, tuple),
        str_from_instance=lambda instance: [str(value) for value in instance],
    )


Inits = Annotated[
    Words,
    several(str, "INIT …", Words),
    tyro.conf.arg(
        help=(
            "What an experiment keeps: nothing (random, cold), all (warm), only the features "
            "(ideal); or shares, and when it forgets. One or several of: all (random, warm and "
            f"ideal), {SPELLING}."
        ),
    ),
]


def chosen_inits(names: Iterable[str]) -> tuple[Init, ...]:
    """Return the initializations that ``--init`` names."""
    spelled = [paper for name in names for paper in (PAPER_INITS if name == "all" else (name,))]
    return resolve(dict.fromkeys(spelled))


def field_types() -> dict[str, Any]:
    """Return the type of each field of Config, in their order."""
    types = typing.get_type_hints(Config)
    return {field.name: types[field.name] for field in dataclasses.fields(Config)}


def number_fields() -> dict[str, type[int] | type[float]]:
    """Return the fields of Config that are one number, or None, with its type."""
    numbers = {int: int, float: float, int | None: int}
    return {name: numbers[kind] for name, kind in field_types().items() if kind in numbers}


def choice_fields() -> dict[str, Any]:
    """Return the fields of Config that are one of several words, with their type."""
    kinds = field_types().items()
    return {name: kind for name, kind in kinds if typing.get_origin(kind) is Literal}


def field_texts() -> Mapping[str, str]:
    """Return what Config says of each field."""
    documented = docstring_parser.parse_from_object(Config).params
    return {entry.arg_name: " ".join((entry.description or "").split()) for entry in documented}


def command_class(text: str, setting: str, fields: Iterable[Field], options: type) -> Any:
    """Return the dataclass of a command's flags: those for the fields of Config, then the others.

    ``text`` says what the command does, ``setting`` what its first flags are.
    """
    first: Any = dataclasses.make_dataclass("Setting", list(fields), frozen=True, kw_only=True)
    first.__doc__ = setting
    both = [("setting", Annotated[first, Flat]), ("command", Annotated[options, Flat])]
    made: Any = dataclasses.make_dataclass("Command", both, frozen=True)
    made.__doc__ = text
    return made


def read_config(file: Path | None) -> Config:
    """Return the configuration of a JSON file, with or without a byte order mark, or Figure 3's."""
    if file is None:
        return Config()
    try:
        text = file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise ValueError(f"config must be a file that can be read: {error}") from None
    return Config.from_json(text)
