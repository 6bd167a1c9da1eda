"""FIRE in the bridge, against the singular value decomposition and against plain loops."""

import numpy as np
import pytest

torch = pytest.importorskip("torch")
from torch import nn  # noqa: E402

from featsim import bridge  # noqa: E402

CONVOLUTIONS = {
    "line": (nn.Conv1d(6, 4, 5), 1),
    "plane": (nn.Conv2d(3, 8, 3), 1),
    "pointwise": (nn.Conv2d(3, 8, 1), 1),
    "volume": (nn.Conv3d(2, 5, 2), 1),
    "grouped": (nn.Conv2d(4, 12, (3, 2), groups=2), 2),
    "depthwise": (nn.Conv2d(4, 4, 3, groups=4), 4),
    "transposed": (nn.ConvTranspose2d(6, 4, 3), 1),
    "transposed and grouped": (nn.ConvTranspose2d(8, 6, 3, groups=2), 2),
}


def matrix_by_hand(matrix, iterations):
    """FIRE of one matrix by Newton and Schulz, in float64; no vectorization over positions."""
    out, into = matrix.shape
    X = matrix.astype(np.float64)
    X = X / np.sqrt((X * X).sum())
    if out < into:
        X = X.T
    for _ in range(iterations):
        X = 1.5 * X - 0.5 * X @ X.T @ X
    return (X.T if out < into else X) * np.sqrt(out / into)


def weight_by_hand(weight, groups, of_matrix):
    """Apply `of_matrix` at every kernel position of every group; divide by the positions."""
    result = np.zeros(weight.shape)
    size, positions = weight.shape[0] // groups, weight[0, 0].size
    for group in range(groups):
        rows = slice(group * size, (group + 1) * size)
        for position in np.ndindex(weight.shape[2:]):
            index = (rows, slice(None), *position)
            result[index] = of_matrix(weight[index]) / positions
    return result


def well_conditioned(shape, groups, seed):
    """A weight whose matrices all have singular values from 1 to 2."""
    generator = np.random.default_rng(seed)
    draw = generator.normal(size=shape)

    def of_matrix(matrix):
        u, s, vt = np.linalg.svd(matrix, full_matrices=False)
        return u * generator.uniform(1, 2, len(s)) @ vt

    return weight_by_hand(draw, groups, of_matrix)


def polar_factor(matrix):
    u, _, vt = np.linalg.svd(matrix, full_matrices=False)
    return u @ vt * np.sqrt(matrix.shape[0] / matrix.shape[1])


@pytest.mark.parametrize("name", CONVOLUTIONS)
def test_each_position_of_each_group_is_the_scaled_polar_factor(name):
    layer, groups = CONVOLUTIONS[name]
    layer = layer.double()
    weight = well_conditioned(tuple(layer.weight.shape), groups, seed=3)
    with torch.no_grad():
        layer.weight.copy_(torch.from_numpy(weight))
    bias = layer.bias.clone()
    assert bridge.fire_(layer, iterations=15) == ["weight"]
    expected = weight_by_hand(weight, groups, polar_factor)
    np.testing.assert_allclose(layer.weight.detach().numpy(), expected, atol=1e-12)
    assert torch.equal(layer.bias, bias)


@pytest.mark.parametrize("shape", [(7, 4), (4, 7), (5, 5), (1, 6), (6, 1)])
def test_a_linear_weight_becomes_orthogonal_with_the_scale_of_its_shape(shape):
    out, into = shape
    layer = nn.Linear(into, out).double()
    weight = well_conditioned(shape, 1, seed=4)
    with torch.no_grad():
        layer.weight.copy_(torch.from_numpy(weight))
    assert bridge.fire_(layer, iterations=20) == ["weight"]
    new = layer.weight.detach().numpy()
    gram = new.T @ new if out >= into else new @ new.T
    np.testing.assert_allclose(gram, np.eye(min(shape)) * out / into, atol=1e-12)
    np.testing.assert_allclose(new, polar_factor(weight), atol=1e-12)


