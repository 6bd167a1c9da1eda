"""Gradients of chunks, whole networks and wrapped models in the bridge."""

import pytest

torch = pytest.importorskip("torch")
from torch import nn  # noqa: E402
from torch.utils.data import DataLoader, TensorDataset  # noqa: E402

from featsim import bridge  # noqa: E402


def network():
    torch.manual_seed(0)
    return nn.Sequential(
        nn.Conv2d(1, 4, 3), nn.BatchNorm2d(4), nn.ReLU(), nn.Dropout(0.5), nn.Flatten(),
        nn.Linear(4 * 36, 3),
    )  # fmt: skip


def samples(n, seed=0):
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(n, 1, 8, 8, generator=generator), torch.arange(n) % 3


def batches(n, size, seed=0):
    inputs, targets = samples(n, seed)
    return list(zip(inputs.split(size), targets.split(size), strict=True))


def state(model):
    return {name: value.clone() for name, value in model.state_dict().items()}


def assert_same(one, two, **tolerance):
    assert set(one) == set(two)
    for name in one:
        torch.testing.assert_close(one[name], two[name], **tolerance)


def test_a_chunk_is_one_mean_in_eval_mode():
    model = network()
    inputs, targets = samples(10)
    reference = network().eval()
    nn.functional.cross_entropy(reference(inputs), targets).backward()
    expected = {name: p.grad for name, p in reference.named_parameters()}
    for size in (10, 4, 1):  # 4 leaves a smaller last batch
        (gradient,) = bridge.chunk_gradients(model, [batches(10, size)])
        assert_same(gradient, expected, rtol=1e-5, atol=1e-7)


def test_the_model_and_the_random_state_stay_as_they_were():
    model = network().train()
    model[0].weight.grad = torch.ones_like(model[0].weight)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
    before, random_state = state(model), torch.get_rng_state()
    loader = DataLoader(TensorDataset(*samples(10)), batch_size=4, shuffle=True)
    gradients = list(bridge.chunk_gradients(model, [loader, loader]))
    assert_same(gradients[0], gradients[1])
    assert torch.equal(torch.get_rng_state(), random_state)
    assert_same(state(model), before)
    assert model.training
    assert torch.equal(model[0].weight.grad, torch.ones_like(model[0].weight))
    assert model[5].weight.grad is None
    assert not optimizer.state


def test_gradients_are_at_the_weights_of_the_call_and_one_chunk_is_read_at_a_time():
    model, read = network(), []

    def chunk(seed):
        for batch in batches(6, 3, seed):
            read.append(seed)
            yield batch

    expected = list(bridge.chunk_gradients(model, [batches(6, 3, seed) for seed in range(3)]))
    stream = bridge.chunk_gradients(model, (chunk(seed) for seed in range(3)))
    assert read == []
    for seed, wanted in enumerate(expected):
        assert_same(next(stream), wanted)
        assert read == [s for s in range(seed + 1) for _ in range(2)]
        bridge.shrink_perturb_(model, generator=torch.Generator().manual_seed(0))


def test_only_the_average_is_kept():
    """With many chunks, at most the average and one chunk's gradients are alive at once."""
    import weakref

    model, alive = network(), []

    def stream():
        for gradient in bridge.chunk_gradients(model, [batches(4, 4)] * 20):
            assert sum(reference() is not None for reference in alive) <= 1
            alive.append(weakref.ref(gradient["0.weight"]))
            yield gradient
            del gradient

    bridge.dash_(model, stream())
    assert len(alive) == 20


def test_frozen_parameters_and_a_loss_of_ones_own():
    model = network()
    model[0].requires_grad_(False)
    (gradient,) = bridge.chunk_gradients(
        model, [batches(6, 3)], loss=lambda output, target: output.square().mean()
    )
    assert set(gradient) == {"1.weight", "1.bias", "5.weight", "5.bias"}
    assert gradient["5.bias"].abs().sum() > 0


def test_errors():
    model = network()
    with pytest.raises(ValueError, match="one is empty"):
        list(bridge.chunk_gradients(model, [batches(4, 2), []]))
    per_sample = nn.CrossEntropyLoss(reduction="none")
    with pytest.raises(ValueError, match=r"one number; its shape is \(2,\)"):
        list(bridge.chunk_gradients(model, [batches(4, 2)], loss=per_sample))
    with pytest.raises(ValueError, match="requires a gradient"):
        bridge.chunk_gradients(model.requires_grad_(False), [batches(4, 2)])
    with pytest.raises(TypeError, match="model must be"):
        bridge.chunk_gradients(None, [])


