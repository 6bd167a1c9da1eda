"""The networks of any size: shapes, normalization, seeds."""

import pytest

torch = pytest.importorskip("torch")
from torch import nn  # noqa: E402

from paper_repro.models import make_model  # noqa: E402
from paper_repro.run import NARROW, Run  # noqa: E402


@pytest.mark.parametrize("model", NARROW.values())
@pytest.mark.parametrize("shape", [(1, 8, 8), (3, 11, 9), (3, 32, 32)])
def test_narrow_networks_take_any_channels_size_and_class_count(model, shape):
    network = make_model(Run(model=model, width=4), shape, 7, seed=0)
    assert network(torch.randn(2, *shape)).shape == (2, 7)


@pytest.mark.parametrize("model", ["mlp", "cnn", "resnet18"])
def test_released_networks_take_small_gray_images(model):
    network = make_model(Run(model=model), (1, 8, 8), 7, seed=0)
    assert network(torch.randn(2, 1, 8, 8)).shape == (2, 7)


@pytest.mark.parametrize(
    ("model", "shape", "message"),
    [
        ("resnet18", (1, 7, 9), "at least 8×8; they are 7×9"),
        ("vgg16", (3, 27, 32), "at least 28×28 for vgg16; they are 27×32: vgg16_narrow"),
    ],
)
def test_images_that_are_too_small_are_refused(model, shape, message):
    with pytest.raises(ValueError, match=message):
        make_model(Run(model=model), shape, 10, seed=0)


def test_a_stride_over_one_pixel_in_bfloat16_is_refused():
    run = Run(model="resnet18_narrow", width=8, bf16=True)
    with pytest.raises(ValueError, match=r"at least 9×9 for 'resnet18_narrow' in bf16; .* 8×15"):
        make_model(run, (1, 8, 15), 10, seed=0)
    make_model(run, (1, 9, 9), 10, seed=0)


def test_a_narrow_resnet18_is_in_proportion():
    narrow = make_model(Run(model="resnet18_narrow", width=16), (3, 32, 32), 10, 0).state_dict()
    full = make_model(Run(), (3, 32, 32), 10, 0).state_dict()
    assert narrow.keys() == full.keys()
    for name, value in narrow.items():
        outer = [4 * n if n not in (1, 3, 10) else n for n in value.shape]
        assert list(full[name].shape) == outer


def test_depths():
    layers = {"vgg16_narrow": (13, 1), "mlp_narrow": (0, 3), "cnn_narrow": (3, 1)}
    for model, (convolutions, linear) in layers.items():
        modules = list(make_model(Run(model=model, width=8), (3, 32, 32), 10, seed=0).modules())
        assert sum(isinstance(m, nn.Conv2d) for m in modules) == convolutions
        assert sum(isinstance(m, nn.Linear) for m in modules) == linear


@pytest.mark.parametrize("model", ["resnet18_narrow", "vgg16_narrow", "mlp_narrow"])
def test_layer_normalization_takes_the_place_of_batch_normalization(model):
    def norms(norm):
        network = make_model(Run(model=model, width=4, norm=norm), (3, 16, 16), 10, seed=0)
        return [m for m in network.modules() if "Norm" in type(m).__name__]

    batch, layer = norms("batch"), norms("layer")
    assert {type(m) for m in batch} <= {nn.BatchNorm1d, nn.BatchNorm2d}
    assert {type(m).__name__ for m in layer} == {"ChannelNorm"}
    assert [m.num_features for m in batch] == [m.normalized_shape[0] for m in layer]


def test_the_seed_alone_decides_the_weights():
    state = torch.get_rng_state()
    run = Run(model="resnet18_narrow", width=4)
    one, two, other = (make_model(run, (1, 8, 8), 3, seed).state_dict() for seed in (1, 1, 2))
    assert torch.equal(torch.get_rng_state(), state)
    assert all(torch.equal(one[name], two[name]) for name in one)
    assert not torch.equal(one["conv1.weight"], other["conv1.weight"])
