"""The page on DASH: each of its programs runs, and does what plain loops over `dash_` do."""

import copy
import re
import warnings
from pathlib import Path

import pytest

torch = pytest.importorskip("torch")
from torch import nn  # noqa: E402
from torch.nn.functional import cross_entropy  # noqa: E402
from torch.utils.data import TensorDataset  # noqa: E402

from featsim import bridge  # noqa: E402

PAGE = (Path(__file__).parents[1] / "docs" / "dash.md").read_text(encoding="utf-8")


def source(heading):
    """Return the page's program under a heading."""
    section = re.search(rf"^## {heading}\n(.*?)(?=^## |\Z)", PAGE, re.DOTALL | re.MULTILINE)
    return re.search(r"```python\n(.*?)```", section.group(1), re.DOTALL).group(1)


def program(heading):
    """Run the page's program under a heading; return its names."""
    names = {"__name__": "recipe"}
    exec(compile(source(heading), f"docs/dash.md: {heading}", "exec"), names)
    return names


@pytest.mark.parametrize("heading", ["A full loop", "Lightning", "Hugging Face"])
def test_a_recipe_has_at_most_twenty_lines_beside_imports(heading):
    lines = [line for line in source(heading).splitlines() if line.strip()]
    assert len([line for line in lines if not re.match(r"(from|import) ", line)]) <= 20


