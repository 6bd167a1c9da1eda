"""Networks, data and settings against what the authors' released code has.

The numbers here are the code's and the paper's, written down by hand: layer shapes and parameter
counts for CIFAR-10's 32×32 color images and ten classes.
"""

import copy
import functools
import itertools

import pytest

torch = pytest.importorskip("torch")
from torch import nn  # noqa: E402

from paper_repro.models import make_model, reset_head  # noqa: E402
from paper_repro.models.norm import ChannelNorm  # noqa: E402
from paper_repro.optimizers import make_optimizer, set_learning_rate  # noqa: E402
from paper_repro.run import Run  # noqa: E402
from paper_repro.scales import base  # noqa: E402
from paper_repro.tables import table_2, table_7, table_8  # noqa: E402
from paper_repro.vision import models  # noqa: E402

VGG = [64, 64, 128, 128, 256, 256, 256, 512, 512, 512, 512, 512, 512]
RESNET = [64] * 5 + [128] * 4 + [256] * 4 + [512] * 4


@functools.cache
def network(model, **settings):
    """Return a network that no test changes."""
    return make_model(Run(model=model, **settings), (3, 32, 32), 10, seed=0)


def layers(network, kind):
    return [module for module in network.modules() if isinstance(module, kind)]


@pytest.mark.parametrize(
    ("model", "count"),
    [
        ("resnet18", 11_173_962),
        ("resnet18_sota", 11_173_962),
        ("vgg16", 134_309_962),
        ("mlp", 4_210_698),
        ("cnn", 1_484_042),
    ],
)
def test_parameter_counts(model, count):
    assert sum(p.numel() for p in network(model).parameters()) == count


def test_resnet18_is_torchvisions_with_a_stem_of_stride_1():
    ours = network("resnet18")
    theirs = models.resnet18(num_classes=10).state_dict()
    assert {k: v.shape for k, v in ours.state_dict().items() if k != "conv1.weight"} == {
        k: v.shape for k, v in theirs.items() if k != "conv1.weight"
    }
    stem = ours.conv1
    assert (stem.kernel_size, stem.stride, stem.padding) == ((3, 3), (1, 1), (1, 1))
    assert isinstance(ours.maxpool, nn.MaxPool2d)
    convolutions = [m for m in layers(ours, nn.Conv2d) if m.kernel_size == (3, 3)]
    assert [m.out_channels for m in convolutions] == RESNET


def test_the_state_of_the_art_resnet18_has_no_max_pool_and_the_default_initialization():
    plain, sota = network("resnet18"), network("resnet18_sota")
    assert isinstance(sota.maxpool, nn.Identity)
    assert sota.layer1(sota.conv1(torch.zeros(1, 3, 32, 32))).shape[2:] == (32, 32)
    for ours, bound in ((sota, True), (plain, False)):
        weight = ours.layer4[1].conv2.weight  # uniform within ±1/√fan-in by default
        assert (weight.abs().max().item() <= (512 * 9) ** -0.5) == bound


def test_vgg16_is_torchvisions_with_its_head():
    ours = network("vgg16")
    with torch.device("meta"):
        theirs = models.vgg16_bn(num_classes=10)
    assert {k: v.shape for k, v in ours.state_dict().items()} == {
        k: v.shape for k, v in theirs.state_dict().items()
    }
    assert [m.out_channels for m in layers(ours, nn.Conv2d)] == VGG
    heads = layers(ours, nn.Linear)
    assert [(m.in_features, m.out_features) for m in heads] == [
        (25_088, 4096), (4096, 4096), (4096, 10),
    ]  # fmt: skip
    assert len(layers(ours, nn.Dropout)) == 2
    for head in heads:
        assert head.weight.std().item() == pytest.approx(0.01, rel=0.05)
        assert (head.bias == 0).all()


def test_vgg16_of_28_pixels_has_its_third_pool_padded():
    with torch.device("meta"):
        gray = make_model(Run(model="vgg16"), (1, 28, 28), 10, seed=0)
        sides, value = [], torch.zeros(1, 1, 28, 28)
    for module in gray.features:
        value = module(value)
        if isinstance(module, nn.MaxPool2d):
            sides.append(value.shape[-1])
    assert sides == [14, 7, 4, 2, 1]
    assert [m.padding for m in layers(network("vgg16"), nn.MaxPool2d)] == [0] * 5


def vgg16_with_a_narrow_head():
    """Return VGG-16 whose head has the published layers at 1/64 of their width."""
    with torch.device("meta"):
        ours = make_model(Run(model="vgg16"), (3, 32, 32), 10, seed=0)
    for name, shape in (("0", (392, 64)), ("3", (64, 64)), ("6", (64, 10))):
        assert isinstance(ours.classifier.get_submodule(name), nn.Linear)
        ours.classifier.register_module(name, nn.Linear(*shape))
    return ours


@pytest.mark.parametrize(
    ("before", "expected"),
    [
        (lambda: network("mlp"), ["7"]),
        (vgg16_with_a_narrow_head, ["classifier.0", "classifier.3", "classifier.6"]),
    ],
    ids=["mlp", "vgg16"],
)
def test_reset_redoes_the_last_layer_and_all_of_vgg16s_head(before, expected):
    before = before()
    after = copy.deepcopy(before)
    reset_head(after)
    pairs = zip(before.named_modules(), after.modules(), strict=True)
    changed = [
        name
        for (name, one), other in pairs
        if isinstance(one, nn.Linear) and not torch.equal(one.weight, other.weight)
    ]
    assert changed == expected
    weight = after.get_submodule(expected[0]).weight  # uniform within ±1/√fan-in by default
    assert weight.abs().max().item() == pytest.approx(weight.shape[1] ** -0.5, rel=0.01)


