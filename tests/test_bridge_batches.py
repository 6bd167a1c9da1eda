"""Batches of any kind in `chunk_gradients`, and models whose weights are computed."""

from collections import UserDict, namedtuple

import pytest

torch = pytest.importorskip("torch")
from torch import nn  # noqa: E402
from torch.nn.functional import cross_entropy, mse_loss  # noqa: E402
from torch.nn.utils import parametrizations, prune  # noqa: E402
from torch.utils.data import DataLoader  # noqa: E402

from featsim import bridge  # noqa: E402

Row = namedtuple("Row", ["x", "y"])


class Words(nn.Module):
    """A network that is called with names, as language models are."""

    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(11, 5)
        self.head = nn.Linear(5, 11)

    def forward(self, input_ids, labels):
        scores = self.head(self.embedding(input_ids))
        return {"loss": cross_entropy(scores.flatten(0, 1), labels.flatten())}


def words(n, seed=0):
    generator = torch.Generator().manual_seed(seed)
    labels = torch.randint(11, (n, 4), generator=generator)
    labels[torch.arange(n), torch.arange(n) % 4] = -100  # each row leaves out one word
    labels[0, :] = torch.tensor([-100, -100, 3, -100])
    return {"input_ids": torch.randint(11, (n, 4), generator=generator), "labels": labels}


def cut(batch, size):
    parts = [batch["input_ids"].split(size), batch["labels"].split(size)]
    return [{"input_ids": x, "labels": y} for x, y in zip(*parts, strict=True)]


def language_loss(model, batch):
    return model(**batch)["loss"]


def gradients_by_hand(model, loss):
    """The gradients of a loss, from one backward pass in eval mode."""
    model.eval()
    model.zero_grad()
    loss(model).backward()
    return {name: p.grad for name, p in model.named_parameters()}


def assert_same(one, two):
    assert set(one) == set(two)
    for name in one:
        torch.testing.assert_close(one[name], two[name], rtol=1e-5, atol=1e-7)


@pytest.mark.parametrize("kind", [dict, UserDict])
def test_dict_batches_are_weighted_by_size(kind):
    torch.manual_seed(0)
    model, batch = Words(), words(6)
    expected = gradients_by_hand(model, lambda m: m(**batch)["loss"])  # a mean over all words
    for size in (6, 4, 1):
        (gradient,) = bridge.chunk_gradients(
            model,
            [[kind(b) for b in cut(batch, size)]],
            batch_loss=language_loss,
            size=lambda b: (b["labels"] >= 0).sum(),
        )
        assert_same(gradient, expected)
    pieces = [gradients_by_hand(model, lambda m, b=b: m(**b)["loss"]) for b in cut(batch, 4)]
    (gradient,) = bridge.chunk_gradients(model, [cut(batch, 4)], batch_loss=language_loss)
    rows = {n: (4 * pieces[0][n] + 2 * pieces[1][n]) / 6 for n in gradient}
    assert_same(gradient, rows)


def test_size_also_weighs_pairs():
    torch.manual_seed(0)
    model = nn.Linear(3, 2)
    chunk = [(torch.randn(4, 3), torch.randn(4, 2)), (torch.randn(1, 3), torch.randn(1, 2))]
    pieces = [gradients_by_hand(model, lambda m, b=b: mse_loss(m(b[0]), b[1])) for b in chunk]
    (gradient,) = bridge.chunk_gradients(model, [chunk], loss=mse_loss, size=lambda b: 0.5)
    assert_same(gradient, {n: (pieces[0][n] + pieces[1][n]) / 2 for n in gradient})


@pytest.mark.parametrize(
    "make",
    [
        lambda x, y: {"x": x, "y": y},
        lambda x, y: Row(x, y),
        lambda x, y: ["text", {"x": [x], "y": (x, y)}, 3.0],
        lambda x, y: torch.cat([x, y], dim=1),
        lambda x, y: (x, y, torch.tensor(1.0)),
    ],
    ids=["dict", "namedtuple", "nested", "tensor", "scalar last"],
)
def test_a_batch_is_as_long_as_its_last_tensor(make):
    model, read = nn.Linear(3, 1), []
    with torch.no_grad():
        model.weight.copy_(torch.tensor([[1.0, 2.0, 3.0]]))

    def batch_loss(model, batch):
        read.append(batch)
        return len(read) * model.bias.sum()

    chunk = [make(torch.zeros(n, 3), torch.zeros(n, 1)) for n in (1, 3)]
    (gradient,) = bridge.chunk_gradients(model, [chunk], batch_loss=batch_loss)
    assert gradient["bias"].item() == pytest.approx((1 * 1 + 3 * 2) / 4)
    assert [type(batch) for batch in read] == [type(batch) for batch in chunk]