@pytest.mark.parametrize("iterations", [1, 3, 10])
@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float32, torch.float64])
def test_the_iterations_are_newton_and_schulzs_in_float32_or_wider(iterations, dtype):
    torch.manual_seed(0)
    layers = {"linear": nn.Linear(9, 6), "conv": nn.Conv2d(4, 6, 3, groups=2)}
    model = nn.ModuleDict(layers).to(dtype)
    before = {n: layer.weight.detach().double().numpy().copy() for n, layer in layers.items()}
    assert bridge.fire_(model, iterations=iterations) == ["linear.weight", "conv.weight"]
    for name, groups in (("linear", 1), ("conv", 2)):
        expected = weight_by_hand(before[name], groups, lambda m: matrix_by_hand(m, iterations))
        actual = layers[name].weight.detach()
        assert actual.dtype == dtype
        error = np.abs(actual.double().numpy() - expected).max()
        # Rounded once to the weight's type, beside what a computation in float32 loses.
        wide = 1e-15 if dtype == torch.float64 else 1e-6
        assert error <= torch.finfo(dtype).eps * np.abs(expected).max() + wide


@pytest.mark.parametrize("scale", [1e-40, 1e-25, 1e25, 1e37])
def test_the_scale_of_a_weight_does_not_matter(scale):
    torch.manual_seed(0)
    plain, scaled = nn.Linear(6, 4, bias=False), nn.Linear(6, 4, bias=False)
    with torch.no_grad():
        scaled.weight.copy_(plain.weight * scale)
    bridge.fire_(plain)
    bridge.fire_(scaled)
    # Numbers of 1e-40 have few digits left.
    assert torch.allclose(plain.weight, scaled.weight, atol=1e-3 if scale < 1e-38 else 1e-5)
    with torch.no_grad():
        scaled.weight.zero_()
    bridge.fire_(scaled)
    assert not scaled.weight.any()


def test_ten_iterations_by_default():
    torch.manual_seed(0)
    one, two = nn.Linear(20, 20), nn.Linear(20, 20)
    two.load_state_dict(one.state_dict())
    bridge.fire_(one)
    bridge.fire_(two, iterations=10)
    assert torch.equal(one.weight, two.weight)


def test_what_stays():
    torch.manual_seed(0)
    model = nn.ModuleDict(
        {
            "linear": nn.Linear(3, 4),
            "tied": nn.Linear(3, 4),
            "frozen": nn.Linear(3, 4).requires_grad_(False),
            "norm": nn.BatchNorm2d(4),
            "embedding": nn.Embedding(5, 3),
            "attention": nn.MultiheadAttention(4, 2),
            "zero": nn.Linear(2, 2),
        }
    )
    model["tied"].weight = model["linear"].weight
    nn.init.zeros_(model["zero"].weight)
    before = {n: v.clone() for n, v in model.state_dict().items()}
    changed = ["linear.weight", "attention.out_proj.weight", "zero.weight"]
    assert bridge.fire_(model) == changed
    for name, value in model.state_dict().items():
        stays = name not in {*changed, "tied.weight"} or name == "zero.weight"
        assert torch.equal(value, before[name]) == stays, name
    expected = matrix_by_hand(before["linear.weight"].double().numpy(), 10)  # once, though tied
    np.testing.assert_allclose(model["linear"].weight.detach().numpy(), expected, atol=1e-6)


def test_include_chooses_and_wrappers_are_unwrapped():
    model = nn.DataParallel(nn.Sequential(nn.Embedding(5, 3), nn.Linear(3, 2), nn.LayerNorm(2)))
    before = {n: v.clone() for n, v in model.module.state_dict().items()}
    asked = []

    def include(name, parameter):
        asked.append(name)
        return name.startswith("0.") or parameter.ndim == 1

    assert bridge.fire_(model, include=include) == ["0.weight"]
    assert asked == list(before)
    for name, value in model.module.state_dict().items():
        assert torch.equal(value, before[name]) == (name != "0.weight")
    expected = matrix_by_hand(before["0.weight"].double().numpy(), 10)
    np.testing.assert_allclose(model.module[0].weight.detach().numpy(), expected, atol=1e-6)


def test_bad_arguments():
    with pytest.raises(ValueError, match="iterations must be an integer of at least 1, not 0"):
        bridge.fire_(nn.Linear(2, 2), iterations=0)
    with pytest.raises(TypeError, match="model must be"):
        bridge.fire_([nn.Linear(2, 2)])
