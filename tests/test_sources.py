"""Data of the user's own law: the page's example, equality with what is there, and refusals."""

import contextlib
import io
import re
from pathlib import Path

import numpy as np
import psutil
import pytest
import xarray as xr

import featsim
from featsim import ClassPoints, Config, Source, pack_points
from featsim._points import unpack
from featsim.sampling import ConfigSource
from featsim.stream import StreamSource

PAGE = (Path(__file__).parents[1] / "docs" / "sources.md").read_text(encoding="utf-8")
CONFIG = Config(
    classes=3, features=8, points_per_chunk=90, experiments=5, gamma=4, tau=2, test_points=120
)
POLICIES = ("random", "warm", "doubling", featsim.Init("shares", 0.5, 0.5))


def block(language):
    return re.search(rf"```{language}\n(.*?)```", PAGE, re.DOTALL).group(1)


def numbers(text):
    return [float(number) for number in re.findall(r"\d\.\d+", text)]


def test_the_page_s_example():
    code = block("python")
    source = re.search(r"class Pairs.*?\n\n\n", code, re.DOTALL).group(0)
    assert len(source.strip().splitlines()) <= 20
    names, printed = {}, io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(code, "sources.md", "exec"), names)
    told, now = block("text"), printed.getvalue()
    assert re.sub(r"\d", "", now) == re.sub(r"\d", "", told)
    # NumPy may change the streams of its generators; the spread of a mean of ten seeds is 0.01.
    np.testing.assert_allclose(numbers(now), numbers(told), rtol=0, atol=0.02)
    rows = names["Pairs"](0.5).rows(np.random.default_rng(0), np.full(25, 0.2), 100_000)
    first, second = rows[:, :25], rows[:, 25:]
    np.testing.assert_allclose([first.mean(), second.mean()], 0.2, atol=0.002)
    correlation = [np.corrcoef(first[:, i], second[:, i])[0, 1] for i in range(25)]
    np.testing.assert_allclose(np.mean(correlation), 0.5, atol=0.005)


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"window": 2},
        {"drift": 0.3, "max_strength": 3},
        {"class_arrival": 2, "label_noise": 0.2},
        {"noise_levels": [(0.5, 0.5), (2, 0.5)], "test_points": 0},
        {"frequency_law": "zipf", "points_by_chunk": (90, 0, 30, 90, 3)},
    ],
)
def test_a_configuration_as_a_source(changes):
    config = CONFIG.replace(**changes)
    expected = featsim.simulate(config, inits=POLICIES, seeds=[5, 2])
    for workers in (1, 3):
        out = featsim.simulate_source(
            ConfigSource(config),
            gamma=config.gamma,
            tau=config.tau,
            window=config.window,
            inits=POLICIES,
            seeds=[5, 2],
            workers=workers,
        )
        xr.testing.assert_identical(out.drop_attrs(deep=False), expected.drop_attrs(deep=False))


class Own(Source):
    """Points of any shape, with strengths and noise, drawn by NumPy."""

    classes, features = 2, 7
    sizes = np.array([[30, 4], [0, 17], [70, 65]])

    def draw(self, seed, label):
        rng = np.random.default_rng([seed, label])
        n = self.sizes[:, label].sum()
        return ClassPoints(
            points=pack_points(rng.random((n, 7)) < rng.uniform(0, 0.6, 7), self.sizes[:, label]),
            test=pack_points(rng.random((50, 7)) < 0.3, [50]),
            strengths=rng.integers(1, 4, 7),
            noise=rng.choice([0.5, 1.0, 2.5], n),
        )


def as_stream(source, seed):
    """Return a seed of a source as a stream, with its noise, its strengths and its test points."""
    drawn = [source.draw(seed, c) for c in range(source.classes)]
    labels = np.repeat(range(source.classes), source.sizes.sum(axis=0))
    chunks = [np.repeat(range(len(source.sizes)), sizes) for sizes in source.sizes.T]
    stream = featsim.FeatureStream(
        np.concatenate([unpack(points.points) for points in drawn]), labels, np.concatenate(chunks)
    )
    rows = [unpack(points.test) for points in drawn]
    test = featsim.FeatureStream(
        np.concatenate(rows),
        np.repeat(range(source.classes), [len(some) for some in rows]),
        np.zeros(sum(map(len, rows)), int),
    )
    noise = np.concatenate([points.noise for points in drawn])
    return stream, test, noise, np.stack([points.strengths for points in drawn])


def test_no_feature_is_learned_from_no_point():
    class Quiet(featsim.Source):
        """No point has feature 1; the noise is too small for a product with a small γ."""

        classes, features, sizes = 1, 2, [[4], [4]]

        def draw(self, seed, label):
            rows = np.tile([True, False], (8, 1))
            noise = np.full(8, 1e-300)
            return featsim.ClassPoints(points=featsim.pack_points(rows, [4, 4]), noise=noise)

    out = featsim.simulate_source(Quiet(), gamma=1e-300, tau=2, inits="warm", seeds=1)
    assert out.learned.values.ravel().tolist() == [True, False] * 2
    assert out.learnable_features.values.ravel().tolist() == [1, 0]


