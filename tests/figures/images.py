"""The small picture of each figure that the tests compare: ``python -m tests.figures.images``.

Run as a command, it writes all of them anew; look at each before committing it.
"""

from pathlib import Path
from unittest import mock

import featsim
from featsim.plotting import style
from figures import _registry
from tests.figures import formula

BASELINE = Path(__file__).parent / "baseline"
DOTS_PER_INCH = 60
SMALL = {
    "forgetting": {"factors": (1.2, 2, 5), "periods": (2, 10), "shares": (0.5, 0.1), "seeds": 2},
    "forgetting_square": {"shares": (0.0, 0.1, 1.0), "seeds": 2},
    "plasticity": {"seeds": 2},
    "gap_map": {"gammas": (1, 30, 1_000), "taus": (1, 2, 3), "seeds": 2},
    "phase_diagram": {
        "noise": {"gamma": (20, 80, 500), "tau": (1, 3, 5)},
        "data": {"features": (10, 30, 50), "max_frequency": (0.1, 0.2, 0.4)},
        "seeds": 2,
    },
    "arriving_classes": {"seeds": 2},
    "label_noise": {"shares": (0.0, 0.5), "seeds": 2},
    "noise_spread": {"halves": (0.0, 0.5), "factors": (1.0, 4.0), "seeds": 2},
    "strong_features": {"taus": (2, 6), "seeds": 2},
    "training_price": {"gammas": (10, 500), "taus": (1, 3), "seeds": 2},
}


def render(name, path):
    """Draw a figure of fixed numbers, small, as PNG."""
    with mock.patch.object(featsim, "simulate", formula.simulate):
        figure, _ = _registry.load(name).draw(**SMALL.get(name, {}))
    with style():
        figure.savefig(path, dpi=DOTS_PER_INCH)


if __name__ == "__main__":
    BASELINE.mkdir(exist_ok=True)
    for picture in _registry.names():
        render(picture, BASELINE / f"{picture}.png")
