"""The state of the page: a setting and what is shown of it, as a form and a link hold it."""

import dataclasses
import urllib.parse
from collections.abc import Mapping, Sequence
from typing import Any

from featsim import _checks
from featsim._commands.flags import field_types
from featsim._explore.fields import AXES, text_of, value_of
from featsim.config import Config
from featsim.inits import PAPER_INITS, resolve

VIEWS = ("learned", "process", "diagram", "numbers", "take")
Texts = Mapping[str, Sequence[str]]
"""The state as texts by name, ``init`` with several."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class State:
    """What the page shows. Its fields and those of ``config`` are the parts of a link."""

    config: Config = dataclasses.field(default_factory=Config)
    """The setting."""

    init: tuple[str, ...] = PAPER_INITS
    """Policies, as the command line spells them."""

    seeds: int = 10
    """Number of seeds."""

    seed: int = 0
    """First seed."""

    mean_field: bool = False
    """Whether the mean field is drawn over the panels."""

    theorems: bool = False
    """Whether the theorems' predictions are drawn over the panels."""

    view: str = VIEWS[0]
    """What is shown below the panels."""

    label: int = 1
    """The class whose process is shown, from 1."""

    experiment: int = 1
    """The experiment whose process is shown."""

    policy: str = ""
    """The policy whose process is shown; the first if empty."""

    x: str = "gamma"
    """The field along the phase diagram."""

    y: str = "tau"
    """The field up the phase diagram."""

    def __post_init__(self) -> None:
        resolve(self.init)
        _checks.integer("seeds", self.seeds, 1)
        _checks.integer("seed", self.seed, 0)
        _checks.integer("label", self.label, 1)
        _checks.integer("experiment", self.experiment, 1)
        for name, allowed in (("view", VIEWS), ("x", AXES), ("y", AXES)):
            _among(name, getattr(self, name), allowed)

    @property
    def all_seeds(self) -> range:
        """The seeds."""
        return range(self.seed, self.seed + self.seeds)

    def texts(self) -> dict[str, list[str]]:
        """Return the state as texts, every part of it."""
        config = {name: [text_of(getattr(self.config, name))] for name in field_types()}
        return {**config, "init": list(self.init), **{n: [_text(self, n)] for n in _own()}}

    def query(self) -> str:
        """Return the part of a link after its question mark: what differs from the default."""
        default = State().texts()
        changed = {name: text for name, text in self.texts().items() if text != default[name]}
        return urllib.parse.urlencode(changed, doseq=True, safe=":,@[]")


def read_texts(texts: Texts) -> State:
    """Return the state that texts say; what they leave out has its default.

    Raises
    ------
    ValueError, TypeError
        If a part has an unknown name, or a value that is not allowed.
    """
    given = {**State().texts(), **texts}
    known = (*field_types(), "init", *_own())
    for name in given:
        if name not in known:
            raise ValueError(f"a link has no part {name!r}; it has {', '.join(known)}")
    fields = {name: value_of(name, _last(given, name)) for name in field_types()}
    own: dict[str, Any] = {}
    for name, default in _own().items():
        text = _last(given, name)
        if isinstance(default, bool):
            own[name] = _among(name, text, ("yes", "no")) == "yes"
        elif isinstance(default, int):
            own[name] = int(text) if text.strip().isdecimal() else text
        else:
            own[name] = text
    config = Config(**fields)
    return State(config=config, init=tuple(given["init"]), **own)


def read_query(query: str) -> State:
    """Return the state that the part of a link after its question mark says.

    Raises
    ------
    ValueError, TypeError
        As ``read_texts``.
    """
    texts = urllib.parse.parse_qs(query.removeprefix("?"), keep_blank_values=True)
    return read_texts(texts)


def _among(name: str, word: str, allowed: Sequence[str]) -> str:
    """Return a word that is allowed."""
    if word not in allowed:
        raise ValueError(f"{name} must be among {', '.join(allowed)}, not {word!r}")
    return word


def _own() -> dict[str, Any]:
    """Return the fields that are one text, with their defaults."""
    fields = dataclasses.fields(State)
    return {f.name: f.default for f in fields if f.name not in ("config", "init")}


def _text(state: State, name: str) -> str:
    value = getattr(state, name)
    return ("yes" if value else "no") if isinstance(value, bool) else str(value)


def _last(texts: Texts, name: str) -> str:
    values = texts[name]
    return values[-1] if values else ""
