"""Which parameters the in-place functions of the bridge change, and which they leave alone."""

import pytest

torch = pytest.importorskip("torch")
from torch import nn  # noqa: E402
from torch.nn.utils import parametrizations, prune  # noqa: E402

from featsim import bridge  # noqa: E402


def change_with_dash(model, include=None):
    gradients = {
        n: torch.ones_like(p)
        for n, p in model.named_parameters()
        if include is None or include(n, p)
    }
    return set(bridge.dash_(model, gradients, include=include))


def change_with_noise(model, include=None):
    bridge.shrink_perturb_(model, include=include)


def change_with_fire(model, include=None):
    return bridge.fire_(model, include=include)


CHANGES = [change_with_dash, change_with_noise, change_with_fire]


def changed(model, change, include=None):
    """Apply `change`; return the names whose values differ, tied ones under each name."""
    before = {n: p.detach().clone() for n, p in model.named_parameters(remove_duplicate=False)}
    buffers = {n: b.clone() for n, b in model.named_buffers()}
    named = change(model, include)
    assert all(torch.equal(b, buffers[n]) for n, b in model.named_buffers())
    after = dict(model.named_parameters(remove_duplicate=False))
    names = {n for n, p in after.items() if not torch.equal(p, before[n])}
    assert named is None or set(named) == {n for n, _ in model.named_parameters()} & names
    return names


def old_weight_norm(layer):
    with pytest.warns(FutureWarning, match="weight_norm"):
        return torch.nn.utils.weight_norm(layer)


def pruned(layer):
    return prune.l1_unstructured(layer, "weight", amount=0.5)


REPARAMETRIZED = {
    "old weight norm": (old_weight_norm, {"weight_g", "weight_v"}),
    "old spectral norm": (torch.nn.utils.spectral_norm, {"weight_orig"}),
    "pruned": (pruned, {"weight_orig"}),
    "weight norm": (
        parametrizations.weight_norm,
        {"parametrizations.weight.original0", "parametrizations.weight.original1"},
    ),
    "spectral norm": (parametrizations.spectral_norm, {"parametrizations.weight.original"}),
}


@pytest.mark.filterwarnings("ignore:`torch.nn.utils.spectral_norm:FutureWarning")
@pytest.mark.parametrize("name", REPARAMETRIZED)
@pytest.mark.parametrize("make", [lambda: nn.Linear(4, 3), lambda: nn.Conv2d(4, 3, 3)])
@pytest.mark.parametrize("change", CHANGES)
def test_reparametrized_weights_are_left_alone_unless_chosen(name, make, change):
    torch.manual_seed(0)
    reparametrize, names = REPARAMETRIZED[name]
    model = nn.ModuleDict({"plain": nn.Linear(3, 2), "other": reparametrize(make())})
    names = {f"other.{n}" for n in names}
    assert set(bridge.left_alone(model)) == names
    expected = {"plain.weight", "plain.bias", "other.bias"}
    if change is change_with_fire:
        expected = {"plain.weight"}
    assert changed(model, change) == expected
    weight = max(names)  # the direction, where there is a length too
    assert changed(model, change, lambda n, p: n == weight) == {weight}


class Conv1D(nn.Module):
    """GPT-2's linear layer: its weight is (in, out)."""

    def __init__(self, out, into):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(into, out))
        self.bias = nn.Parameter(torch.randn(out))


def language_model():
    torch.manual_seed(0)
    model = nn.ModuleDict(
        {
            "embedding": nn.Embedding(7, 4),
            "attention": nn.MultiheadAttention(4, 2),
            "c_fc": Conv1D(6, 4),
            "norm": nn.LayerNorm(4),
            "head": nn.Linear(4, 7, bias=False),
            "frozen": nn.Linear(4, 3).requires_grad_(False),
        }
    )
    model["head"].weight = model["embedding"].weight
    model.register_parameter("temperature", nn.Parameter(torch.tensor(2.0)))
    nn.init.normal_(model["attention"].out_proj.bias)
    return model