@pytest.mark.parametrize("window", [None, 2])
def test_a_source_of_ones_own_is_its_points(window):
    source = Own()
    out = featsim.simulate_source(
        source, gamma=5, tau=3, window=window, inits=POLICIES, seeds=[3, 0], gradient_rank=True
    )
    assert {"strengths", "test_accuracy", "gradient_rank"} < set(out)
    assert not {"frequencies", "exact_accuracy", "exact_accuracy_so_far"} & set(out)
    for seed in (3, 0):
        stream, test, noise, strengths = as_stream(source, seed)
        alone = featsim.simulate_stream(
            stream,
            gamma=5 * noise,
            tau=3,
            window=window,
            strengths=strengths,
            inits=POLICIES,
            seed=seed,
            test=test,
            gradient_rank=True,
        )
        got = out.sel(seed=seed, drop=True)
        xr.testing.assert_equal(got, alone)


def test_a_stream_as_a_source():
    stream, test = featsim.sample_stream(CONFIG, 1), featsim.sample_test(CONFIG, 1)
    alone = featsim.simulate_stream(stream, gamma=4, tau=2, test=test)
    out = featsim.simulate_source(StreamSource(stream, test), gamma=4, tau=2, seeds=3)
    for seed in range(3):
        xr.testing.assert_equal(out.sel(seed=seed, drop=True), alone)


def test_classes_that_are_seen():
    """Class 1 is known from the third experiment on: accuracy is over the others before."""

    class Late(Own):
        seen = np.array([[True, False], [True, False], [True, True]])

    source = Late()
    out = featsim.simulate_source(source, gamma=5, tau=3, seeds=2)
    for seed in range(2):
        _, test, _, strengths = as_stream(source, seed)
        for i, j in np.ndindex(3, 3):
            learned = out.learned.values[seed, i, j]
            known = (test.features * learned[test.labels] * strengths[test.labels]).sum(axis=1)
            counted = source.seen[j][test.labels]
            right = np.where(known >= 3, 1, 1 / source.seen[j].sum())[counted].mean()
            assert out.test_accuracy.values[seed, i, j] == pytest.approx(right, abs=1e-12)
    assert (out.test_accuracy.values[:, :, :2] == 1).all()  # a guess among one class is right


def test_packed_points():
    rows = np.random.default_rng(0).random((130, 5)) < 0.5
    points = pack_points(rows, [0, 64, 65, 1])
    np.testing.assert_array_equal(unpack(points), rows)
    np.testing.assert_array_equal(unpack(points.chunk(2)), rows[64:129])


@pytest.mark.parametrize(
    ("rows", "sizes", "error", "message"),
    [
        (np.eye(3), [3], TypeError, "features must be a table of Booleans"),
        (np.ma.ones((3, 2), bool), [3], TypeError, "features must have no mask"),
        (np.eye(3, dtype=bool)[0], [3], ValueError, r"features must have the shape .*\(3,\)"),
        (np.eye(3, dtype=bool), [2, 2], ValueError, "sizes must add to the 3 points, not to 4"),
        (np.eye(3, dtype=bool), [4, -1], ValueError, r"counts by chunk, not .* \[4, -1\]"),
        (np.eye(3, dtype=bool), [1.5, 1.5], TypeError, "sizes must be a table of integers"),
        (np.eye(3, dtype=bool), 3, TypeError, "sizes must be a table of integers, not 3"),
    ],
)
def test_what_cannot_be_packed(rows, sizes, error, message):
    with pytest.raises(error, match=message):
        pack_points(rows, sizes)


def drawing(**changes):
    """Return a source that draws some things amiss."""

    class Amiss(Own):
        def draw(self, seed, label):
            drawn = super().draw(seed, label)
            fields = {name: getattr(drawn, name) for name in ("points", "test", "noise")}
            fields["strengths"] = drawn.strengths
            return ClassPoints(**(fields | {n: give(drawn, label) for n, give in changes.items()}))

    return Amiss()


def saying(**attributes):
    """Return a source that says something amiss of itself."""
    return type("Amiss", (Own,), attributes)()


def rows(n, K, chunks):
    return pack_points(np.zeros((n, K), bool), chunks)


