"""The protocol on digits with a tiny network: stop rule, seeds, arrival, records, resume."""

import itertools
import json
import signal
import subprocess
import sys
from types import SimpleNamespace

import pytest

torch = pytest.importorskip("torch")

from paper_repro import checkpoints, protocol, records, training  # noqa: E402
from paper_repro.arrival import experiments  # noqa: E402
from paper_repro.data import load  # noqa: E402
from paper_repro.machine import Machine  # noqa: E402
from paper_repro.methods import Method  # noqa: E402
from paper_repro.protocol import execute  # noqa: E402
from paper_repro.records import RunError, load_records  # noqa: E402
from paper_repro.run import METHODS, Run  # noqa: E402

TINY = {"model": "mlp_narrow", "width": 8, "chunks": 3, "train_size": 192, "batch": 32, "epochs": 3}


def quiet(sentence):
    pass


def numbers(done):
    """Every row but what time decides."""
    return [
        {k: v for k, v in row.items() if k not in ("seconds", "images_per_second")}
        for row in done.lines()
    ]


def run_tiny(root, **changes):
    return execute(Run(**{**TINY, **changes}), root, report=quiet)


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    """Return the folder of runs that several tests compare with, so that each is trained once."""
    return tmp_path_factory.mktemp("root")


@pytest.mark.parametrize("method", METHODS)
def test_every_method_and_chunk_1_is_the_same_for_all(root, method):
    done = run_tiny(root, method=method)
    assert [row["train_size"] for row in done.experiments] == [64, 128, 192]
    assert [row["steps"] for row in done.experiments] == [6, 12, 18]
    reference = run_tiny(root, method="cold")
    same = numbers(done)[1:5] == numbers(reference)[1:5]
    # These act from the start: by a penalty, or after each step.
    assert same == (method not in ("l2_init", "l2", "parseval", "soft_shrink_perturb"))
    if method != "cold":
        assert numbers(done)[5:] != numbers(reference)[5:]


@pytest.mark.parametrize(
    "changes",
    [
        {"optimizer": "sam"}, {"norm": "layer"}, {"augment": True}, {"decay": True}, {"bf16": True},
        {"model": "resnet18_narrow"}, {"model": "cnn_narrow"}, {"model": "vgg16_narrow"},
        {"l2_of_summed_norms": True}, {"weight_decay": 0.1}, {"momentum": 0.5}, {"rho": 0.5},
        {"l2": 0.5}, {"lr": 0.02}, {"batch": 16}, {"width": 4}, {"label_noise": 0.5},
    ],
    ids=str,
)  # fmt: skip
def test_every_other_setting_changes_the_training(root, changes):
    """A setting that is ignored gives the losses of the run without it."""
    small = {"chunks": 2, "epochs": 2, "train_size": 128, "test_size": 20}
    if "rho" in changes:
        small |= {"optimizer": "sam"}
    if {"l2", "l2_of_summed_norms"} & set(changes):
        small |= {"method": "l2_init"}
    done = run_tiny(root, **small, **changes)
    assert done.complete
    plain = run_tiny(root, **small)
    losses = [[row["loss"] for row in records.epochs] for records in (done, plain)]
    assert losses[0] != losses[1]


def test_the_same_seed_gives_the_same_records(tmp_path):
    one = run_tiny(tmp_path / "one", method="shrink_perturb", augment=True)
    torch.manual_seed(99)
    two = run_tiny(tmp_path / "two", method="shrink_perturb", augment=True)
    other = run_tiny(tmp_path / "other", method="shrink_perturb", augment=True, seed=1)
    assert numbers(one) == numbers(two)
    assert numbers(one)[1:] != numbers(other)[1:]


