"""The probes against plain loops over samples and filters."""

import copy

import pytest

torch = pytest.importorskip("torch")
from torch.nn.functional import cross_entropy  # noqa: E402

from paper_repro import probes  # noqa: E402
from paper_repro.arrival import experiments  # noqa: E402
from paper_repro.data import load  # noqa: E402
from paper_repro.machine import Machine  # noqa: E402
from paper_repro.models import make_model  # noqa: E402
from paper_repro.run import Run  # noqa: E402
from paper_repro.training import Stage  # noqa: E402


def stage_of(tmp_path, **changes):
    settings = {"model": "cnn_narrow", "width": 8, "train_size": 100, "test_size": 30, "chunks": 2}
    run = Run(**{**settings, "batch": 32, **changes})
    stage = Stage(run, load(run, tmp_path), Machine())
    experiment = experiments(run, stage.data)[1]
    return stage, make_model(run, stage.data.shape, 10, seed=3), experiment


def inputs_of(data, images, rows):
    return (images.images[rows].float() - data.mean.view(-1, 1, 1)) / data.std.view(-1, 1, 1)


@pytest.mark.parametrize("model", ["cnn_narrow", "mlp_narrow"])
def test_both_gradient_norms(tmp_path, model):
    stage, network, experiment = stage_of(tmp_path, model=model)
    before = copy.deepcopy(network.state_dict())
    row = probes.gradient_norms(stage, network, experiment)
    assert all(torch.equal(v, before[name]) for name, v in network.state_dict().items())
    twin, images = copy.deepcopy(network).train(), stage.data.train
    batches = experiment.train.split(32)
    assert [len(rows) for rows in batches] == [32, 32, 32, 4]
    total = {name: torch.zeros_like(p) for name, p in twin.named_parameters()}
    mean = {name: torch.zeros_like(p) for name, p in twin.named_parameters()}
    for rows in batches:
        twin.zero_grad()
        inputs = inputs_of(stage.data, images, rows)
        cross_entropy(twin(inputs), images.targets[rows]).backward()
        for name, p in twin.named_parameters():
            total[name] += p.grad
            mean[name] += p.grad * len(rows) / 100
    weights = [g for name, g in total.items() if name.endswith("weight") and g.ndim > 1]
    assert row["summed_gradient_norm"] == pytest.approx(norm(weights), rel=1e-5)
    assert row["gradient_norm"] == pytest.approx(norm(mean.values()), rel=1e-5)


def norm(tensors):
    return torch.cat([t.flatten() for t in tensors]).norm().item()


def test_cosines_are_of_the_test_data(tmp_path):
    stage, network, experiment = stage_of(tmp_path)
    found = probes.test_cosines(stage, network, experiment)["test_cosines"]
    images = stage.data.test
    network.eval()
    network.zero_grad()
    inputs = inputs_of(stage.data, images, experiment.test)
    cross_entropy(network(inputs), images.targets[experiment.test]).backward()
    cosines = []
    for weight in (p for p in network.parameters() if p.ndim == 4):
        for out in range(weight.shape[0]):
            for channel in range(weight.shape[1]):
                one, other = weight[out, channel].flatten(), -weight.grad[out, channel].flatten()
                cosines.append((one @ other / (one.norm() * other.norm())).item())
    above = torch.tensor([c for c in cosines if c > 0.1])
    assert (found["filters"], found["above"]) == (len(cosines), len(above))
    assert found["box"][0] == pytest.approx(above.min().item(), abs=1e-4)
    assert found["box"][2] == pytest.approx(above.quantile(0.5).item(), abs=1e-4)
    assert found["box"][4] == pytest.approx(above.max().item(), abs=1e-4)


def test_a_channel_that_no_image_activates_is_dead(tmp_path):
    stage, network, experiment = stage_of(tmp_path)
    with torch.no_grad():
        network[0].weight[0] = 0
        network[0].bias[0] = -1
    shares = probes.dead_neurons(stage, network, experiment)["dead_neurons"]
    assert len(shares) == 3
    assert shares[0] == pytest.approx(1 / 4)  # of four channels
