"""Methods that act after a step or add a penalty, and the hidden units that two of them renew."""

import copy

import pytest

pytest.importorskip("torch")
import torch
from torch import nn

from paper_repro import protocol
from paper_repro.learner import Learner
from paper_repro.methods import find
from paper_repro.models import make_model
from paper_repro.optimizers import make_optimizer, step
from paper_repro.run import Run
from paper_repro.units import Hidden, hidden_layers, outgoing, renew, use

BATCH = (torch.randn(6, 3, 16, 16, generator=torch.Generator().manual_seed(0)), torch.arange(6) % 3)
FRESH = 7
MODELS = ("cnn_narrow", "mlp_narrow", "vgg16_narrow", "resnet18_narrow")


def learner(model="cnn_narrow", **settings):
    """A network after two steps of training, so that there is momentum and something to lose."""
    run = Run(model=model, width=8, lr=0.1, **settings)

    def new_model(seed):
        return make_model(run, (3, 16, 16), 3, seed)

    network = new_model(0)
    result = Learner(
        run, network, make_optimizer(run, network), new_model, lambda m: make_optimizer(run, m), 0
    )
    for _ in range(2):
        step(
            run, result.optimizer, lambda: nn.functional.cross_entropy(network(BATCH[0]), BATCH[1])
        )
    return result


def after_steps(one, number, seed=0):
    generator = torch.Generator().manual_seed(seed)
    for _ in range(number):
        find(one.run.method).after_step(one, BATCH[0], generator)


def state(one):
    return copy.deepcopy(one.model.state_dict())


def changed(one, before):
    return {name for name, value in one.model.state_dict().items() if not value.equal(before[name])}


def test_hidden_layers_are_those_that_one_further_layer_reads():
    assert hidden_layers(learner().model) == [Hidden("0", None, "3"), Hidden("3", None, "6"),
                                              Hidden("6", None, "10")]  # fmt: skip
    assert hidden_layers(learner("mlp_narrow").model) == [
        Hidden("1", "2", "4"), Hidden("4", "5", "7")
    ]  # fmt: skip
    blocks = hidden_layers(learner("resnet18_narrow").model)
    assert len(blocks) == 8
    assert blocks[0] == Hidden("layer1.0.conv1", "layer1.0.bn1", "layer1.0.conv2")
    assert len(hidden_layers(learner("vgg16_narrow").model)) == 13


def test_use_is_what_the_reader_sees_in_eval_mode():
    one = learner("mlp_narrow")
    before = state(one)
    layers = hidden_layers(one.model)
    one.model.train()
    found = use(one.model, layers, BATCH[0])
    assert one.model.training
    assert changed(one, before) == set()
    one.model.eval()
    first = one.model[:4](BATCH[0])
    torch.testing.assert_close(found[0], first.abs().mean(0).detach())
    cnn = learner()
    found = use(cnn.model, hidden_layers(cnn.model), BATCH[0])
    last = cnn.model[:9](BATCH[0])  # before it is flattened
    torch.testing.assert_close(found[2], last.abs().mean((0, 2, 3)).detach())


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("optimizer", ["sgd", "sam"])
def test_renewed_units_are_fresh_and_silent(model, optimizer):
    one = learner(model, optimizer=optimizer)
    fresh = one.new_model(FRESH)
    layer, units = hidden_layers(one.model)[-1], torch.tensor([1, 3])
    before = state(one)
    renew(one, layer, units, fresh)
    into = one.model.get_submodule(layer.into).weight
    assert into[units].equal(fresh.get_submodule(layer.into).weight[units])
    others = [i for i in range(len(into)) if i not in (1, 3)]
    assert into[others].equal(before[f"{layer.into}.weight"][others])
    assert (outgoing(one.model, layer)[units] == 0).all()
    assert (outgoing(one.model, layer)[others] > 0).any()
    names = {f"{layer.out}.weight", *(f"{layer.into}.{k}" for k in ("weight", "bias"))}
    if layer.norm is not None:
        norm = one.model.get_submodule(layer.norm)
        assert (norm.weight[units] == 1).all()
        assert (norm.running_mean[units] == 0).all()
        keys = ("weight", "bias", "running_mean", "running_var")
        names |= {f"{layer.norm}.{k}" for k in keys}
    assert changed(one, before) <= names
    base = getattr(one.optimizer, "base_optimizer", one.optimizer)
    assert (base.state[into]["momentum_buffer"][units] == 0).all()
    assert (base.state[into]["momentum_buffer"][others] != 0).any()
    renewed = one.model.eval()(BATCH[0]).detach()
    with torch.no_grad():
        into[units] += 1  # they may do what they like now: nobody listens yet
    torch.testing.assert_close(one.model.eval()(BATCH[0]), renewed)


