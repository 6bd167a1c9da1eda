"""Settings of a run: what is refused, how they are written, and the folder's name."""

import dataclasses
import json

import pytest

from paper_repro.catalog import RESULTS
from paper_repro.records import load_records
from paper_repro.run import NARROW, Run


@pytest.mark.parametrize(
    ("name", "value", "allowed"),
    [
        ("dataset", "mnist", "one of cifar10"),
        ("model", "alexnet", "one of resnet18"),
        ("method", "hot", "one of cold"),
        ("arrival", "never", "one of accumulate"),
        ("norm", "none", "one of batch"),
        ("optimizer", "adam", "one of sgd"),
        ("probes", ("speed",), "one of gradient_norms"),
        ("chunks", 0, "at least 1"),
        ("epochs", 0, "at least 1"),
        ("batch", -1, "at least 1"),
        ("every", 0, "at least 1"),
        ("until", 0, "at least 1"),
        ("first_epochs", 0, "at least 1"),
        ("train_size", 0, "at least 1"),
        ("test_size", -5, "at least 1"),
        ("pool", 0, "at least 1"),
        ("doubling", 1.0, "above 1"),
        ("doubling", float("inf"), "finite"),
        ("image_size", 7, "at least 8"),
        ("width", 6, "multiple of 4"),
        ("seed", -1, "at least 0"),
        ("lr", 0.0, "above 0"),
        ("lr", float("nan"), "above 0"),
        ("stop", 1.5, "at most 1"),
        ("alpha", 0.0, "above 0"),
        ("label_noise", 1.1, "from 0 to 1"),
        ("lam", 1.1, "from 0 to 1"),
        ("momentum", 1.0, "below 1"),
        ("sigma", float("inf"), "at least 0"),
        ("l2", float("nan"), "at least 0"),
    ],
)
def test_a_bad_value_is_named_with_what_is_allowed(name, value, allowed):
    shown = value[0] if isinstance(value, tuple) else value
    with pytest.raises(ValueError, match=f"^{name} must be .*{allowed}.*it is '?{shown}"):
        Run(**{name: value})


@pytest.mark.parametrize("model", ["cnn", "cnn_narrow"])
def test_the_cnns_have_nothing_to_normalize(model):
    with pytest.raises(ValueError, match=f"norm must be 'batch' for '{model}'"):
        Run(model=model, norm="layer")
    assert Run(model=model, width=64, batch=1).batch == 1


def test_batch_normalization_takes_two_images():
    with pytest.raises(ValueError, match=r"^batch must be at least 2 with batch normalization; it"):
        Run(batch=1)
    assert Run(batch=1, norm="layer").batch == 1


@pytest.mark.parametrize("model", NARROW)
def test_a_released_network_has_its_own_width(model):
    with pytest.raises(ValueError, match=f"width must be 64 for '{model}'.*'{NARROW[model]}'"):
        Run(model=model, width=16)
    assert Run(model=NARROW[model], width=16).learning_rate == Run(model=model).learning_rate


def test_round_trip_through_json():
    run = Run(method="dash", lam=0.05, train_size=100, probes=("cost", "dead_neurons"))
    assert Run.from_dict(json.loads(json.dumps(run.to_dict()))) == run
    shorter = {k: v for k, v in run.to_dict().items() if k != "until"}
    assert Run.from_dict(shorter) == run
    with pytest.raises(ValueError, match=r"known settings only; it has \['temperature'\]"):
        Run.from_dict({"temperature": 1})


def test_every_setting_enters_the_name():
    other = {
        "dataset": "svhn", "model": "mlp", "method": "dash", "arrival": "discard", "norm": "layer",
        "optimizer": "sam", "probes": ("cost",), "decay": True, "augment": True, "bf16": True,
        "l2_of_summed_norms": True, "width": 8, "alpha": 0.7, "lam": 0.7, "momentum": 0.7,
        "stop": 0.7, "image_size": 16, "beta": 0.7, "replace_rate": 0.7, "label_noise": 0.7,
    }  # fmt: skip
    plain = Run(model="resnet18_narrow")
    names = {plain.name}
    for field in dataclasses.fields(Run):
        changed = dataclasses.replace(plain, **{field.name: other.get(field.name, 3)})
        names.add(changed.name)
    assert len(names) == len(dataclasses.fields(Run)) + 1


def test_committed_records_lie_under_their_runs_name():
    folders = [path.parent for path in RESULTS.glob("*/records.jsonl")]
    assert folders
    for folder in folders:
        with (folder / "records.jsonl").open() as file:
            run = Run.from_dict(json.loads(file.readline())["run"])
        assert run.name == folder.name
        assert load_records(run, RESULTS).complete


def test_the_learning_rate_is_the_papers_unless_given():
    assert Run(model="resnet18").learning_rate == 0.001
    assert {Run(model=model).learning_rate for model in ("vgg16", "mlp", "cnn")} == {0.01}
    assert Run(lr=0.5).learning_rate == 0.5
