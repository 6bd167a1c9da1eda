"""Settings to start from: the paper's, and those of docs/beyond.md."""

import dataclasses
from typing import Any

from featsim._explore.state import State
from featsim.config import Config
from featsim.inits import PAPER_INITS

WITH_DOUBLING = (*PAPER_INITS, "doubling")


@dataclasses.dataclass(frozen=True)
class Preset:
    """A setting with a name."""

    group: str
    name: str
    state: State


def _paper(name: str, **changes: Any) -> Preset:
    return Preset("The paper", name, State(config=Config(**changes)))


def _beyond(name: str, **changes: Any) -> Preset:
    init = changes.pop("init", WITH_DOUBLING)
    return Preset("Beyond the paper", name, State(config=Config(**changes), init=init))


PRESETS = (
    _paper("Figure 3"),
    Preset(
        "The paper",
        "Figure 5, a process of eight points",
        State(
            config=Config(
                classes=1,
                features=6,
                points_per_chunk=4,
                experiments=4,
                gamma=2.0,
                tau=2,
                max_frequency=0.8,
                test_points=0,
            ),
            view="process",
            experiment=2,
        ),
    ),
    *(
        _paper(f"Figure 9, C = {classes}", classes=classes, points_per_chunk=500 * classes)
        for classes in (5, 10)
    ),
    *(_paper(f"Figure 10, γ = {gamma}", gamma=float(gamma)) for gamma in (25, 100)),
    *(_paper(f"Figure 11, τ = {tau}", tau=tau) for tau in (1, 5)),
    Preset("Beyond the paper", "Forgetting at doublings", State(init=WITH_DOUBLING)),
    _beyond(
        "Zipf's law, s = 1.5",
        frequency_law="zipf",
        frequency_exponent=1.5,
        max_frequency=0.5,
        features=200,
        points_per_chunk=512,
        gamma=16.0,
        tau=1,
        test_points=0,
        init=(*WITH_DOUBLING, "keep:1,0.9"),
    ),
    _beyond("Drift 0.1, newest chunk only", drift=0.1, window=1, test_points=0),
    _beyond("Drift 0.1, window 3", drift=0.1, window=3, test_points=0),
    _beyond("Newest chunk only", window=1),
    _beyond("Label noise 0.5", label_noise=0.5),
    _beyond("Noise of two strengths", noise_levels=((0.5, 0.5), (1.5, 0.5))),
    _beyond("A tenth of the points with strong noise", noise_levels=((2 / 3, 0.9), (4.0, 0.1))),
    _beyond("Features of strengths 1 to 3", max_strength=3, tau=5),
    _beyond("Classes that arrive", classes=5, class_arrival=10, experiments=60),
)
"""In the order of the page."""
