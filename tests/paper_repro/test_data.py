"""Data sets on disk, in scikit-learn and missing; their statistics and batches."""

import gzip

import numpy as np
import pytest

torch = pytest.importorskip("torch")
from PIL import Image  # noqa: E402

from paper_repro import sources  # noqa: E402
from paper_repro.augmentation import augmentation  # noqa: E402
from paper_repro.data import load, loader  # noqa: E402
from paper_repro.label_noise import with_label_noise  # noqa: E402
from paper_repro.run import Run  # noqa: E402
from paper_repro.sources import DataError  # noqa: E402
from paper_repro.vision import datasets  # noqa: E402


def write_image(path, value, size=(12, 10)):
    path.parent.mkdir(parents=True, exist_ok=True)
    pixels = np.full((size[1], size[0], 3), value, np.uint8)
    pixels[0, 0] = (255, 0, 0)
    Image.fromarray(pixels).save(path)


def class_folders(root, test="test", classes=("a", "b")):
    for part, count in (("train", 3), (test, 2)):
        for number, name in enumerate(classes):
            for i in range(count):
                write_image(root / part / name / f"{i}.png", 40 * number + i)
    return root


@pytest.fixture
def offline(monkeypatch):
    def refuse(self, *args, **kwargs):
        if kwargs.get("download", True):
            raise OSError("no network")
        raise RuntimeError("Dataset not found")

    for kind in (datasets.CIFAR10, datasets.CIFAR100, datasets.SVHN, datasets.FashionMNIST):
        monkeypatch.setattr(kind, "__init__", refuse)
    monkeypatch.setattr(sources, "_SYSTEM_FOLDERS", {})


def test_digits_are_split_once_and_for_all(tmp_path):
    data = load(Run(), tmp_path)
    assert (len(data.train.targets), len(data.test.targets)) == (1400, 397)
    assert data.classes == 10
    assert data.shape == (1, 8, 8)
    both = torch.cat([data.train.images, data.test.images]).flatten(1)
    assert len(both.unique(dim=0)) == len(both)


def test_batches_are_normalized_by_the_training_set(tmp_path):
    data = load(Run(), tmp_path)
    batches = list(loader(data, torch.arange(1400), 128))
    assert [len(inputs) for inputs, _, _ in batches] == [128] * 10 + [120]
    inputs = torch.cat([inputs for inputs, _, _ in batches])
    assert inputs.mean().item() == pytest.approx(0, abs=1e-5)
    assert inputs.std(correction=0).item() == pytest.approx(1, abs=1e-5)
    assert torch.equal(torch.cat([rows for _, _, rows in batches]), torch.arange(1400))


def test_label_noise_is_the_seeds_alone_and_of_training_labels(tmp_path):
    data = load(Run(), tmp_path)
    assert with_label_noise(Run(), data) is data
    noisy = with_label_noise(Run(label_noise=0.2), data)
    kept = (noisy.train.targets == data.train.targets).float().mean().item()
    # A label stays if it is not drawn, or drawn as it was: 0.8 + 0.2 / 10, give or take 4 errors.
    assert kept == pytest.approx(0.82, abs=4 * (0.82 * 0.18 / 1400) ** 0.5)
    assert noisy.test is data.test
    assert noisy.train.images is data.train.images
    other = with_label_noise(Run(label_noise=0.2, method="cold"), data)
    assert torch.equal(noisy.train.targets, other.train.targets)
    other = with_label_noise(Run(label_noise=0.2, seed=1), data)
    assert not torch.equal(noisy.train.targets, other.train.targets)
    drawn = with_label_noise(Run(label_noise=1), data).train.targets
    counts = torch.bincount(drawn, minlength=10)
    assert (counts - 140).abs().max() < 5 * (1400 * 0.1 * 0.9) ** 0.5
    assert torch.equal(data.train.targets, load(Run(), tmp_path).train.targets)


def test_the_released_mlp_gets_images_that_are_not_normalized(tmp_path):
    data = load(Run(model="mlp"), tmp_path)
    ((inputs, _, rows),) = loader(data, torch.arange(40), 40)
    torch.testing.assert_close(inputs, data.train.images[rows] / 255)
    assert not torch.equal(load(Run(), tmp_path).mean, data.mean)


def test_the_order_is_the_generators_and_a_permutation(tmp_path):
    data, chosen = load(Run(), tmp_path), torch.arange(100, 150)

    def order(seed):
        batches = loader(data, chosen, 16, shuffle=torch.Generator().manual_seed(seed))
        return torch.cat([rows for _, _, rows in batches])

    assert torch.equal(order(1), order(1))
    assert not torch.equal(order(1), order(2))
    assert torch.equal(order(1).sort().values, chosen)