def test_the_mlp_has_three_layers_of_1024():
    ours = network("mlp")
    shapes = [(m.in_features, m.out_features) for m in layers(ours, nn.Linear)]
    assert shapes == [(3072, 1024), (1024, 1024), (1024, 10)]
    assert [m.num_features for m in layers(ours, nn.BatchNorm1d)] == [1024, 1024]


def test_the_cnn_neither_pads_nor_pools():
    ours = network("cnn")
    assert [m.out_channels for m in layers(ours, nn.Conv2d)] == [128, 256, 512]
    features = ours[:6](torch.zeros(1, 3, 32, 32))
    assert features.shape == (1, 512, 26, 26)
    assert ours[6](features).shape == (1, 512, 1, 1)
    assert not layers(ours, nn.MaxPool2d)


def test_layer_normalization_is_over_the_channels_at_each_pixel():
    images = torch.randn(2, 5, 3, 4, generator=torch.Generator().manual_seed(0))
    norm = ChannelNorm(5)
    with torch.no_grad():
        norm.weight.copy_(torch.arange(1.0, 6))
        norm.bias.fill_(0.5)
    expected = torch.empty_like(images)
    for n, i, j in itertools.product(range(2), range(3), range(4)):
        x = images[n, :, i, j]
        scaled = (x - x.mean()) / torch.sqrt(x.var(correction=0) + 1e-6)
        expected[n, :, i, j] = norm.weight * scaled + 0.5
    torch.testing.assert_close(norm(images), expected)
    assert norm.eps == 1e-6
    assert len(layers(network("resnet18", norm="layer"), ChannelNorm)) == 20


def test_images_are_not_normalized_for_the_mlp_but_of_tiny_imagenet():
    assert not Run(model="mlp", dataset="cifar10").normalized
    assert Run(model="mlp", dataset="tiny_imagenet").normalized
    assert Run(model="mlp_narrow", dataset="cifar10").normalized
    assert Run(model="cnn", dataset="cifar10").normalized


def test_the_settings_of_the_protocol():
    run = base("paper")
    settings = (run.chunks, run.stop, run.batch, run.momentum, run.weight_decay, run.decay)
    assert settings == (50, 0.999, 128, 0.9, 0.0, False)
    assert (run.alpha, run.lam, run.sigma, run.rho, run.augment) == (0.3, 0.3, 0.01, 0.1, False)
    assert base("paper", dataset="tiny_imagenet").lam == 0.05
    assert base("paper", dataset="tiny_imagenet", lam=0.3).lam == 0.3
    assert base("paper", dataset="svhn").lam == 0.3
    rates = {model: Run(model=model).learning_rate for model in ("resnet18", "vgg16", "mlp", "cnn")}
    assert rates == {"resnet18": 0.001, "vgg16": 0.01, "mlp": 0.01, "cnn": 0.01}
    penalized = [run for run in table_2.runs("paper") if run.method == "l2_init"]
    assert {run.l2 for run in penalized} == {1e-2, 1e-3, 1e-5}
    assert all(run.l2_of_summed_norms for run in penalized)


def test_the_settings_of_table_8():
    runs = table_8.runs("paper")
    assert {run.dataset for run in runs} == {"cifar10", "cifar100", "tiny_imagenet"}
    for run in runs:
        settings = (run.model, run.learning_rate, run.weight_decay, run.epochs, run.stop)
        assert settings == ("resnet18_sota", 0.1, 5e-4, 260, 0.999)
        assert run.decay
        assert run.augment


def test_the_rate_of_table_8_warms_up_for_an_epoch_and_falls():
    run = Run(lr=0.1, decay=True)
    optimizer = make_optimizer(run, nn.Linear(2, 2))

    def rate(epoch, passed=0.0):
        set_learning_rate(run, optimizer, epoch, passed)
        return optimizer.param_groups[0]["lr"]

    assert [rate(1, k / 4) for k in range(4)] == pytest.approx([0, 0.025, 0.05, 0.075])
    falls = {e: rate(e) for e in (2, 60, 61, 120, 121, 160, 161, 200, 201)}
    assert falls == pytest.approx(
        {2: 0.1, 60: 0.1, 61: 0.02, 120: 0.02, 121: 4e-3, 160: 4e-3, 161: 8e-4, 200: 8e-4,
         201: 1.6e-4}
    )  # fmt: skip


def test_table_7_prints_these_settings():
    values = dict(table_7.settings())
    assert values["chunks"] == "50"
    assert values["batch"] == "128"
    assert values["momentum"] == "0.9"
    assert values["learning rate"] == "0.001 (resnet18), 0.01 (vgg16), 0.01 (mlp), 0.01 (cnn)"
    assert "0.05 (tiny_imagenet)" in values["DASH, shrink and perturb: λ"]
    assert values["seeds"].endswith("3 (tiny_imagenet)")
    assert values["Table 8: learning rate"] == "0.1, × 0.2 at epochs 60, 120, 160, 200"
    assert table_7.table([]).count("\n") == len(values) + 1
