"""DASH in the bridge, against plain loops over NumPy vectors written from Algorithm 1."""

import numpy as np
import pytest

torch = pytest.importorskip("torch")
from torch import nn  # noqa: E402

from featsim import bridge  # noqa: E402


def dash_by_hand(weights, gradients, alpha, lam):
    """Algorithm 1, one vector at a time, on {name: array} and a list of {name: array}."""
    result = {}
    for name, weight in weights.items():
        weight = weight.astype(np.float64)
        average = np.zeros_like(weight)
        for chunk in gradients:
            average = (1 - alpha) * average + alpha * chunk[name].astype(np.float64)
        new = weight.copy()
        if weight.ndim == 1:
            vectors = [()]
        elif weight.ndim == 2:
            vectors = [(row,) for row in range(weight.shape[0])]
        else:
            vectors = [(o, i) for o in range(weight.shape[0]) for i in range(weight.shape[1])]
        for index in vectors:
            w, g = weight[index].ravel(), -average[index].ravel()
            cosine = 0.0
            norms = max(np.sqrt((w * w).sum()), 1e-8) * max(np.sqrt((g * g).sum()), 1e-8)
            for a, b in zip(w, g, strict=True):
                cosine += a * b / norms
            new[index] = weight[index] * max(lam, cosine)
        result[name] = new
    return result


class Layers(nn.Module):
    """One layer of each kind, and what must stay: a norm, an embedding and a bare parameter."""

    def __init__(self):
        super().__init__()
        self.linear = nn.Linear(5, 4)
        self.conv3 = nn.Conv2d(3, 4, 3)
        self.conv1 = nn.Conv2d(4, 6, 1, bias=False)
        self.grouped = nn.Conv2d(4, 8, 3, groups=2)
        self.line = nn.Conv1d(2, 3, 5)
        self.volume = nn.Conv3d(2, 3, 2)
        self.norm = nn.BatchNorm2d(4)
        self.embedding = nn.Embedding(4, 3)
        self.bare = nn.Parameter(torch.randn(3))


LAYER_NAMES = {
    f"{layer}.{part}"
    for layer in ("linear", "conv3", "conv1", "grouped", "line", "volume")
    for part in ("weight", "bias")
} - {"conv1.bias"}


@pytest.fixture
def model():
    torch.manual_seed(0)
    return Layers()


def random_gradients(model, chunks=3, seed=1):
    generator = torch.Generator().manual_seed(seed)
    return [
        {n: torch.randn(p.shape, generator=generator) for n, p in model.named_parameters()}
        for _ in range(chunks)
    ]


def arrays(mapping):
    return {name: value.detach().numpy().copy() for name, value in mapping.items()}


def state(model):
    return {name: value.clone() for name, value in model.state_dict().items()}


def assert_same_state(model, before):
    for name, value in model.state_dict().items():
        assert torch.equal(value, before[name]), name


@pytest.mark.parametrize("alpha", [0.1, 0.3, 1.0])
@pytest.mark.parametrize("lam", [0.05, 0.3])
def test_dash_is_algorithm_1_on_every_layer(model, alpha, lam):
    gradients = random_gradients(model)
    with torch.no_grad():
        model.linear.weight[1] = 0  # a zero weight vector
        model.conv3.weight[2, 1] = 0
        model.conv3.weight[0, 0] = 1e-12  # its norm is below the floor
    for chunk in gradients:
        chunk["linear.weight"][0] = -2 * model.linear.weight[0].detach()  # aligned: s = 1
        chunk["linear.weight"][2] = 3 * model.linear.weight[2].detach()  # opposed: s = λ
        chunk["linear.weight"][3] = 0
        chunk["conv3.weight"][1, 1] *= 1e-10  # its norm is below the floor
        chunk["grouped.weight"][0] *= 1e-6  # small, but above it
    before = state(model)
    layers = {n: p for n, p in model.named_parameters() if n in LAYER_NAMES}
    expected = dash_by_hand(arrays(layers), [arrays(chunk) for chunk in gradients], alpha, lam)
    factors = bridge.dash_(model, iter(gradients), alpha=alpha, lam=lam)
    assert set(factors) == LAYER_NAMES
    for name, value in model.state_dict().items():
        if name in LAYER_NAMES:
            np.testing.assert_allclose(value.numpy(), expected[name], rtol=1e-6, atol=1e-7)
        else:
            assert torch.equal(value, before[name]), name
    assert factors["linear.weight"][0] == pytest.approx(1, abs=1e-6)
    assert factors["linear.weight"][2] == factors["linear.weight"][3] == torch.tensor(lam)


def test_lam_1_changes_nothing(model):
    before = state(model)
    bridge.dash_(model, random_gradients(model), lam=1)
    assert_same_state(model, before)


def test_dash_is_idempotent_where_every_factor_is_1(model):
    with torch.no_grad():  # powers of two: the aligned cosine is exactly one
        for parameter in model.parameters():
            parameter.copy_(torch.where(parameter < 0, -0.5, 0.5))
    model.linear, model.line, model.volume = nn.Identity(), nn.Identity(), nn.Identity()
    model.conv3, model.grouped = nn.Identity(), nn.Identity()
    gradients = {n: -p.detach() for n, p in model.named_parameters()}
    before = state(model)
    for _ in range(2):
        factors = bridge.dash_(model, gradients)
        assert (factors["conv1.weight"] == 1).all()
        assert_same_state(model, before)


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
def test_half_precision_rounds_once(model, dtype):
    gradients = [{n: g.to(dtype) for n, g in c.items()} for c in random_gradients(model)]
    model.to(dtype)
    wide = {n: p.detach().float() for n, p in model.named_parameters() if n in LAYER_NAMES}
    expected = dash_by_hand(
        arrays(wide), [{n: g.float().numpy() for n, g in c.items()} for c in gradients], 0.3, 0.3
    )
    factors = bridge.dash_(model, gradients)
    for name in LAYER_NAMES:
        parameter = model.get_parameter(name)
        assert parameter.dtype == dtype
        assert factors[name].dtype == torch.float32
        error = np.abs(parameter.detach().float().numpy() - expected[name])
        assert (error <= torch.finfo(dtype).eps * np.abs(expected[name]) + 1e-7).all()


