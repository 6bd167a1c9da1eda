"""Results beyond the paper's setting: the table of variables, and each variable by plain NumPy.

Everything is computed again from ``sample_stream``, ``sample_test``, ``sample_noise`` and the sets
of learned features.
"""

import numpy as np
import pytest
import xarray as xr

import featsim
from featsim.variables import VARIABLES

SMALL = featsim.Config(
    classes=3, features=8, points_per_chunk=60, experiments=5, gamma=4, tau=2, test_points=90,
    max_frequency=0.4,
)  # fmt: skip
RNG = np.random.default_rng(7)
CONFIGS = {
    "paper": {},
    "drift": {"drift": 0.4},
    "drift of ranks": {"drift": 0.4, "frequency_law": "zipf", "frequency_exponent": 0.7},
    "frequencies by chunk": {"frequencies": RNG.random((5, 3, 8)) / 2},
    "window": {"window": 2},
    "strengths": {"max_strength": 3},
    "given strengths": {"strengths": RNG.integers(1, 5, (3, 8)), "tau": 4},
    "arrival": {"class_arrival": 2},
    "arrival and drift": {"class_arrival": 1, "drift": 0.5, "points_per_chunk": 50},
    "label noise": {"label_noise": 0.3},
    "levels": {"noise_levels": [(0.5, 0.25), (1, 0.25), (2.5, 0.5)]},
    "chunks": {"points_by_chunk": (60, 0, 3, 99, 30)},
    "all": {
        "drift": 0.3,
        "frequency_law": "zipf",
        "label_noise": 0.1,
        "class_arrival": 1,
        "points_by_chunk": (40, 77, 5, 60, 61),
        "window": 3,
        "max_strength": 2,
        "noise_levels": [(0.5, 0.5), (2, 0.5)],
    },
}
INITS = ("random", "warm", "ideal", "doubling", featsim.Init("shares", 0.5, 0.5))
SEEDS = [6, 1]


@pytest.fixture(scope="module", params=CONFIGS)
def case(request):
    config = SMALL.replace(**CONFIGS[request.param])
    return config, featsim.simulate(config, inits=INITS, seeds=SEEDS, gradient_rank=True)


def by_seed(case):
    config, out = case
    for seed in SEEDS:
        alone = out.sel(seed=seed)
        stream, test = featsim.sample_stream(config, seed), featsim.sample_test(config, seed)
        strengths = alone.strengths.values if "strengths" in out else np.ones((3, 8), int)
        yield seed, alone, stream, test, strengths