def test_the_stop_rule(root):
    done = run_tiny(root, epochs=40, stop=0.9, lr=0.05)
    for row in done.experiments:
        epochs = [e for e in done.epochs if e["experiment"] == row["experiment"]]
        accuracies = [e["train_accuracy"] for e in epochs]
        assert row["converged"]
        assert all(a < 0.9 for a in accuracies[:-1])
        assert accuracies[-1] == row["train_accuracy"] >= 0.9
        assert row["epochs"] == len(epochs) < 40
        assert row["steps"] == len(epochs) * -(-row["train_size"] // 32)
    short = run_tiny(root, epochs=1, first_epochs=2)
    assert [row["converged"] for row in short.experiments] == [False] * 3
    assert [row["epochs"] for row in short.experiments] == [2, 1, 1]
    endless = run_tiny(root, epochs=5, stop=None)
    assert [row["epochs"] for row in endless.experiments] == [5] * 3


def test_accuracies_of_old_samples(root):
    done = run_tiny(root, lr=0.05, epochs=30, probes=("old_accuracy_by_epoch",))
    first, second, third = ([r for r in done.epochs if r["experiment"] == j] for j in (1, 2, 3))
    assert {row["old_accuracy"] for row in first} == {None}
    assert all("start_old_accuracy" not in row for row in first)
    for rows in (second, third):
        assert rows[0]["start_old_accuracy"] > 0.9  # warm: what was learned is there
        assert [("start_old_accuracy" in row) for row in rows[:8]] == [
            number < 6 for number in range(len(rows[:8]))
        ]
    assert third[0]["old_accuracy"] > third[0]["train_accuracy"]
    plain = run_tiny(root, lr=0.05, epochs=30)
    assert [row["loss"] for row in plain.epochs] == [row["loss"] for row in done.epochs]


def test_the_test_accuracy_by_epoch_ends_at_the_experiments(root):
    done = run_tiny(root, probes=("test_accuracy_by_epoch",))
    for row in done.experiments:
        last = done.epochs_of(row["experiment"])[-1]
        assert last["test_accuracy"] == row["test_accuracy"]
    assert len({row["test_accuracy"] for row in done.epochs}) > 2
    plain = run_tiny(root)
    assert [row["loss"] for row in plain.epochs] == [row["loss"] for row in done.epochs]


def test_probes_are_measured_and_change_nothing(root):
    done = run_tiny(
        root, probes=("gradient_norms", "test_cosines", "dead_neurons", "cost"),
        model="cnn_narrow", epochs=2,
    )  # fmt: skip
    for row in done.experiments:
        assert 0 < row["gradient_norm"] < row["summed_gradient_norm"]
        assert row["test_cosines"]["filters"] == 4 + 4 * 8 + 8 * 16
        assert len(row["dead_neurons"]) == 3
        assert row["tflops"] > 0
    plain = run_tiny(root, model="cnn_narrow", epochs=2)
    kept = [[(e["loss"], e["train_accuracy"]) for e in r.epochs] for r in (done, plain)]
    assert kept[0] == kept[1]


def plan(tmp_path, **changes):
    run = Run(**{**TINY, **changes})
    return experiments(run, load(run, tmp_path))


def test_arrival_accumulates_by_default(tmp_path):
    steps = plan(tmp_path, chunks=5, test_size=50)
    assert [len(step.train) for step in steps] == [38, 76, 114, 152, 190]
    assert [step.acts for step in steps] == [False, True, True, True, True]
    for before, after in itertools.pairwise(steps):
        assert torch.equal(after.old, before.train)
    assert len(steps[-1].train.unique()) == 190
    assert all(len(step.test) == 50 for step in steps)


def test_arrival_discard_keeps_the_newest_chunk_only(tmp_path):
    steps, kept = plan(tmp_path, arrival="discard", every=2, until=2), plan(tmp_path)
    assert [step.acts for step in steps] == [False, True, False]
    for step, all_data in zip(steps, kept, strict=True):
        assert torch.equal(step.train, all_data.chunks[-1])
        assert len(step.old) == 0


def test_at_doublings_the_method_acts_where_the_data_have_grown_since_it_last_did(tmp_path):
    def acting(**changes):
        return [step.number for step in plan(tmp_path, chunks=16, **changes) if step.acts]

    assert acting(doubling=2.0) == [2, 4, 8, 16]
    assert acting(doubling=1.5) == [2, 3, 5, 8, 12]
    assert acting(doubling=3.0) == [3, 9]
    assert acting(doubling=2.0, until=8) == [2, 4, 8]
    assert acting(doubling=2.0, every=3) == [3, 6, 12]
    assert acting(doubling=2.0, arrival="discard") == [2, 4, 8, 16]


def test_between_doublings_dash_is_a_warm_start(root):
    changes = {"chunks": 4, "method": "dash", "epochs": 2}
    done = run_tiny(root, doubling=4.0, **changes)
    late = run_tiny(root, every=4, **changes)
    warm = run_tiny(root, **{**changes, "method": "warm"})
    assert numbers(done)[1:] == numbers(late)[1:]
    assert numbers(done)[1:10] == numbers(warm)[1:10]
    assert numbers(done)[10:] != numbers(warm)[10:]


def test_a_hook_after_each_step_sees_the_batch_and_its_memory_survives_a_break(
    tmp_path, monkeypatch
):
    def after_step(learner, inputs, generator):
        count = learner.memory.get("steps", torch.zeros(()))
        learner.memory["steps"] = count + 1
        noise = torch.randn(next(learner.model.parameters()).shape, generator=generator)
        with torch.no_grad():
            next(learner.model.parameters()).add_(
                noise, alpha=1e-4 * learner.memory["steps"].item()
            )
        assert len(inputs) == 32

    method = Method(None, None, after_step)
    monkeypatch.setattr(training, "find", lambda name: method)
    monkeypatch.setattr(protocol, "find", lambda name: method)
    expected = numbers(run_tiny(tmp_path / "whole"))
    with monkeypatch.context() as patch:
        interrupt_after(patch, 2)
        with pytest.raises(RunError):
            run_tiny(tmp_path)
    assert numbers(run_tiny(tmp_path)) == expected


def test_records_tell_images_a_second(tmp_path):
    for row in run_tiny(tmp_path, epochs=5).experiments:
        assert row["images_per_second"] > row["train_size"]


def test_arrival_continuous_is_an_epoch_a_chunk_and_then_all(tmp_path):
    done = run_tiny(tmp_path, arrival="continuous", chunks=4, every=2, method="dash", epochs=5)
    assert [row["epochs"] for row in done.experiments] == [1, 1, 1, 6]
    assert [row["train_size"] for row in done.experiments] == [48, 96, 144, 192]


def test_arrival_by_class_is_tested_on_the_classes_seen(tmp_path):
    run = Run(**{**TINY, "arrival": "classes"})
    data = load(run, tmp_path)
    steps = experiments(run, data)
    seen = set()
    for number, step in enumerate(steps, 1):
        new = set(data.train.targets[step.chunks[-1]].tolist())
        assert len(new) == 1
        assert not new & seen
        seen |= new
        assert len(step.chunks) == number
        assert set(data.test.targets[step.test].tolist()) == seen
    assert len(steps) == 10
    assert len(steps[-1].train) == 192
    assert execute(run, tmp_path, report=quiet).complete


def test_sizes_that_do_not_fit_are_refused(tmp_path):
    for changes, message in [
        ({"train_size": 5000}, "train_size must be at most the 1400 samples; it is 5000"),
        ({"test_size": 5000}, "test_size must be at most the 397 samples; it is 5000"),
        ({"chunks": 193}, "chunks must be at most the 192 samples; it is 193"),
        ({"arrival": "classes", "train_size": 5}, "train_size must leave a sample of each class"),
        ({"chunks": 192}, "chunks and train_size must leave a chunk at least 2 samples with batch"),
    ]:
        with pytest.raises(ValueError, match=message):
            plan(tmp_path, **changes)


def test_a_diverging_run_says_so(tmp_path):
    with pytest.raises(RunError, match=r"experiment 1 diverged in epoch \d+: lower the learning"):
        run_tiny(tmp_path, lr=1e30)


def test_a_bad_device_is_refused(tmp_path):
    with pytest.raises(ValueError, match="device must be one that torch has here; it is 'tpu9'"):
        execute(Run(**TINY), tmp_path, Machine(device="tpu9"), report=quiet)


KILLED = """
import os, signal, sys
from paper_repro import records
from paper_repro.__main__ import main

def append(folder, row):
    write(folder, row)
    if (row["kind"], row.get("experiment")) == ("epoch", 2):
        os.kill(os.getpid(), signal.SIGKILL)

write, records.append = records.append, append
main(sys.argv[1:])
"""


@pytest.mark.slow
def test_a_killed_run_goes_on_to_the_same_numbers(tmp_path):
    changes = {"method": "dash", "optimizer": "sam", "stop": None}
    expected = numbers(run_tiny(tmp_path / "whole", **changes))
    run = Run(**{**TINY, **changes})
    flags = [f"--{k.replace('_', '-')}={v}" for k, v in {**TINY, **changes}.items()]
    command = [sys.executable, "-c", KILLED, "train", *flags, "--root", str(tmp_path)]
    killed = subprocess.run(command, stdout=subprocess.DEVNULL, check=False)
    assert killed.returncode == -signal.SIGKILL
    before = load_records(run, tmp_path)
    assert len(before.experiments) == 1
    path = tmp_path / run.name / "records.jsonl"
    last = json.loads(path.read_text().splitlines()[-1])
    assert (last["kind"], last["experiment"]) == ("epoch", 2)
    told = []
    assert numbers(execute(run, tmp_path, report=told.append)) == expected
    assert any("going on after experiment" in sentence for sentence in told)
    assert not list(path.parent.glob("checkpoint*"))


def interrupt_after(monkeypatch, experiment):
    """Make the disk full at the first epoch after an experiment."""
    write = records.append

    def append(folder, row):
        if row["experiment"] > experiment:
            raise OSError(28, "No space left on device")
        write(folder, row)

    monkeypatch.setattr(protocol.records, "append", append)


def test_a_full_disk_loses_the_experiment_in_progress(root, tmp_path, monkeypatch):
    expected = numbers(run_tiny(root))
    with monkeypatch.context() as patch:
        interrupt_after(patch, 2)
        with pytest.raises(RunError, match="No space left on device; the experiment in progress"):
            run_tiny(tmp_path)
    assert len(load_records(Run(**TINY), tmp_path).experiments) == 2
    assert numbers(run_tiny(tmp_path)) == expected


def test_a_disk_that_is_full_at_a_checkpoint_leaves_no_half_of_one(root, tmp_path, monkeypatch):
    expected = numbers(run_tiny(root))

    def save(state, path):
        path.write_bytes(b"half")
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(checkpoints.torch, "save", save)
        with pytest.raises(RunError, match="No space left on device; the experiment in progress"):
            run_tiny(tmp_path)
    folder = tmp_path / Run(**TINY).name
    assert [path.name for path in folder.iterdir()] == ["records.jsonl"]
    assert numbers(run_tiny(tmp_path)) == expected


def test_svhn_is_a_random_50_000_of_its_training_images():
    def drawn(seed, size=None, available=50_400):
        parts = [SimpleNamespace(targets=torch.zeros(n)) for n in (available, 10)]
        data = SimpleNamespace(train=parts[0], test=parts[1], classes=10)
        run = Run(dataset="svhn", chunks=50, seed=seed, train_size=size)
        return experiments(run, data)[-1].train

    one, other = drawn(0), drawn(1)
    assert len(one) == len(one.unique()) == 50_000
    assert one.max() >= 50_000
    assert set(one.tolist()) != set(other.tolist())
    assert len(drawn(0, size=500)) == 500
    assert len(drawn(0, available=500)) == 500


def test_a_damaged_checkpoint_and_an_unfinished_line_are_told_and_repaired(
    root, tmp_path, monkeypatch
):
    expected = numbers(run_tiny(root, method="warm"))
    with monkeypatch.context() as patch:
        interrupt_after(patch, 2)
        with pytest.raises(RunError):
            run_tiny(tmp_path)
    folder = tmp_path / Run(**TINY).name
    newest = folder / "checkpoint-2.pt"
    newest.write_bytes(newest.read_bytes()[:100])
    with (folder / "records.jsonl").open("a") as file:
        file.write('{"kind": "epoch", "exper')
    told = []
    assert numbers(execute(Run(**TINY), tmp_path, report=told.append)) == expected
    assert "checkpoint-2.pt is damaged and was passed over" in told[0]
    assert "1 finished experiment(s) without a checkpoint run again" in told[1]
    newest.write_bytes(b"")
    assert numbers(run_tiny(tmp_path)) == expected  # complete: nothing is read
