"""The four networks."""

import pytest

torch = pytest.importorskip("torch")
from torch import nn  # noqa: E402

from paper_repro.models import last_layer, make_model  # noqa: E402
from paper_repro.run import Run  # noqa: E402
from paper_repro.vision import models  # noqa: E402


@pytest.mark.parametrize("model", ["resnet18", "vgg16", "mlp", "cnn"])
@pytest.mark.parametrize("shape", [(1, 8, 8), (3, 11, 9), (3, 32, 32)])
def test_any_channels_size_and_class_count(model, shape):
    network = make_model(Run(model=model, width=4), shape, 7, seed=0)
    assert network(torch.randn(2, *shape)).shape == (2, 7)
    assert last_layer(network).out_features == 7


def test_images_below_8x8_are_refused():
    with pytest.raises(ValueError, match="at least 8×8; they are 7×9"):
        make_model(Run(), (1, 7, 9), 10, seed=0)


def test_resnet18_is_torchvisions_but_for_the_stem():
    ours = make_model(Run(), (3, 32, 32), 1000, seed=0).state_dict()
    theirs = models.resnet18().state_dict()
    assert {k: v.shape for k, v in ours.items() if k != "conv1.weight"} == {
        k: v.shape for k, v in theirs.items() if k != "conv1.weight"
    }
    network = make_model(Run(), (3, 32, 32), 10, seed=0)
    assert (network.conv1.kernel_size, network.conv1.stride) == ((3, 3), (1, 1))
    assert isinstance(network.maxpool, nn.MaxPool2d)
    narrow = make_model(Run(width=16), (3, 32, 32), 10, seed=0).state_dict()
    assert narrow["layer4.1.conv2.weight"].shape == (128, 128, 3, 3)
    assert narrow["layer1.0.conv1.weight"].shape == (16, 16, 3, 3)


def test_depths():
    layers = {"vgg16": (13, 1), "mlp": (0, 3), "cnn": (3, 1)}
    for model, (convolutions, linear) in layers.items():
        modules = list(make_model(Run(model=model, width=8), (3, 32, 32), 10, seed=0).modules())
        assert sum(isinstance(m, nn.Conv2d) for m in modules) == convolutions
        assert sum(isinstance(m, nn.Linear) for m in modules) == linear


@pytest.mark.parametrize("model", ["resnet18", "vgg16", "mlp"])
def test_layer_normalization_takes_the_place_of_batch_normalization(model):
    def kinds(norm):
        network = make_model(Run(model=model, width=4, norm=norm), (3, 16, 16), 10, seed=0)
        return [type(m) for m in network.modules() if "Norm" in type(m).__name__]

    batch, layer = kinds("batch"), kinds("layer")
    assert len(batch) == len(layer)
    assert set(batch) <= {nn.BatchNorm1d, nn.BatchNorm2d}
    assert set(layer) == {nn.GroupNorm}


def test_the_seed_alone_decides_the_weights():
    state = torch.get_rng_state()
    one, two, other = (
        make_model(Run(width=4), (1, 8, 8), 3, seed).state_dict() for seed in (1, 1, 2)
    )
    assert torch.equal(torch.get_rng_state(), state)
    assert all(torch.equal(one[name], two[name]) for name in one)
    assert not torch.equal(one["conv1.weight"], other["conv1.weight"])