ATTENTION = {"attention.in_proj_weight", "attention.in_proj_bias"}
TIED = {"embedding.weight", "head.weight"}
OUTSIDE = {"c_fc.weight", "c_fc.bias", "norm.weight", "norm.bias", "temperature"}


def test_left_alone_lists_the_rest():
    model = language_model()
    assert set(bridge.left_alone(model)) == ATTENTION | OUTSIDE | {"frozen.weight", "frozen.bias"}
    order = [name for name, _ in model.named_parameters() if name in bridge.left_alone(model)]
    assert bridge.left_alone(model) == order
    names = [name for name, _ in model.named_parameters()]
    assert bridge.left_alone(model, lambda n, p: False) == names
    assert bridge.left_alone(model, lambda n, p: True) == ["frozen.weight", "frozen.bias"]
    assert bridge.left_alone(nn.DataParallel(model)) == bridge.left_alone(model)


@pytest.mark.parametrize("change", CHANGES[:2])
def test_include_chooses_alone_and_never_a_frozen_parameter(change):
    def include(name, parameter):
        return "proj" in name or parameter.ndim == 2

    names = {"attention.in_proj_weight", "attention.in_proj_bias", "c_fc.weight"}
    names |= {"attention.out_proj.weight", "attention.out_proj.bias"} | TIED
    model = language_model()
    nn.init.normal_(model["attention"].in_proj_bias)
    assert changed(model, change, include) == names
    everything = {n for n, _ in model.named_parameters(remove_duplicate=False)}
    with torch.no_grad():
        model["norm"].bias += 1  # zeros cannot shrink
        model["norm"].weight += torch.arange(4)
    assert changed(model, change, lambda n, p: True) == everything - {
        "frozen.weight",
        "frozen.bias",
    }


def test_fire_takes_matrices_only():
    assert changed(language_model(), change_with_fire, lambda n, p: True) == TIED | {
        "attention.in_proj_weight",
        "attention.out_proj.weight",
        "c_fc.weight",
    }


@pytest.mark.parametrize("include", [None, lambda n, p: n == "embedding.weight"])
def test_a_tied_weight_is_changed_once_and_asked_about_once(include):
    model = language_model()
    before = model["head"].weight.detach().clone()
    asked = []

    def spy(name, parameter):
        asked.append(name)
        return include(name, parameter)

    bridge.shrink_perturb_(model, shrink=0.5, sigma=0, include=include and spy)
    assert torch.equal(model["head"].weight, before / 2)
    assert "head.weight" not in asked
    assert len(asked) == len(set(asked))


def test_the_shape_says_what_the_vectors_are():
    model = language_model()
    gradients = {n: torch.randn_like(p) for n, p in model.named_parameters()}
    weight = model["c_fc"].weight.detach().clone()
    cosines = bridge.cosine_similarities(model, gradients, include=lambda n, p: True)
    factors = bridge.dash_(model, gradients, lam=0.1, include=lambda n, p: True)
    assert set(factors) == {n for n, p in model.named_parameters() if p.requires_grad}
    assert factors["c_fc.weight"].shape == (4,)
    assert factors["temperature"].shape == ()
    for name, factor in factors.items():
        assert torch.equal(factor, cosines[name].clamp(0.1, 1))
    expected = bridge.shrink_factors(weight, 0.3 * gradients["c_fc.weight"], lam=0.1)
    assert torch.equal(factors["c_fc.weight"], expected)
    torch.testing.assert_close(model["c_fc"].weight.detach(), weight * expected[:, None])


def test_errors():
    model = language_model()
    for change in CHANGES[1:]:
        with pytest.raises(TypeError, match="include must be a function; it is a str"):
            change(model, "embedding")
    gradients = {"c_fc.weight": torch.ones(4, 6)}
    with pytest.raises(ValueError, match="must name a trainable parameter of include"):
        bridge.dash_(model, gradients, include=lambda n, p: "norm" in n)
