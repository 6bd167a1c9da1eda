"""What each method changes when a chunk has arrived, and what it leaves."""

import copy

import pytest

torch = pytest.importorskip("torch")
from torch import nn  # noqa: E402

from featsim import bridge  # noqa: E402
from paper_repro.learner import Learner  # noqa: E402
from paper_repro.methods import find  # noqa: E402
from paper_repro.models import make_model  # noqa: E402
from paper_repro.optimizers import make_optimizer, step  # noqa: E402
from paper_repro.run import METHODS, Run  # noqa: E402

BATCH = (torch.randn(6, 1, 8, 8, generator=torch.Generator().manual_seed(0)), torch.arange(6) % 3)


def learner(**settings):
    """A network after two steps of training, so that there is momentum and something to lose."""
    run = Run(model="resnet18_narrow", width=4, lr=0.1, **settings)

    def new_model(seed):
        return make_model(run, (1, 8, 8), 3, seed)

    model = new_model(0)
    result = Learner(
        run, model, make_optimizer(run, model), new_model, lambda m: make_optimizer(run, m), 0
    )
    for _ in range(2):
        step(run, result.optimizer, lambda: nn.functional.cross_entropy(model(BATCH[0]), BATCH[1]))
    return result


def momentum(one):
    return {i: s["momentum_buffer"].clone() for i, s in one.optimizer.state_dict()["state"].items()}


def act(method, **settings):
    """Return the learner after the method, its state before, and its momentum before."""
    one = learner(method=method, **settings)
    before, rolling = copy.deepcopy(one.model.state_dict()), momentum(one)
    find(method).act(one, iter([[BATCH]]), 5)
    return one, before, rolling


def changed(one, before):
    return {name for name, value in one.model.state_dict().items() if not value.equal(before[name])}


def shrinkable(one):
    modules = dict(one.model.named_modules())
    return {
        name
        for name, _ in one.model.named_parameters()
        if isinstance(modules[name.rpartition(".")[0]], nn.Linear | nn.Conv2d)
    }


def test_every_file_is_a_method_with_the_functions_that_it_has():
    parts = {
        name: [
            part
            for part in ("act", "penalty", "after_step")
            if getattr(find(name), part) is not None
        ]
        for name in METHODS
    }
    assert parts == {
        "cold": ["act"], "continual_backprop": ["after_step"], "dash": ["act"], "fire": ["act"],
        "l2": ["penalty"], "l2_init": ["penalty"], "parseval": ["penalty"], "redo": ["after_step"],
        "reset": ["act"], "shrink": ["act"], "shrink_perturb": ["act"],
        "soft_shrink_perturb": ["after_step"], "warm": [], "warm_rem": ["act"],
    }  # fmt: skip


def test_warm_rem_drops_the_momentum_and_nothing_else():
    one, before, rolling = act("warm_rem")
    assert rolling
    assert changed(one, before) == set()
    assert momentum(one) == {}
    assert {id(p) for g in one.optimizer.param_groups for p in g["params"]} == {
        id(p) for p in one.model.parameters()
    }


def test_cold_is_a_new_network_and_a_new_optimizer():
    one, _, _ = act("cold")
    fresh = one.new_model(5).state_dict()
    assert changed(one, fresh) == set()
    assert momentum(one) == {}
    assert one.optimizer.param_groups[0]["params"][0] is next(one.model.parameters())


def test_reset_brings_the_last_layer_back_and_nothing_else():
    one, before, rolling = act("reset")
    assert changed(one, before) == {"fc.weight", "fc.bias"}
    assert all(torch.equal(value, rolling[i]) for i, value in momentum(one).items())
    torch.manual_seed(5)
    assert torch.equal(nn.Linear(32, 3).weight, one.model.fc.weight)


@pytest.mark.parametrize("method", ["dash", "shrink", "shrink_perturb"])
def test_the_shrinking_methods_leave_normalization_and_momentum(method):
    one, before, rolling = act(method)
    assert changed(one, before) == shrinkable(one)
    assert all(torch.equal(value, rolling[i]) for i, value in momentum(one).items())