def test_frozen_shared_absent_and_none(model):
    model.line.weight.requires_grad_(False)
    model.twin = nn.Linear(5, 4)
    model.twin.weight = model.linear.weight
    before = state(model)
    first, second = random_gradients(model, chunks=2)
    first["twin.weight"] = first.pop("linear.weight")
    del second["linear.weight"], first["conv3.bias"], second["conv3.bias"]
    second["conv1.weight"] = first["conv1.weight"] = None
    factors = bridge.dash_(model, [first, second], alpha=0.5)
    untouched = {"line.weight", "conv3.bias", "conv1.weight"}
    assert set(factors) == (LAYER_NAMES | {"twin.bias"}) - untouched
    for name in untouched:
        assert torch.equal(model.state_dict()[name], before[name]), name
    weight = before["linear.weight"].numpy()
    zero = np.zeros_like(weight)
    expected = dash_by_hand(
        {"w": weight}, [{"w": first["twin.weight"].numpy()}, {"w": zero}], 0.5, 0.3
    )
    np.testing.assert_allclose(model.twin.weight.detach().numpy(), expected["w"], rtol=1e-6)


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda g: g.update({"nope": torch.zeros(1)}), "no parameter 'nope'"),
        (lambda g: g.update({"linear.weight": torch.zeros(2, 2)}), r"'linear.weight'.*\(4, 5\)"),
        (lambda g: g["conv3.weight"].view(-1)[0].fill_(torch.nan), "'conv3.weight'.*finite"),
        (lambda g: g["norm.weight"][0].fill_(torch.inf), "'norm.weight'.*finite"),
        (lambda g: g.update({"linear.bias": [0.0] * 4}), "'linear.bias'.*tensor"),
        (lambda g: g.update({"linear.bias": None, "tied.bias": None}), "no parameter 'tied.bias'"),
    ],
)
def test_a_bad_gradient_is_named_and_changes_nothing(model, spoil, message):
    gradients = random_gradients(model)
    spoil(gradients[-1])
    before = state(model)
    with pytest.raises((ValueError, TypeError), match=message):
        bridge.dash_(model, gradients)
    assert_same_state(model, before)


def test_other_bad_arguments(model):
    gradients = random_gradients(model)
    for alpha in (0, 1.1, float("nan")):
        with pytest.raises(ValueError, match="alpha must be"):
            bridge.dash_(model, gradients, alpha=alpha)
    for lam in (-0.1, 2, float("nan")):
        with pytest.raises(ValueError, match="lam must be"):
            bridge.dash_(model, gradients, lam=lam)
    for sigma in (-1, float("inf"), float("nan")):
        with pytest.raises(ValueError, match="sigma must be"):
            bridge.shrink_perturb_(model, sigma=sigma)
    with pytest.raises(ValueError, match="shrink must be"):
        bridge.shrink_perturb_(model, shrink=1.5)
    with pytest.raises(TypeError, match="model must be"):
        bridge.dash_(gradients, gradients)
    with pytest.raises(TypeError, match="it holds a str"):
        bridge.dash_(model, list(gradients[0]))
    for empty in ([], [{}], [{"norm.weight": torch.ones(4)}]):
        with pytest.raises(ValueError, match="must name a trainable"):
            bridge.dash_(model, empty)
    with pytest.raises(ValueError, match=r"\(2,\) and \(3,\)"):
        bridge.shrink_factors(torch.ones(2), torch.ones(3))
    model.twin = model.linear
    with pytest.raises(ValueError, match="given twice"):
        bridge.dash_(model, {n: torch.ones(4) for n in ("linear.bias", "twin.bias")})


def test_cosines_are_the_factors_before_the_clamp(model):
    gradients = random_gradients(model)
    before = state(model)
    cosines = bridge.cosine_similarities(model, gradients, alpha=0.2)
    assert_same_state(model, before)
    assert min(c.min() for c in cosines.values()) < 0
    for name, factor in bridge.dash_(model, gradients, alpha=0.2, lam=0.1).items():
        assert torch.equal(factor, cosines[name].clamp(0.1, 1))


def test_shrink_perturb(model):
    before = state(model)
    random_state = torch.get_rng_state()
    bridge.shrink_perturb_(model, shrink=0.5, sigma=0)
    assert torch.equal(torch.get_rng_state(), random_state)
    for name, value in model.state_dict().items():
        assert torch.equal(value, before[name] * (0.5 if name in LAYER_NAMES else 1)), name
    shrunk = state(model)
    bridge.shrink_perturb_(model, shrink=1, sigma=0.1, generator=torch.Generator().manual_seed(3))
    noise = torch.cat([(model.state_dict()[n] - shrunk[n]).flatten() for n in LAYER_NAMES])
    assert noise.std().item() == pytest.approx(0.1, rel=0.1)
    assert noise.mean().item() == pytest.approx(0, abs=4 * 0.1 / noise.numel() ** 0.5)
    again = Layers()
    again.load_state_dict(shrunk)
    bridge.shrink_perturb_(again, shrink=1, sigma=0.1, generator=torch.Generator().manual_seed(3))
    assert_same_state(again, state(model))
