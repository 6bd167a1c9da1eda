"""The initializations of an experiment: what each keeps of the experiment before, and when."""

import dataclasses
from collections.abc import Callable, Iterable

from featsim import _checks
from featsim.schedules import At, Doubling, Every, When, check_when


@dataclasses.dataclass(frozen=True)
class Init:
    """What experiment j keeps of experiment j − 1: a policy of forgetting.

    The paper's are corners of one square (Algorithms 3, 4 and 5): ``random`` keeps nothing,
    ``warm`` keeps everything, ``ideal`` keeps the features and forgets the noise. Shares between 0
    and 1 keep each feature and each point independently with this probability.
    """

    name: str
    """Label on the ``init`` coordinate of a result."""

    keep_learned: float
    """Share of the learned features L that is kept, 0 … 1."""

    keep_memorized: float
    """Share of the memorized points M that is kept, 0 … 1."""

    when: When = "always"
    """Before which experiments it forgets: ``"always"``, a ``Doubling``, an ``Every`` or an ``At``.
    Before the others, and before the first, it keeps all."""

    def __post_init__(self) -> None:
        if not isinstance(self.name, str) or not self.name:
            raise TypeError(f"name must be a text of at least one letter, not {self.name!r}")
        for name in ("keep_learned", "keep_memorized"):
            value = getattr(self, name)
            share = float(value) if isinstance(value, bool) else value
            object.__setattr__(self, name, _checks.real(name, share, 0.0, 1.0))
        check_when(self.when)


PAPER_INITS = ("random", "warm", "ideal")

NAMED = {
    "random": (0.0, 0.0),
    "cold": (0.0, 0.0),
    "warm": (1.0, 1.0),
    "ideal": (1.0, 0.0),
    "forget_features": (0.0, 1.0),
}
"""Shares kept of features and of memorized points by the corners of the square."""

SPELLING = (
    f"{', '.join(NAMED)}, keep:SHARE,SHARE, doubling, doubling:FACTOR, every:K, at:J,J,…, WHAT@WHEN"
)
"""What a text may say: the shares kept of features and of points; a schedule alone is ideal's."""


def spelled(text: str) -> Init:
    """Return the initialization that a text spells, as in ``keep:1,0.5@every:10``; its label.

    Raises
    ------
    ValueError
        If the text is not of that form, or a number in it is out of range.
    """
    what, at, late = text.partition("@")
    if not at and what.partition(":")[0] in _WHEN:
        what, late = "ideal", what
    try:
        if what.startswith("keep:"):
            learned, memorized = (float(share) for share in what[5:].split(","))
        else:
            learned, memorized = NAMED[what]
        return Init(text, learned, memorized, _schedule(late) if late or at else "always")
    except (KeyError, ValueError) as error:
        if "must be" in str(error):
            raise ValueError(f"in inits {text!r}, {error}") from None
        raise ValueError(f"inits must be among {SPELLING}, not {text!r}") from None


_WHEN: dict[str, Callable[[str], When]] = {
    "doubling": lambda text: Doubling(float(text)),
    "every": lambda text: Every(int(text)),
    "at": lambda text: At(tuple(int(number) for number in text.split(","))),
}


def _schedule(text: str) -> When:
    name, colon, numbers = text.partition(":")
    return Doubling() if name == "doubling" and not colon else _WHEN[name](numbers)


def resolve(inits: str | Init | Iterable[str | Init]) -> tuple[Init, ...]:
    """Return the initializations that ``inits`` names or holds, in its order, each once.

    Raises
    ------
    TypeError
        If ``inits`` is neither a name nor an Init nor several of them.
    ValueError
        For an unknown name, two different ones of the same name, or none at all.
    """
    if not isinstance(inits, Iterable | Init):
        raise TypeError(f"inits must be names or Init values, not {inits!r}")
    chosen: dict[str, Init] = {}
    for item in [inits] if isinstance(inits, str | Init) else inits:
        init = spelled(item) if isinstance(item, str) else item
        if not isinstance(init, Init):
            raise ValueError(f"inits must be among {SPELLING} or Init values, not {item!r}")
        if chosen.setdefault(init.name, init) != init:
            raise ValueError(f"inits must have different names, but two are called {init.name!r}")
    if not chosen:
        raise ValueError(f"inits must name at least one of {', '.join(NAMED)}")
    return tuple(chosen.values())