def test_crops_and_flips_are_drawn_for_each_image(tmp_path):
    data = load(Run(), tmp_path)
    (plain, _, _), = loader(data, torch.zeros(50).long(), 50)  # fmt: skip
    (augmented, _, _), = loader(data, torch.zeros(50).long(), 50, augment=True)  # fmt: skip
    assert len(plain.flatten(1).unique(dim=0)) == 1
    assert len(augmented.flatten(1).unique(dim=0)) > 10


def test_each_data_set_has_its_own_augmentation():
    full = torch.full((50, 1, 8, 8), 200, dtype=torch.uint8)

    def changed(name, seed=0):
        torch.manual_seed(seed)
        change = augmentation(name, (8, 8))
        return torch.stack([change(image) for image in full])

    for name in ("cifar10", "cifar100", "tiny_imagenet"):
        assert changed(name).shape == full.shape
    assert torch.equal(changed("tiny_imagenet"), full)  # a part brought to size has no border
    border = (changed("cifar10") == 0).flatten(1)
    for image in border.view(50, 8, 8):  # whole rows and columns at the edges, from the padding
        rows, columns = image.all(1).sum(), image.all(0).sum()
        assert image.sum() == 64 - (8 - rows) * (8 - columns)
        assert max(rows, columns) <= 4
    rotated = (changed("cifar100") == 0).view(50, 8, 8)
    whole = [64 - (8 - i.all(1).sum()) * (8 - i.all(0).sum()) == i.sum() for i in rotated]
    assert not all(whole)


@pytest.mark.parametrize("test", ["test", "val"])
@pytest.mark.parametrize("name", ["imagefolder", "cifar10", "tiny_imagenet"])
def test_class_folders(tmp_path, monkeypatch, name, test):
    monkeypatch.setattr(sources, "_FOLDER_CLASSES", {"cifar10": 2, "tiny_imagenet": 2})
    root = class_folders(tmp_path / name, test)
    for folder in (root, tmp_path):
        load.__globals__["_load"].cache_clear()
        data = load(Run(dataset=name, image_size=8), folder)
        assert (len(data.train.targets), len(data.test.targets), data.classes) == (6, 4, 2)
        assert data.shape == (3, 8, 8)
        assert data.train.targets.tolist() == [0, 0, 0, 1, 1, 1]
    assert load(Run(dataset="cifar10"), root).shape == (3, 10, 10)


def test_pixels_are_averaged(tmp_path):
    whole, quarter = (load(Run(pool=pool), tmp_path).test.images.double() for pool in (1, 2))
    corners = [whole[..., i::2, j::2] for i in (0, 1) for j in (0, 1)]
    assert torch.equal(quarter, sum(corners) / 4)
    data = load(Run(pool=2), tmp_path)
    (inputs, _, _), = loader(data, torch.arange(1400), 1400)  # fmt: skip
    assert inputs.mean().item() == pytest.approx(0, abs=1e-5)
    assert inputs.std(correction=0).item() == pytest.approx(1, abs=1e-5)


def test_pixels_that_cannot_be_averaged(tmp_path):
    with pytest.raises(ValueError, match="pool must divide the 8×8 pixels; it is 3"):
        load(Run(pool=3), tmp_path)
    run = Run(dataset="imagefolder", image_size=8, pool=2)
    with pytest.raises(ValueError, match="pool must be 1 for imagefolder, which has an image_size"):
        load(run, class_folders(tmp_path))


@pytest.fixture
def decoded(monkeypatch):
    """The files that are decoded, in order."""
    files = []
    decode = datasets.folder.pil_loader
    monkeypatch.setattr(
        datasets.folder, "pil_loader", lambda file: files.append(file) or decode(file)
    )
    return files


def test_images_are_decoded_once_and_again_when_a_file_changes(tmp_path, monkeypatch, decoded):
    monkeypatch.setattr(sources, "_FOLDER_CLASSES", {"cifar10": 2})
    root, cache = class_folders(tmp_path / "cifar10"), tmp_path / "cache"

    def images(size=8):
        load.__globals__["_load"].cache_clear()
        decoded.clear()
        data = load(Run(dataset="cifar10", image_size=size), root, cache)
        return torch.cat([data.train.images, data.test.images])

    first = images()
    assert len(decoded) == 10
    assert torch.equal(images(), first)
    assert decoded == []
    assert images(size=9).shape[2:] == (9, 9)
    assert len(decoded) == 10
    write_image(root / "train" / "a" / "0.png", 200, size=(13, 10))
    assert not torch.equal(images(), first)
    assert len(decoded) == 6
    for path in cache.iterdir():
        path.write_bytes(path.read_bytes()[:50])
    assert len(images()) == 10
    assert len(decoded) == 10
    assert {path.suffix for path in cache.iterdir()} == {".npy"}