@pytest.mark.filterwarnings("ignore:`torch.jit:DeprecationWarning")  # compile's own imports
@pytest.mark.parametrize("wrap", [torch.compile, nn.DataParallel])
def test_wrapped_models_are_unwrapped(wrap):
    model, wrapped = network(), wrap(network())
    chunks = [batches(6, 3, seed) for seed in range(2)]
    expected = list(bridge.chunk_gradients(model, chunks))
    gradients = list(bridge.chunk_gradients(wrapped, chunks))
    for one, two in zip(gradients, expected, strict=True):
        assert_same(one, two)
    prefix = next(iter(wrapped.state_dict())).removesuffix("0.weight")
    assert prefix
    prefixed = [{prefix + name: g for name, g in chunk.items()} for chunk in gradients]
    factors = bridge.dash_(model, expected)
    assert_same(bridge.dash_(wrapped, prefixed), factors)
    assert_same({n.removeprefix(prefix): v for n, v in state(wrapped).items()}, state(model))
    with pytest.raises(ValueError, match="no parameter 'nope'"):
        bridge.dash_(wrapped, {"nope": torch.zeros(1)})


@pytest.mark.slow
def test_resnet18_whole():
    from paper_repro.vision import models

    torch.manual_seed(0)
    model = models.resnet18(num_classes=10)
    chunks = [[(torch.randn(4, 3, 32, 32), torch.arange(4))] for _ in range(2)]
    gradients = list(bridge.chunk_gradients(model, chunks))
    assert set(gradients[0]) == {name for name, _ in model.named_parameters()}
    before, cosines = state(model), bridge.cosine_similarities(model, gradients)
    factors = bridge.dash_(model, gradients, lam=0.05)
    layers = {n for n, m in model.named_modules() if isinstance(m, nn.Conv2d | nn.Linear)}
    assert {name.rsplit(".", 1)[0] for name in factors} == layers
    for name, value in model.state_dict().items():
        if name not in factors:
            assert torch.equal(value, before[name]), name
            continue
        old = before[name]
        average = torch.add(0.3 * gradients[0][name] * 0.7, gradients[1][name], alpha=0.3)
        flat = (
            (1, -1) if old.ndim == 1 else (-1, old[0, 0].numel() if old.ndim == 4 else old.shape[1])
        )
        w, g = old.reshape(flat).double(), -average.reshape(flat).double()
        cosine = (w * g).sum(1) / (w.norm(dim=1).clamp(min=1e-8) * g.norm(dim=1).clamp(min=1e-8))
        new = (w * cosine.clamp(0.05, 1)[:, None]).reshape(old.shape)
        torch.testing.assert_close(value.double(), new, rtol=1e-6, atol=1e-6)
        torch.testing.assert_close(cosines[name].double().flatten(), cosine, rtol=1e-6, atol=1e-6)


def test_gradients_are_taken_where_they_are_switched_off():
    model, chunks = nn.Linear(2, 2), [[(torch.ones(3, 2), torch.tensor([0, 1, 0]))]]
    expected = next(bridge.chunk_gradients(model, chunks))
    with torch.no_grad():
        found = next(bridge.chunk_gradients(model, chunks))
    for name, gradient in expected.items():
        assert torch.equal(found[name], gradient)


def test_sparse_gradients():
    torch.manual_seed(0)
    sparse = nn.Sequential(nn.Embedding(4, 2, sparse=True), nn.Linear(2, 2))
    dense = nn.Sequential(nn.Embedding(4, 2), nn.Linear(2, 2))
    dense.load_state_dict(sparse.state_dict())
    chunks = [[(torch.tensor([0, 1, 0]), torch.tensor([0, 1, 0]))]]
    for model in (sparse, dense):
        bridge.dash_(
            model, bridge.chunk_gradients(model, chunks), include=lambda name, parameter: True
        )
    for one, other in zip(sparse.parameters(), dense.parameters(), strict=True):
        assert torch.equal(one, other)