def test_shrink_and_dash_are_the_bridges():
    one, before, _ = act("shrink", lam=0.4)
    assert torch.equal(one.model.conv1.weight, 0.4 * before["conv1.weight"])
    two, before, _ = act("dash", lam=0.1, alpha=0.5)
    twin = two.new_model(0)
    twin.load_state_dict(before)
    bridge.dash_(twin, bridge.chunk_gradients(twin, [[BATCH]]), alpha=0.5, lam=0.1)
    assert changed(two, twin.state_dict()) == set()


def test_fire_is_the_bridges_and_keeps_momentum():
    one, before, rolling = act("fire")
    twin = one.new_model(0)
    twin.load_state_dict(before)
    names = set(bridge.fire_(twin))
    assert changed(one, before) == names
    assert changed(one, twin.state_dict()) == set()
    assert all(torch.equal(value, rolling[i]) for i, value in momentum(one).items())


def test_shrink_perturb_draws_from_its_seed():
    one, before, _ = act("shrink_perturb", lam=0.4, sigma=0.02)
    noise = torch.cat(
        [(one.model.state_dict()[n] - 0.4 * before[n]).flatten() for n in shrinkable(one)]
    )
    assert noise.std().item() == pytest.approx(0.02, rel=0.05)
    again, _, _ = act("shrink_perturb", lam=0.4, sigma=0.02)
    assert changed(again, one.model.state_dict()) == set()


def test_l2_init_adds_the_squared_distance():
    one = learner(method="l2_init", l2=0.5)
    l2_to_initial = find("l2_init").penalty
    first = one.new_model(0).named_parameters()
    assert all(torch.equal(p, one.initial[name]) for name, p in first)
    distances = [p - one.initial[name] for name, p in one.model.named_parameters()]
    sum_of_squares = sum((d.detach().double() ** 2).sum().item() for d in distances)
    assert l2_to_initial(one).item() == pytest.approx(0.5 * sum_of_squares, rel=1e-5)
    gradient = torch.autograd.grad(l2_to_initial(one), one.model.conv1.weight)[0]
    torch.testing.assert_close(gradient, distances[0].detach())
    codes = learner(method="l2_init", l2=0.5, l2_of_summed_norms=True)
    first = codes.new_model(0)
    pairs = zip(codes.model.modules(), first.modules(), strict=True)
    norms = sum(  # as the authors' code has it: every module's weight, no bias
        (one.weight - other.weight).detach().double().norm().item()
        for one, other in pairs
        if getattr(one, "weight", None) is not None
    )
    assert l2_to_initial(codes).item() == pytest.approx(0.5 * norms**2, rel=1e-5)
    codes.initial = {name: p.detach().clone() for name, p in codes.model.named_parameters()}
    codes.optimizer.zero_grad()
    l2_to_initial(codes).backward()  # at the initial weights the gradient is zero, not NaN
    gradients = {name: p.grad for name, p in codes.model.named_parameters()}
    assert all((g == 0).all() for name, g in gradients.items() if name.endswith("weight"))


def test_a_step_of_sgd_has_momentum_and_weight_decay():
    run = Run(lr=0.1, momentum=0.5, weight_decay=0.2)
    layer = nn.Linear(1, 1, bias=False)
    with torch.no_grad():
        layer.weight.fill_(3.0)
    optimizer, weight, rolling = make_optimizer(run, layer), 3.0, 0.0
    for _ in range(3):  # the gradient of 2 w is 2
        step(run, optimizer, lambda: 2 * layer.weight.sum())
        rolling = 0.5 * rolling + 2 + 0.2 * weight
        weight -= 0.1 * rolling
        assert layer.weight.item() == pytest.approx(weight)


def test_a_step_of_sam_follows_the_gradient_at_the_worst_point_nearby():
    run = Run(optimizer="sam", lr=0.1, rho=0.2, momentum=0.0)
    layer = nn.Linear(2, 1, bias=False)
    start = torch.tensor([[3.0, -4.0]])
    with torch.no_grad():
        layer.weight.copy_(start)
    step(run, make_optimizer(run, layer), lambda: layer.weight.square().sum() / 2)
    worst = start + 0.2 * start / 5  # the gradient of |w|²/2 is w, of norm 5
    torch.testing.assert_close(layer.weight.detach(), start - 0.1 * worst)