def test_redo_renews_the_dormant_units_every_so_many_steps():
    one = learner(method="redo", redo_every=3, redo_threshold=0.0)
    with torch.no_grad():
        one.model[0].bias[2] = -100.0
    before = state(one)
    after_steps(one, 2)
    assert changed(one, before) == set()
    after_steps(one, 1)
    assert {"0.weight", "0.bias", "3.weight"} <= changed(one, before)
    assert (before["0.weight"] != one.model[0].weight).flatten(1).any(1).tolist() == [
        i == 2 for i in range(4)
    ]
    assert one.model[0].bias[2] > -1
    assert (one.model[3].weight[:, 2] == 0).all()


def test_redo_leaves_no_weight_between_two_units_that_it_renews():
    one = learner(method="redo", redo_every=1, redo_threshold=0.0)
    with torch.no_grad():
        one.model[0].bias[2] = one.model[3].bias[1] = -100.0
    after_steps(one, 1)
    assert one.model[3].bias[1] > -1
    assert (one.model[3].weight[:, 2] == 0).all()
    assert (one.model[3].weight[1, [0, 1, 3]] != 0).any()


def test_redo_with_a_threshold_takes_units_far_below_the_mean():
    one = learner(method="redo", redo_every=1, redo_threshold=0.1)
    with torch.no_grad():
        one.model[0].weight[1] *= 1e-3
        one.model[0].bias[1] = 0
    weight = one.model[0].weight.detach().clone()
    used = use(one.model, hidden_layers(one.model), BATCH[0])[0]
    assert (used <= 0.1 * used.mean()).tolist() == [False, True, False, False]
    after_steps(one, 1)
    assert (weight != one.model[0].weight).flatten(1).any(1).tolist() == [i == 1 for i in range(4)]


def test_continual_backprop_renews_the_least_useful_mature_unit_when_one_is_owed():
    one = learner(method="continual_backprop", replace_rate=0.05, maturity=2)
    weight = one.model[0].weight.detach().clone()
    worth = use(one.model, hidden_layers(one.model), BATCH[0])[0] * outgoing(
        one.model, hidden_layers(one.model)[0]
    )
    # Four units of the first layer, mature from the third step on, owe 0.2 a step.
    after_steps(one, 6)
    assert one.model[0].weight.equal(weight)
    after_steps(one, 1)
    touched = (weight != one.model[0].weight).flatten(1).any(1)
    assert touched.nonzero().flatten().tolist() == [int(worth.argmin())]
    utility, age, owed = one.memory["continual_backprop.0"]
    assert age.tolist() == [0 if i == worth.argmin() else 7 for i in range(4)]
    assert utility[worth.argmin()] == 0
    assert owed.tolist() == pytest.approx([0.0] * 4, abs=1e-6)


def test_soft_shrink_perturb_mixes_a_fresh_network_in():
    one = learner(method="soft_shrink_perturb", beta=0.25)
    before = state(one)
    after_steps(one, 1, seed=3)
    drawn = int(torch.randint(2**31, (), generator=torch.Generator().manual_seed(3)))
    fresh = dict(one.new_model(drawn).named_parameters())
    for name, parameter in one.model.named_parameters():
        torch.testing.assert_close(
            parameter.detach(), 0.75 * before[name] + 0.25 * fresh[name].detach()
        )
    after_steps(one, 1, seed=3)
    assert changed(one, fresh)  # it is a share each step, not all