@pytest.mark.parametrize(
    ("source", "error", "message"),
    [
        (3, TypeError, "source must be a Source, not 3"),
        (saying(classes=0), ValueError, "classes of the source must be an integer of at least 1"),
        (saying(classes=3), ValueError, r"sizes .* \(J, 3\), not \[\[30, 4\], \[0, 17\]"),
        (saying(features=2.0), TypeError, "features of the source must be an integer of at least"),
        (saying(sizes=np.array([[1.0, 2.0]])), TypeError, "sizes of the source must be .* integ"),
        (saying(sizes=np.array([[3, -1]])), ValueError, r"sizes .* not \[\[3, -1\]\]"),
        (saying(sizes=np.zeros((0, 2), int)), ValueError, r"sizes .* not \[\]"),
        (saying(sizes=np.ma.ones((3, 2), int)), TypeError, "sizes of the source must have no mask"),
        (saying(seen=np.ones((3, 2))), ValueError, r"seen .* Booleans of the shape \(3, 2\)"),
        (saying(seen=np.zeros((3, 2), bool)), ValueError, "with a class in every experiment"),
        (saying(features=8), ValueError, "points must have 8 features, not 7"),
        (saying(draw=lambda *_: None), TypeError, "draw must return ClassPoints, not None"),
        (drawing(points=lambda d, _: unpack(d.points)), TypeError, "those that pack_points retur"),
        (
            drawing(points=lambda *_: rows(30, 7, [10, 10, 10])),
            ValueError,
            r"points of class 0 must have sizes \[30, 0, 70\], not \[10, 10, 10\]",
        ),
        (drawing(test=lambda *_: rows(4, 7, [2, 2])), ValueError, "test must have 1 chunk or 3, n"),
        (drawing(test=lambda *_: rows(4, 9, [4])), ValueError, "test must have 7 features, not 9"),
        (drawing(strengths=lambda *_: [1, 2]), ValueError, r"strengths must .* \(7,\), not \(2,\)"),
        (drawing(strengths=lambda *_: [0] * 7), ValueError, "strengths must be integers in 1 … "),
        (drawing(strengths=lambda *_: [1.5] * 7), TypeError, "strengths must be .* integers"),
        (drawing(noise=lambda *_: [1.0]), ValueError, r"noise must have the shape \(100,\), not"),
        (drawing(noise=lambda d, _: 0 * d.noise), ValueError, "noise must be finite numbers above"),
        (
            drawing(noise=lambda d, _: d.noise + np.inf),
            ValueError,
            "finite numbers above 0, not inf",
        ),
        (drawing(frequencies=lambda *_: [0.1]), ValueError, r"\(7,\) or \(3, 7\), not \(1,\)"),
        (drawing(frequencies=lambda *_: [1.5] * 7), ValueError, r"in \[0, 1\], not 1\.5"),
        (drawing(frequencies=lambda *_: np.ma.ones(7)), TypeError, "frequencies must have no mask"),
        (
            drawing(frequencies=lambda _, label: [0.1] * 7 if label else None),
            ValueError,
            "draw must give frequencies, of one shape, .* for all classes and seeds or for none",
        ),
        (drawing(test=lambda d, label: d.test if label else None), ValueError, "draw must give"),
        (
            drawing(noise=lambda d, label: d.noise if label else None),
            ValueError,
            "draw must give .* for all classes and seeds or for none",
        ),
    ],
)
def test_sources_that_do_not_fit(source, error, message):
    with pytest.raises(error, match=message):
        featsim.simulate_source(source, gamma=2, tau=2, seeds=1, workers=1)


def test_a_source_without_its_attributes():
    class Bare(Source):
        def draw(self, seed, label):
            raise NotImplementedError

    with pytest.raises(
        TypeError, match=r"a Source must have the attribute classes, but .* has none"
    ):
        featsim.simulate_source(Bare(), gamma=2, tau=2)


def test_a_source_that_does_not_fit_the_memory(monkeypatch):
    available = type("Memory", (), {"available": 2**30})
    monkeypatch.setattr(psutil, "virtual_memory", available)
    monkeypatch.delattr(Own, "draw")
    monkeypatch.setattr(Own, "__abstractmethods__", frozenset())
    for source, seeds in ((saying(sizes=np.full((3, 2), 10**11)), 1), (Own(), 10**8)):
        with pytest.raises(MemoryError, match=r"the setting needs .* GiB of memory"):
            featsim.simulate_source(source, gamma=2, tau=2, seeds=seeds)


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"gamma": 0}, ValueError, "gamma must be a finite number above 0, not 0"),
        ({"gamma": [1, 2]}, TypeError, "gamma must be a finite number above 0, not"),
        ({"tau": 0}, ValueError, "tau must be an integer of at least 1, not 0"),
        ({"window": 0}, ValueError, "window must be an integer of at least 1, not 0"),
        ({"seeds": 0}, ValueError, "seeds must be an integer of at least 1, not 0"),
        ({"inits": "hot"}, ValueError, "inits must be among"),
        ({"workers": 0}, ValueError, "workers must be an integer of at least 1, not 0"),
    ],
)
def test_bad_arguments(arguments, error, message):
    with pytest.raises(error, match=message):
        featsim.simulate_source(Own(), **({"gamma": 2, "tau": 2} | arguments))
