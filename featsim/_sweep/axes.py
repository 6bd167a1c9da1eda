"""The axes of a sweep: fields of the configuration, and what makes up the one init of a sweep."""

import dataclasses
import itertools
import math
from collections.abc import Iterable, Iterator, Mapping, Sized
from typing import Any

from featsim._memory import check_memory
from featsim.config import Config
from featsim.inits import Init
from featsim.schedules import Doubling

POLICY = ("keep_learned", "keep_memorized", "factor")
TABLES = ("frequencies", "points_by_chunk", "strengths", "noise_levels")
FIELDS = tuple(
    field.name for field in dataclasses.fields(Config) if field.name not in ("experiments", *TABLES)
)
SETTING_BYTES = 1_000
"""About what the plan holds of one setting."""

Axes = dict[str, tuple[Any, ...]]


@dataclasses.dataclass(frozen=True)
class Grid:
    """The settings of a sweep, the last axis fastest."""

    axes: Axes
    configs: tuple[Config, ...]
    policies: tuple[tuple[Init, ...], ...]


def make_grid(
    config: Config,
    axes: Mapping[str, Iterable[Any]],
    inits: tuple[Init, ...],
    bytes_of_result: int,
) -> Grid:
    """Return every combination of the values, checked, unless they are more than memory holds.

    ``bytes_of_result`` is what one setting has of the result, at least.

    Raises
    ------
    ValueError, TypeError
        If an axis or a combination of values is not allowed.
    MemoryError
        If there are too many combinations; none is built then.
    """
    for name in axes:
        _check_axis(name, axes[name], inits)
    lengths = [len(values) for values in axes.values() if isinstance(values, Sized)]
    _check_number(math.prod(lengths), bytes_of_result)
    given = {name: list(values) for name, values in axes.items()}
    for name, values in given.items():
        _check_values(name, values)
    _check_number(math.prod(map(len, given.values())), bytes_of_result)
    configs, policies = [], []
    for some_config, some_inits in _settings(config, inits, given):
        configs.append(some_config)
        policies.append(some_inits)
    checked: Axes = {}
    stride = len(configs)
    for name, values in given.items():
        stride //= len(values)
        places = range(0, stride * len(values), stride)
        checked[name] = tuple(_value(name, configs[i], policies[i]) for i in places)
        if len(set(checked[name])) < len(values):
            raise ValueError(f"{name} must have different values, not {list(checked[name])}")
    return Grid(checked, tuple(configs), tuple(policies))


def _settings(
    config: Config, inits: tuple[Init, ...], axes: Mapping[str, list[Any]]
) -> Iterator[tuple[Config, tuple[Init, ...]]]:
    for point in itertools.product(*axes.values()):
        at = dict(zip(axes, point, strict=True))
        fields = {name: value for name, value in at.items() if name not in POLICY}
        policy = {name: value for name, value in at.items() if name in POLICY}
        try:
            yield config.replace(**fields), _changed(inits, policy)
        except (TypeError, ValueError) as error:
            place = ", ".join(f"{name} = {value}" for name, value in at.items())
            raise type(error)(f"at {place}: {error}") from None


def _changed(inits: tuple[Init, ...], policy: dict[str, Any]) -> tuple[Init, ...]:
    """Return the one init with other shares or another factor; any inits where there is neither."""
    if not policy:
        return inits
    shares = dict(policy)
    if "factor" in shares:
        shares["when"] = Doubling(shares.pop("factor"))
    return (dataclasses.replace(inits[0], **shares),)


def _value(name: str, config: Config, inits: tuple[Init, ...]) -> Any:
    """Return the value of an axis at a setting, as it was checked."""
    if name not in POLICY:
        return getattr(config, name)
    return getattr(inits[0].when if name == "factor" else inits[0], name)


def _check_axis(name: str, values: Any, inits: tuple[Init, ...]) -> None:
    if name == "experiments":
        raise ValueError(
            "experiments cannot be an axis: a simulation of many experiments contains that of fewer"
        )
    if name not in (*FIELDS, *POLICY):
        raise ValueError(f"an axis must be among {', '.join((*FIELDS, *POLICY))}, not {name!r}")
    if isinstance(values, str) or not isinstance(values, Iterable):
        raise TypeError(f"{name} must be several values, as it is an axis, not {values!r}")
    if name in POLICY and len(inits) > 1:
        names = ", ".join(init.name for init in inits)
        raise ValueError(f"inits must hold one init where {name} is an axis, not {names}")
    if name == "factor" and not isinstance(inits[0].when, Doubling):
        raise ValueError(
            "inits must hold an init that forgets at doublings where factor is an axis, "
            f"not {inits[0].name!r}"
        )


def _check_values(name: str, values: list[Any]) -> None:
    if not values:
        raise ValueError(f"{name} must have at least one value, as it is an axis, not none")
    if name == "window" and None in values:
        raise ValueError(
            "window must be integers of at least 1, as it is an axis, not None: "
            "a number of at least experiments is all data"
        )


def _check_number(settings: int, bytes_of_result: int) -> None:
    """Refuse more settings than memory holds, from their number alone."""
    check_memory(
        settings * (SETTING_BYTES + bytes_of_result), "sweep", "values, seeds, inits or experiments"
    )