def test_parseval_is_the_distance_from_orthogonal_rows():
    one = learner("mlp_narrow", method="parseval", parseval=0.5)
    expected = 0.0
    for layer in (one.model[1], one.model[4]):  # not the last
        W = layer.weight.detach().double()
        expected += (W @ W.T - 2 * torch.eye(len(W))).square().sum().item()
    assert find("parseval").penalty(one).item() == pytest.approx(0.5 * expected, rel=1e-5)
    with torch.no_grad():
        for layer in (one.model[1], one.model[4]):
            nn.init.orthogonal_(layer.weight, gain=2**0.5)
    assert find("parseval").penalty(one).item() == pytest.approx(0, abs=1e-9)


def test_parseval_takes_the_shorter_side_and_whole_kernels():
    one = learner("resnet18_narrow", method="parseval", parseval=1.0)
    weights = [m.weight.detach().double().flatten(1) for m in one.model.modules()
               if isinstance(m, nn.Conv2d)]  # fmt: skip
    assert any(len(W) > W.shape[1] for W in weights)  # a 1×1 kernel that widens
    grams = [W.T @ W if len(W) > W.shape[1] else W @ W.T for W in weights]
    expected = sum((G - 2 * torch.eye(len(G))).square().sum().item() for G in grams)
    assert find("parseval").penalty(one).item() == pytest.approx(expected, rel=1e-5)


def test_l2_is_the_sum_of_squares():
    one = learner(method="l2", l2=0.5)
    expected = sum(p.detach().double().square().sum().item() for p in one.model.parameters())
    assert find("l2").penalty(one).item() == pytest.approx(0.5 * expected, rel=1e-5)


@pytest.mark.parametrize("method", ["redo", "continual_backprop"])
def test_a_killed_run_goes_on_to_the_same_numbers(tmp_path, monkeypatch, method):
    run = Run(
        model="cnn_narrow", width=8, method=method, chunks=3, train_size=96, batch=32, epochs=3,
        redo_every=2, redo_threshold=0.5, maturity=1, replace_rate=0.1,
    )  # fmt: skip
    whole = protocol.execute(run, tmp_path / "whole", report=lambda sentence: None)
    train, begun = protocol.train, []

    def break_third(stage, one, experiment):
        begun.append(experiment.number)
        if len(begun) == 3:
            raise KeyboardInterrupt
        return train(stage, one, experiment)

    monkeypatch.setattr(protocol, "train", break_third)
    with pytest.raises(KeyboardInterrupt):
        protocol.execute(run, tmp_path / "broken", report=lambda sentence: None)
    monkeypatch.setattr(protocol, "train", train)
    again = protocol.execute(run, tmp_path / "broken", report=lambda sentence: None)
    assert [r["loss"] for r in again.epochs] == [r["loss"] for r in whole.epochs]
    plain = protocol.execute(
        Run(**{**run.__dict__, "method": "warm"}), tmp_path, report=lambda sentence: None
    )
    assert [r["loss"] for r in plain.epochs] != [r["loss"] for r in whole.epochs]


@pytest.mark.parametrize(
    ("name", "value", "allowed"),
    [
        ("beta", 1.5, "from 0 to 1"), ("replace_rate", -0.1, "from 0 to 1"),
        ("redo_every", 0, "at least 1"), ("redo_threshold", -1.0, "at least 0"),
        ("maturity", -1, "at least 0"), ("parseval", -1.0, "at least 0"),
    ],
)  # fmt: skip
def test_settings_out_of_range_are_refused(name, value, allowed):
    with pytest.raises(ValueError, match=f"{name} must be {allowed}; it is {value}"):
        Run(**{name: value})
