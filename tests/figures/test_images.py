"""Each figure looks as it did when somebody last looked at it."""

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib.testing.compare import compare_images
from PIL import Image

from figures import _registry
from tests.figures import images


def coarse(path):
    """Return the picture in blocks of 20 pixels: what is left of a layout when letters differ."""
    with Image.open(path) as picture:
        size = (picture.width // 20, picture.height // 20)
        return np.asarray(picture.convert("RGB").resize(size, Image.Resampling.BOX), float)


@pytest.mark.parametrize("name", _registry.names())
def test_looks_the_same(name, tmp_path):
    expected, actual = images.BASELINE / f"{name}.png", tmp_path / f"{name}.png"
    images.render(name, actual)
    with Image.open(expected) as picture:
        same_release = picture.info["Software"].startswith(f"Matplotlib version{mpl.__version__},")
    if same_release:
        # Root mean square of the difference; a legend that is gone gives 10 and more.
        assert compare_images(str(expected), str(actual), tol=2) is None
    else:
        # Other releases set letters by other rules, which moves whole panels by some pixels.
        assert np.sqrt(np.mean((coarse(expected) - coarse(actual)) ** 2)) < 15
