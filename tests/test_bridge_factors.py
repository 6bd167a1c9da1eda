"""The factors of single weights, and importing the bridge."""

import subprocess
import sys

import pytest

torch = pytest.importorskip("torch")

from featsim import bridge  # noqa: E402


def test_factors_have_one_entry_a_vector():
    shapes = {
        (7,): (),
        (7, 2): (7,),
        (4, 3, 5): (4, 3),
        (4, 3, 5, 5): (4, 3),
        (4, 3, 2, 2, 2): (4, 3),
    }
    for shape, expected in shapes.items():
        assert bridge.shrink_factors(torch.randn(shape), torch.randn(shape)).shape == expected


def test_a_1x1_kernel_is_kept_or_shrunk_to_lam():
    factors = bridge.shrink_factors(torch.randn(6, 5, 1, 1), torch.randn(6, 5, 1, 1), lam=0.2)
    assert sorted(set(factors.flatten().tolist())) == [pytest.approx(0.2), 1.0]


def test_importing_featsim_leaves_torch_alone_and_a_missing_torch_is_explained():
    code = "import sys, featsim; assert 'torch' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)
    code = "import sys; sys.modules['torch'] = None; import featsim.bridge"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert run.returncode == 1
    assert 'ImportError: featsim.bridge needs PyTorch: pip install "featsim[torch]"' in run.stderr
