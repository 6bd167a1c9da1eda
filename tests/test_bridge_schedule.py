"""`bridge.Dash`: told of each chunk, it does by schedule what `dash_` does by hand."""

import copy

import pytest

torch = pytest.importorskip("torch")
from torch import nn  # noqa: E402
from torch.utils.data import DataLoader, SubsetRandomSampler, TensorDataset  # noqa: E402

import featsim  # noqa: E402
from featsim import bridge  # noqa: E402


def network():
    torch.manual_seed(0)
    return nn.Sequential(nn.Linear(4, 5), nn.BatchNorm1d(5), nn.ReLU(), nn.Linear(5, 3))


class Stream(torch.utils.data.IterableDataset):
    """Nine points that have no length."""

    def __iter__(self):
        return iter([(torch.zeros(4), 0)] * 9)


def chunk(seed, points=6):
    generator = torch.Generator().manual_seed(seed)
    return [(torch.randn(points, 4, generator=generator), torch.arange(points) % 3)]


def train(model, seed):
    """Stand for training: change every parameter, as an optimizer would."""
    generator = torch.Generator().manual_seed(100 + seed)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.add_(0.1 * torch.randn(parameter.shape, generator=generator))


def assert_same(one, two):
    assert list(one) == list(two)
    for name in one:
        assert torch.equal(one[name], two[name]), name


def experiments(dash, chunks):
    """Let the chunks arrive, with training after each; return the factors of each arrival."""
    found = []
    for seed, new in enumerate(chunks):
        found.append(dash.arrive(new))
        train(dash.model, seed)
    return found


SCHEDULES = [
    ("always", [6] * 5, {2, 3, 4, 5}),
    (featsim.Doubling(), [6] * 8, {2, 4, 8}),
    (featsim.Doubling(), [4, 3, 1, 12], {3, 4}),
    (featsim.Doubling(factor=3), [6] * 9, {3, 9}),
    (featsim.Every(2), [6] * 5, {2, 4}),
    (featsim.Every(1), [6] * 3, {2, 3}),
    (featsim.At((3, 5, 10)), [6] * 5, {3, 5}),
]


@pytest.mark.parametrize("keep", ["all", "newest"])
@pytest.mark.parametrize(("when", "sizes", "acts"), SCHEDULES)
def test_it_is_algorithm_1_at_the_weights_of_the_moment(when, sizes, acts, keep):
    chunks = [chunk(seed, points) for seed, points in enumerate(sizes)]
    model = network()
    dash = bridge.Dash(model, alpha=0.4, lam=0.2, when=when, keep=keep)
    found = experiments(dash, chunks)
    twin, expected = network(), []
    for j in range(1, len(chunks) + 1):
        factors = {}
        if j in acts:
            arrived = chunks[:j] if keep == "all" else chunks[j - 1 : j]
            gradients = bridge.chunk_gradients(twin, arrived)
            factors = bridge.dash_(twin, gradients, alpha=0.4, lam=0.2)
        expected.append(factors)
        train(twin, j - 1)
    assert_same(model.state_dict(), twin.state_dict())
    assert set(dash.log) == acts
    for j, factors in enumerate(expected, 1):
        assert_same(found[j - 1], factors)
        assert_same(dash.log.get(j, {}), factors)
    assert dash.points == sizes
    assert dash.chunks == (chunks if keep == "all" else chunks[-1:])


def test_the_defaults_are_those_of_dash_():
    chunks = [chunk(0), chunk(1)]
    model, twin = network(), network()
    dash = bridge.Dash(model)
    assert dash.arrive(chunks[0]) == {}
    assert_same(model.state_dict(), twin.state_dict())
    factors = dash.arrive(chunks[1])
    assert_same(factors, bridge.dash_(twin, bridge.chunk_gradients(twin, chunks)))
    factors["0.weight"].zero_()
    assert dash.log[2]["0.weight"].any()


def test_its_options_are_passed_on():
    seen = []

    def batch_loss(model, batch):
        seen.append(batch["x"].device.type)
        return model(batch["x"]).square().mean()

    def include(name, parameter):
        return "1." in name

    def batches(seed):
        return [{"x": chunk(seed, n)[0][0]} for n in (2, 5)]

    model, twin = network(), network()
    dash = bridge.Dash(
        model, include=include, batch_loss=batch_loss, size=lambda b: 1, device="cpu"
    )
    experiments(dash, [batches(0), batches(1)])
    assert seen == ["cpu"] * 4
    assert dash.points == [7, 7]
    train(twin, 0)
    gradients = bridge.chunk_gradients(
        twin, [batches(0), batches(1)], batch_loss=batch_loss, size=lambda b: 1
    )
    assert_same(dash.log[2], bridge.dash_(twin, gradients, include=include))
    assert set(dash.log[2]) == {"1.weight", "1.bias"}
    model = network()
    dash = bridge.Dash(model, loss=lambda output, target: output.square().mean())
    dash.arrive(chunk(0))
    gradients = list(bridge.chunk_gradients(model, [chunk(0), chunk(1)], loss=dash.loss))
    expected = bridge.cosine_similarities(model, gradients)
    assert torch.equal(dash.arrive(chunk(1))["0.weight"], expected["0.weight"].clamp(0.3, 1))


