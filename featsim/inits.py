"""The initializations of an experiment: what each keeps of the experiment before."""

import dataclasses
from collections.abc import Iterable


@dataclasses.dataclass(frozen=True)
class Init:
    """What experiment j keeps of experiment j − 1.

    The named ones are corners of one square (Algorithms 3, 4 and 5): ``random`` keeps nothing,
    ``warm`` keeps everything, ``ideal`` keeps the features and forgets the noise.
    """

    name: str
    """Label on the ``init`` coordinate of a result."""

    keep_learned: bool
    """Whether the learned features L are kept."""

    keep_memorized: bool
    """Whether the memorized points M are kept."""


RANDOM = Init("random", keep_learned=False, keep_memorized=False)
WARM = Init("warm", keep_learned=True, keep_memorized=True)
IDEAL = Init("ideal", keep_learned=True, keep_memorized=False)

NAMED = {"random": RANDOM, "cold": RANDOM, "warm": WARM, "ideal": IDEAL}


def resolve(inits: str | Init | Iterable[str | Init]) -> tuple[Init, ...]:
    """Return the initializations that ``inits`` names, in its order, each once.

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
        init = NAMED.get(item) if isinstance(item, str) else item
        if not isinstance(init, Init):
            raise ValueError(f"inits must be among {', '.join(NAMED)}, not {item!r}")
        if chosen.setdefault(init.name, init) != init:
            raise ValueError(f"inits must have different names, but two are called {init.name!r}")
    if not chosen:
        raise ValueError(f"inits must name at least one of {', '.join(NAMED)}")
    return tuple(chosen.values())