def test_batches_are_moved_to_the_device():
    model = nn.Linear(3, 1)
    seen = []

    def batch_loss(model, batch):
        seen.append((batch["x"][0].device.type, batch["text"], model.weight.device.type))
        return (model.weight * batch["x"][0].mean()).sum()

    chunk = [{"x": [torch.zeros(2, 3)], "text": "kept"}]
    (gradient,) = bridge.chunk_gradients(model, [chunk], batch_loss=batch_loss, device="meta")
    assert seen == [("meta", "kept", "meta")]
    assert gradient["weight"].device.type == "meta"
    assert model.weight.device.type == "cpu"


def old_weight_norm(layer):
    with pytest.warns(FutureWarning, match="weight_norm"):
        return torch.nn.utils.weight_norm(layer)


COMPUTED = {
    "old weight norm": (old_weight_norm, {"weight_g", "weight_v"}),
    "old spectral norm": (torch.nn.utils.spectral_norm, {"weight_orig"}),
    "pruned": (lambda m: prune.l1_unstructured(m, "weight", amount=0.5), {"weight_orig"}),
    "spectral norm": (
        parametrizations.spectral_norm,
        {"parametrizations.weight.original"},
    ),
}


@pytest.mark.filterwarnings("ignore:`torch.nn.utils.spectral_norm:FutureWarning")
@pytest.mark.parametrize("name", COMPUTED)
def test_models_with_computed_weights_are_copied_after_a_forward_pass(name):
    torch.manual_seed(0)
    reparametrize, names = COMPUTED[name]
    model = nn.Sequential(reparametrize(nn.Linear(4, 3)), nn.ReLU(), nn.Linear(3, 2))
    inputs, target = torch.randn(6, 4), torch.arange(6) % 2
    cross_entropy(model(inputs), target).backward()
    before = {n: v.clone() for n, v in model.state_dict().items()}
    (gradient,) = bridge.chunk_gradients(model, [[(inputs, target)]])
    assert {n: torch.equal(v, before[n]) for n, v in model.state_dict().items()} == dict.fromkeys(
        before, True
    )
    expected = gradients_by_hand(model, lambda m: cross_entropy(m(inputs), target))
    assert_same(gradient, expected)
    assert set(gradient) == {f"0.{n}" for n in names} | {"0.bias", "2.weight", "2.bias"}
    assert set(bridge.dash_(model, gradient)) == {"0.bias", "2.weight", "2.bias"}


def test_a_model_that_cannot_be_copied_is_explained():
    model = nn.Linear(2, 2)
    model.memory = [model.weight * 2]
    with pytest.raises(ValueError, match=r"model must be one that copy\.deepcopy can copy: Only"):
        bridge.chunk_gradients(model, [])


PAIR = (torch.zeros(2, 3), torch.zeros(2, dtype=torch.long))


@pytest.mark.parametrize(
    ("chunks", "message"),
    [
        (DataLoader([1, 2]), "chunks must be a list of chunks; it is one DataLoader"),
        ([[words(2)]], r"batches, or any with batch_loss=; one is a dict"),
        ([[(*PAIR, PAIR[1])]], r"\(input, target\) batches.*; one is a tuple"),
        ([PAIR], r"\(input, target\) batches.*; one is a Tensor"),
        ([words(2)], "a chunk must be a list of batches or a DataLoader; it is a dict"),
        ([PAIR[0]], "a chunk must be a list of batches or a DataLoader; it is a Tensor"),
    ],
)
def test_chunks_of_another_form_are_explained(chunks, message):
    with pytest.raises(TypeError, match=message):
        list(bridge.chunk_gradients(nn.Linear(3, 2), chunks))


def test_other_errors():
    model, chunks = Words(), [[words(2)]]
    with pytest.raises(ValueError, match="loss and batch_loss exclude each other"):
        bridge.chunk_gradients(model, chunks, loss=cross_entropy, batch_loss=language_loss)
    for bad in (0, -1, float("nan"), float("inf")):
        with pytest.raises(ValueError, match="size must be above 0 for each batch; for one it is"):
            list(
                bridge.chunk_gradients(
                    model, chunks, batch_loss=language_loss, size=lambda b, bad=bad: bad
                )
            )
    with pytest.raises(ValueError, match="size must be above 0"):
        list(bridge.chunk_gradients(model, [["ab"]], batch_loss=lambda m, b: m.head.bias.sum()))
    with pytest.raises(ValueError, match="loss must depend on a parameter that requires a grad"):
        list(bridge.chunk_gradients(model, chunks, batch_loss=lambda m, b: torch.tensor(1.0)))
    for place in ("nowhere", "cuda:99"):
        with pytest.raises(ValueError, match=f"device must be one .*; it is '{place}'"):
            bridge.chunk_gradients(model, chunks, batch_loss=language_loss, device=place)
    with pytest.raises(TypeError, match="loss must return a tensor; it is a dict"):
        list(bridge.chunk_gradients(model, chunks, batch_loss=lambda m, b: m(**b)))