def classes_seen(config):
    """Return how many classes are known in each experiment."""
    return [
        min(1 + j // config.class_arrival, config.classes) if config.class_arrival else 3
        for j in range(5)
    ]


def test_dims_types_and_meanings(case):
    config, out = case
    absent = set(VARIABLES) - set(out)
    assert ("strengths" in absent) == (config.max_strength == 1 and config.strengths is None)
    assert ("exact_accuracy_so_far" in absent) == (not config.frequencies_change)
    assert absent <= {"strengths", "exact_accuracy_so_far"}
    assert [name for name in VARIABLES if name in out] == list(out)
    for name in out:
        table = VARIABLES[name]
        dims = table.dims
        if name == "frequencies" and config.frequencies_change:
            dims = ("experiment", *dims)
        assert out[name].dims == ("seed", *dims)
        assert out[name].dtype == table.dtype
        assert out[name].attrs == {"long_name": table.long_name, "units": table.units}


def test_a_stream_of_the_same_points_gives_the_same(case):
    """Which the literal reference is compared with."""
    config, _ = case
    for seed, alone, stream, _, strengths in by_seed(case):
        out = featsim.simulate_stream(
            stream,
            gamma=featsim.sample_noise(config, seed),
            tau=config.tau,
            inits=INITS,
            window=config.window,
            strengths=strengths,
            seed=seed,
            gradient_rank=True,
        )
        for name in out:
            if name != "strengths":
                xr.testing.assert_equal(out[name], alone[name].drop_vars("seed"))


def test_points_that_experiments_begin_and_end_with(case):
    config, _ = case
    window = config.window or config.experiments
    for _, alone, stream, _, _ in by_seed(case):
        xr.testing.assert_equal(
            alone.learned_features, alone.learned.sum(["class", "feature"]).astype(int)
        )
        for j in range(5):
            trained = (stream.chunks <= j) & (stream.chunks > j - window)
            cold = alone.sel(init="random").isel(experiment=j)
            assert cold.nonzero_gradient_points == trained.sum()
            assert (alone.memorized_points.isel(experiment=j) <= trained.sum()).all()


def known(features, labels, learned, strengths):
    """Return |V(x) ∩ L| of each point, with multiplicity."""
    return (features * (learned * strengths)[labels]).sum(axis=1)


def test_accuracy_on_the_test_points(case):
    config, _ = case
    for _, alone, _, test, strengths in by_seed(case):
        for i in range(len(INITS)):
            for j, C in enumerate(classes_seen(config)):
                rows = (test.labels < C) & (test.chunks == (j if config.frequencies_change else 0))
                assert rows.sum() == C * 30
                learned = alone.learned.values[i, j]
                features, labels = test.features[rows], test.labels[rows]
                enough = known(features, labels, learned, strengths) >= config.tau
                expected = np.where(enough, 1.0, 1.0 / C).mean()
                assert alone.test_accuracy.values[i, j] == pytest.approx(expected, abs=1e-12)


def missing(frequencies, learned, strengths, tau):
    """Return P(|V(x) ∩ L| < τ) from the law of the sum, built by convolution."""
    law = np.ones(1)
    for p, strength in zip(frequencies[learned], strengths[learned], strict=True):
        law = np.convolve(law, [1 - p, *[0.0] * (strength - 1), p])
    return law[:tau].sum()


def test_accuracy_for_the_true_frequencies(case):
    config, _ = case
    for _, alone, _, _, strengths in by_seed(case):
        given = alone.frequencies.values
        by_chunk = given if config.frequencies_change else np.broadcast_to(given, (5, 3, 8))
        for i in range(len(INITS)):
            for j, C in enumerate(classes_seen(config)):
                learned = alone.learned.values[i, j]
                chunks = [
                    np.mean([
                        missing(by_chunk[chunk, c], learned[c], strengths[c], config.tau)
                        for c in range(C)
                    ])
                    for chunk in range(j + 1)
                ]  # fmt: skip
                now = 1 - (C - 1) / C * chunks[j]
                assert alone.exact_accuracy.values[i, j] == pytest.approx(now, abs=1e-12)
                if config.frequencies_change:
                    so_far = 1 - (C - 1) / C * np.mean(chunks)
                    got = alone.exact_accuracy_so_far.values[i, j]
                    assert got == pytest.approx(so_far, abs=1e-12)


def test_learned_at_a_count_that_reaches_the_noise(case):
    """Counts are points; times its strength a count reaches the smallest noise, in order."""
    config, _ = case
    for seed, alone, _, _, strengths in by_seed(case):
        noise = featsim.sample_noise(config, seed)
        for i, j in np.ndindex(len(INITS), 5):
            count = alone.learn_count.values[i, j]
            step = alone.learn_step.values[i, j]
            assert ((count >= 0) == (step >= 0)).all()
            reached = (count * strengths)[step >= 0]
            assert (reached >= noise.min()).all()
            in_order = reached[np.argsort(step[step >= 0])]
            assert sorted(step[step >= 0]) == list(range(reached.size))
            assert (np.diff(in_order) <= 0).all()


def test_learnable_features_and_the_rank_of_a_cold_start(case):
    """A cold start has a gradient on all its points, so that both are of the training data."""
    config, _ = case
    window = config.window or 5
    for seed, alone, stream, _, strengths in by_seed(case):
        noise = featsim.sample_noise(config, seed)
        for j in range(5):
            trained = (stream.chunks <= j) & (stream.chunks > j - window)
            rank = learnable = 0
            for c in range(3):
                rows = stream.features[trained & (stream.labels == c)]
                rank += np.linalg.matrix_rank(rows.astype(float)) if len(rows) else 0
                learnable += (rows.sum(axis=0) * strengths[c] >= noise[trained].max()).sum()
            cold = alone.sel(init="random").isel(experiment=j)
            assert cold.gradient_rank == rank
            assert cold.learnable_features == learnable