def test_points_are_those_of_the_loader_or_of_the_caller():
    data = TensorDataset(torch.randn(10, 4), torch.arange(10) % 3)
    batches = torch.utils.data.BatchSampler(range(7), 2, drop_last=False)
    loaders = {
        DataLoader(data, batch_size=4, shuffle=True): 10,
        DataLoader(data, batch_size=4, sampler=SubsetRandomSampler(range(3))): 3,
        DataLoader(data, batch_sampler=batches): 7,
        DataLoader(Stream(), batch_size=4): 9,
    }
    dash = bridge.Dash(network(), when=featsim.At((20,)))
    random_state = torch.get_rng_state()
    for loader in loaders:
        dash.arrive(loader)
    assert torch.equal(torch.get_rng_state(), random_state)
    dash.arrive(chunk(0), points=99)
    assert dash.points == [*loaders.values(), 99]


@pytest.mark.parametrize("keep", ["all", "newest"])
def test_a_run_goes_on_from_its_state(keep, tmp_path):
    chunks = [chunk(seed) for seed in range(8)]
    whole = bridge.Dash(network(), when=featsim.Doubling(), keep=keep)
    experiments(whole, chunks)
    first = bridge.Dash(network(), when=featsim.Doubling(), keep=keep)
    experiments(first, chunks[:3])
    torch.save({"model": first.model.state_dict(), "dash": first.state_dict()}, tmp_path / "state")
    saved = torch.load(tmp_path / "state", weights_only=True)
    second = bridge.Dash(network(), when=featsim.Doubling(), keep=keep)
    second.model.load_state_dict(saved["model"])
    second.load_state_dict(saved["dash"], chunks[:3] if keep == "all" else ())
    for seed, new in enumerate(chunks[3:], 3):
        second.arrive(new)
        train(second.model, seed)
    assert_same(second.model.state_dict(), whole.model.state_dict())
    assert set(second.log) == set(whole.log) == {2, 4, 8}
    for j, factors in whole.log.items():
        assert_same(second.log[j], factors)


def test_a_state_is_apart_from_what_comes_later():
    dash = bridge.Dash(network())
    experiments(dash, [chunk(0), chunk(1)])
    saved = dash.state_dict()
    expected = copy.deepcopy(saved)
    other = bridge.Dash(network())
    other.load_state_dict(saved, [chunk(0), chunk(1)])
    other.arrive(chunk(2))
    dash.arrive(chunk(2))
    assert saved["points"] == expected["points"] == [6, 6]
    assert set(saved["log"]) == {2}


def test_a_chunk_that_fails_has_not_arrived():
    model = network()
    dash = bridge.Dash(model)
    dash.arrive(chunk(0))
    bad = chunk(1)
    bad[0][0][0, 0] = torch.nan
    before = copy.deepcopy(model.state_dict())
    with pytest.raises(ValueError, match="finite"):
        dash.arrive(bad)
    assert_same(model.state_dict(), before)
    assert (dash.points, dash.chunks, dash.log) == ([6], [dash.chunks[0]], {})
    assert dash.arrive(chunk(1))


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"alpha": 0}, ValueError, "alpha must be"),
        ({"lam": 1.5}, ValueError, "lam must be"),
        ({"when": "sometimes"}, ValueError, "when must be"),
        ({"when": 2}, TypeError, "when must be"),
        ({"keep": "oldest"}, ValueError, "keep must be 'all' or 'newest'; it is 'oldest'"),
        ({"include": "weight"}, TypeError, "include must be a function; it is a str"),
        ({"loss": 1.0}, TypeError, "loss must be a function; it is a float"),
        ({"batch_loss": 1.0}, TypeError, "batch_loss must be a function; it is a float"),
        ({"size": 128}, TypeError, "size must be a function; it is a int"),
        ({"device": "abacus"}, ValueError, "device must be one that torch has here; it is 'abac"),
        ({"loss": min, "batch_loss": min}, ValueError, "exclude each other"),
    ],
)
def test_bad_settings_are_refused_at_once(options, error, message):
    with pytest.raises(error, match=message):
        bridge.Dash(network(), **options)


def test_bad_arguments():
    with pytest.raises(TypeError, match="model must be"):
        bridge.Dash("model")
    dash = bridge.Dash(network())
    with pytest.raises(TypeError, match="read again; it is an iterator"):
        dash.arrive(iter(chunk(0)))
    for wrong in ({"x": 1}, torch.ones(2), None):
        with pytest.raises(TypeError, match="a chunk must be a list of batches or a DataLoader"):
            dash.arrive(wrong)
    with pytest.raises(TypeError, match=r"must hold \(input, target\) batches, or .* is a Ten"):
        dash.arrive(chunk(0)[0])  # a batch alone
    for points in (0, -1):
        with pytest.raises(ValueError, match="points must be an integer of at least 1"):
            dash.arrive(chunk(0), points=points)
    with pytest.raises(ValueError, match="a chunk must have a sample; it is empty"):
        dash.arrive([])
    dash.arrive(chunk(0))
    with pytest.raises(ValueError, match="chunks must be the 1 that had arrived, not 0"):
        dash.load_state_dict(dash.state_dict())
    with pytest.raises(
        ValueError, match=r"state must be what state_dict returned; it lacks \['points"
    ):
        dash.load_state_dict({})
    for points in ([0], ["6"]):
        with pytest.raises((TypeError, ValueError), match="points must be an integer"):
            dash.load_state_dict({"points": points, "log": {}}, [chunk(0)])
    assert dash.points == [6]