def test_a_cache_that_cannot_be_written_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(sources, "_FOLDER_CLASSES", {"cifar10": 2})
    root, cache = class_folders(tmp_path / "cifar10"), tmp_path / "file"
    cache.write_text("")
    load.__globals__["_load"].cache_clear()
    with pytest.raises(ValueError, match=r"cache must be a folder that can be written; .*file: "):
        load(Run(dataset="cifar10"), root, cache)


@pytest.mark.usefixtures("offline")
def test_the_class_folders_of_another_data_set_are_not_taken(tmp_path):
    class_folders(tmp_path)
    for name, classes in (("cifar10", 10), ("cifar100", 100), ("imagenet", 1000)):
        with pytest.raises(DataError, match=f"{classes} class folders for {name}; it has 2"):
            load(Run(dataset=name), tmp_path)
    for name in ("svhn", "fashion_mnist"):
        with pytest.raises(DataError, match=f"^{name} was not found"):
            load(Run(dataset=name), tmp_path)
    class_folders(tmp_path / "imagefolder", classes=("a", "b", "c"))
    assert load(Run(dataset="imagefolder"), tmp_path).classes == 3  # its own folder comes first


def test_tiny_imagenets_own_layout(tmp_path, monkeypatch):
    monkeypatch.setattr(sources, "_FOLDER_CLASSES", {"tiny_imagenet": 2})
    class_folders(tmp_path, "val")
    notes = []
    for i, label in enumerate("bab"):
        write_image(tmp_path / "val" / "images" / f"v{i}.JPEG", i)
        notes.append(f"v{i}.JPEG\t{label}\t0\t0\t1\t1\n")
    (tmp_path / "val" / "val_annotations.txt").write_text("".join(notes))
    write_image(tmp_path / "test" / "images" / "t0.JPEG", 0)  # which have no labels
    data = load(Run(dataset="tiny_imagenet"), tmp_path)
    assert data.test.targets.tolist() == [1, 0, 1]
    assert data.shape == (3, 64, 64)


@pytest.mark.parametrize("zipped", [True, False])
def test_fashion_mnists_files(tmp_path, zipped):
    for prefix, count in (("train", 4), ("t10k", 2)):
        images = bytes(16) + bytes(range(count)) * 784
        labels = bytes(8) + bytes(range(count))
        for name, content in (("images-idx3", images), ("labels-idx1", labels)):
            path = tmp_path / f"{prefix}-{name}-ubyte"
            if zipped:
                path.with_name(f"{path.name}.gz").write_bytes(gzip.compress(content))
            else:
                path.write_bytes(content)
    data = load(Run(dataset="fashion_mnist"), tmp_path)
    assert data.shape == (1, 28, 28)
    assert data.train.targets.tolist() == [0, 1, 2, 3]
    assert data.test.images.flatten().tolist() == [0, 1] * 784


@pytest.mark.usefixtures("offline")
@pytest.mark.parametrize(
    "name",
    ["cifar10", "cifar100", "svhn", "fashion_mnist", "tiny_imagenet", "imagenet", "imagefolder"],
)
def test_a_missing_data_set_says_what_to_put_where(tmp_path, name):
    with pytest.raises(DataError, match=f"^{name} was not found.*put .* into .*--data$"):
        load(Run(dataset=name), tmp_path)


def test_folders_that_do_not_fit(tmp_path):
    class_folders(tmp_path)
    write_image(tmp_path / "test" / "c" / "0.png", 0)
    with pytest.raises(DataError, match=r"classes of train; it has also \['c'\]"):
        load(Run(dataset="imagefolder"), tmp_path)
    (tmp_path / "empty" / "train").mkdir(parents=True)
    (tmp_path / "empty" / "test").mkdir()
    with pytest.raises(DataError, match="imagefolder: "):
        load(Run(dataset="imagefolder"), tmp_path / "empty")


def test_a_read_in_other_processes_gives_the_same_batches(tmp_path):
    data = load(Run(dataset="imagefolder", image_size=8), class_folders(tmp_path))
    here = list(loader(data, torch.arange(6), 4))
    there = list(loader(data, torch.arange(6), 4, workers=1))
    for one, two in zip(here, there, strict=True):
        assert all(torch.equal(a, b) for a, b in zip(one, two, strict=True))