def library(name):
    """Import a library or skip; each imports torchvision, which must come in by its own door."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # those of its imports
        pytest.importorskip("paper_repro.vision")
        return pytest.importorskip(name)


def network():
    torch.manual_seed(0)
    return nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 3))


def chunks(count, points=6):
    generator = torch.Generator().manual_seed(1)
    return [
        TensorDataset(torch.randn(points, 4, generator=generator), torch.arange(points) % 3)
        for _ in range(count)
    ]


def by_hand(model, data, epochs, acts, lr, until=2.0):
    """Train on full batches, shrinking before the experiments of `acts`; return the factors."""
    optimizer = torch.optim.SGD(model.parameters(), lr=lr, momentum=0.9)
    log = {}
    for j in range(1, len(data) + 1):
        pairs = [[chunk.tensors] for chunk in data[:j]]
        if j in acts:
            log[j] = bridge.dash_(model, bridge.chunk_gradients(model, pairs))
        inputs, target = (torch.cat(x) for x in zip(*(c.tensors for c in data[:j]), strict=True))
        for _ in range(epochs):
            output = model(inputs)
            optimizer.zero_grad()
            cross_entropy(output, target).backward()
            optimizer.step()
            if (output.argmax(1) == target).sum() >= until * len(target):
                break
    return log


def assert_same(one, two, atol=1e-5):
    assert list(one) == list(two)
    for name in one:
        torch.testing.assert_close(one[name], two[name], rtol=1e-4, atol=atol)


def assert_same_log(one, two):
    assert list(one) == list(two)
    for j in one:
        assert_same(one[j], two[j])


@pytest.mark.slow
def test_the_full_loop():
    model, twin = network(), network()
    data = chunks(4)
    dash = program("A full loop")["train"](model, data, epochs=60, lr=0.1)
    log = by_hand(twin, data, 60, {2, 4}, lr=0.1, until=0.999)
    assert_same_log(dash.log, log)
    assert_same(model.state_dict(), twin.state_dict(), atol=1e-3)


def lightning_module(lightning):
    class Module(lightning.LightningModule):
        def __init__(self):
            super().__init__()
            self.network = network()

        def forward(self, inputs):
            return self.network(inputs)

        def training_step(self, batch, _):
            return cross_entropy(self(batch[0]), batch[1])

        def configure_optimizers(self):
            return torch.optim.SGD(self.parameters(), lr=0.1, momentum=0.9)

    return Module()


QUIET = {
    "accelerator": "cpu",
    "logger": False,
    "enable_progress_bar": False,
    "enable_model_summary": False,
    "log_every_n_steps": 1,
}


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")  # the library's own
def test_lightning(tmp_path):
    lightning = library("lightning.pytorch")
    recipe = program("Lightning")
    data, epochs = chunks(3), 2
    module, twin = lightning_module(lightning), network()
    checkpoint = lightning.callbacks.ModelCheckpoint(tmp_path, "{epoch}", save_top_k=-1)
    growing = recipe["GrowingData"](data, epochs)
    recipe["fit"](module, growing, callbacks=[checkpoint], **QUIET)
    dash = growing.dash
    log = by_hand(twin, data, epochs, {2, 3}, lr=0.1)
    assert_same(module.network.state_dict(), twin.state_dict())
    for j, factors in log.items():
        assert_same(dash.log[j], {f"network.{n}": f for n, f in factors.items()})

    for epoch in range(epochs * len(data) - 1):
        again = recipe["GrowingData"](data, epochs)
        resumed, file = lightning_module(lightning), tmp_path / f"epoch={epoch}.ckpt"
        recipe["fit"](resumed, again, file, enable_checkpointing=False, **QUIET)
        assert again.dash.points == [6, 6, 6]
        assert_same_log(again.dash.log, dash.log)
        assert_same(resumed.state_dict(), module.state_dict())


def language_model(transformers):
    torch.manual_seed(0)
    config = transformers.GPT2Config(
        vocab_size=13, n_positions=5, n_embd=8, n_layer=2, n_head=2, bos_token_id=0, eos_token_id=0
    )
    return transformers.GPT2LMHeadModel(config)


def sentences(count, points=6):
    generator = torch.Generator().manual_seed(2)
    words = torch.randint(13, (count, points, 5), generator=generator)
    labels = words.clone()
    labels[:, ::2, 3:] = -100  # every other sentence is shorter
    return [
        [{"input_ids": w, "labels": y} for w, y in zip(*chunk, strict=True)]
        for chunk in zip(words, labels, strict=True)
    ]


def gradient_by_hand(model, chunk):
    """The gradient of the mean loss over all words that a chunk has to predict."""
    twin = copy.deepcopy(model).eval()
    words, labels = (torch.stack([row[name] for row in chunk]) for name in ("input_ids", "labels"))
    scores = twin(input_ids=words).logits[:, :-1].flatten(0, 1)
    loss = cross_entropy(scores, labels[:, 1:].flatten())
    twin.zero_grad()
    loss.backward()
    return {name: p.grad for name, p in twin.named_parameters()}


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")  # the library's own
def test_hugging_face(tmp_path):
    transformers = library("transformers")
    pytest.importorskip("accelerate")
    recipe = program("Hugging Face")
    data, model = sentences(3), language_model(transformers)
    blocks = {
        n for n, p in model.named_parameters() if n.startswith("transformer.h.") and p.ndim == 2
    }
    expected, momenta = [], []

    class Spy(recipe["DashCallback"]):
        def on_train_begin(self, args, state, control, optimizer=None, **kwargs):
            gradients = [gradient_by_hand(model, chunk) for chunk in data[: len(expected) + 1]]
            twin = copy.deepcopy(model)
            if expected:
                bridge.dash_(twin, gradients, include=lambda n, p: n in blocks)
            expected.append(twin.state_dict())
            momenta.append(len(optimizer.state))
            super().on_train_begin(args, state, control, **kwargs)
            assert_same(model.state_dict(), expected[-1])

    recipe["DashCallback"] = Spy
    arguments = transformers.TrainingArguments(
        output_dir=tmp_path,
        per_device_train_batch_size=4,
        num_train_epochs=2,
        learning_rate=0.01,
        save_strategy="no",
        report_to="none",
        use_cpu=True,
        disable_tqdm=True,
    )
    dash = recipe["train"](model, data, arguments)
    assert dash.points == [6, 6, 6]
    assert set(dash.log) == {2, 3}
    assert {name for factors in dash.log.values() for name in factors} == blocks
    assert len(blocks) == 8
    assert momenta[0] == 0
    assert momenta[1] == momenta[2] > 0  # the optimizer lives on
    assert not torch.equal(expected[1]["lm_head.weight"], expected[2]["lm_head.weight"])


def test_the_page_names_what_there_is():
    for name in re.findall(r"`(?:featsim\.)?bridge\.(\w+)", PAGE):
        assert hasattr(bridge, name), name
    matrices = program("Which parameters")["matrices"]
    assert bridge.left_alone(network(), matrices) == ["0.bias", "2.bias"]
