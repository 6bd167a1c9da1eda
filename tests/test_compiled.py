"""Kernels give the same compiled and as plain Python, where indices and overflows are checked."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import featsim


def results():
    """Return every array of some small simulations."""
    forgetful = featsim.Init("forgetful", keep_learned=False, keep_memorized=True)
    inits = ("random", "warm", "ideal", forgetful, "doubling", "keep:0.4,0.7@every:2")
    arrays = {}
    for name, config in {
        "small": featsim.Config(
            classes=2,
            features=6,
            points_per_chunk=140,
            experiments=5,
            gamma=6,
            tau=2,
            max_frequency=0.4,
            test_points=140,
        ),
        "wide": featsim.Config(
            classes=1,
            features=70,
            points_per_chunk=20,
            experiments=3,
            gamma=3,
            tau=17,
            max_frequency=0.9,
            test_points=30,
        ),
        "exact": featsim.Config(
            classes=1,
            features=4,
            points_per_chunk=70,
            experiments=2,
            gamma=3,
            test_points=70,
            frequencies=((0.0, 1.0, 0.5, 1e-320),),
        ),
        "beyond": featsim.Config(
            classes=2,
            features=6,
            points_per_chunk=140,
            experiments=4,
            gamma=6,
            tau=2,
            max_frequency=0.4,
            test_points=20,
            drift=0.3,
            label_noise=0.1,
            window=2,
            max_strength=3,
            noise_levels=((0.5, 0.5), (1.5, 0.5)),
        ),
    }.items():
        out = featsim.simulate(config, inits=inits, seeds=2, workers=1, gradient_rank=True)
        arrays |= {f"{name}, {variable}": out[variable].values for variable in out}
    rng = np.random.default_rng(0)
    chunks = rng.permutation(np.repeat([0, 1, 3], [1, 70, 64]))
    stream = featsim.FeatureStream(
        rng.random((135, 5)) < [0.1, 0.2, 0.3, 0.3, 1.0], rng.integers(0, 3, 135), chunks, 4
    )
    out = featsim.simulate_stream(stream, gamma=3.5, tau=3, inits=inits, test=stream, workers=1)
    return arrays | {f"stream, {variable}": out[variable].values for variable in out}


@pytest.mark.slow
def test_compiled_and_interpreted_are_equal(tmp_path):
    file = tmp_path / "interpreted.npz"
    subprocess.run(
        [sys.executable, "-W", "error", __file__, str(file)],
        env=os.environ | {"NUMBA_DISABLE_JIT": "1", "PYTHONPATH": str(Path(__file__).parents[1])},
        check=True,
    )
    interpreted, compiled = np.load(file), results()
    assert set(interpreted) == set(compiled)
    for name, expected in compiled.items():
        np.testing.assert_array_equal(interpreted[name], expected, name, strict=True)


if __name__ == "__main__":
    import numba

    assert numba.config.DISABLE_JIT
    np.savez(sys.argv[1], **results())
