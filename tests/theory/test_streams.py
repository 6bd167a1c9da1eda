"""The mean field of streams that change, against Algorithm 2 on the mass of every combination."""

import itertools

import numpy as np
import pytest

import featsim
from featsim import theory
from featsim.inits import resolve
from featsim.sampling import ConfigSource
from featsim.schedules import forgets
from featsim.theory.streams import beyond, mean_field_of_stream

K, J, C = 5, 6, 2
BASE = featsim.Config(
    classes=C, features=K, experiments=J, points_per_chunk=200, gamma=21.0, tau=2, max_frequency=0.6
)
RNG = np.random.default_rng(7)
BY_CHUNK = RNG.random((J, C, K)) * 0.6
STRENGTHS = ((1, 3, 1, 2, 1), (2, 1, 1, 1, 4))
LEVELS = ((0.3, 0.25), (2.0, 0.25), (1.0, 0.5))
FIELDS = {
    "paper": {},
    "drift": {"drift": 0.3},
    "by chunk": {"frequencies": BY_CHUNK},
    "zipf": {"frequency_law": "zipf", "frequency_exponent": 0.71, "drift": 0.5},
    "label noise": {"label_noise": 0.3},
    "only noise": {"label_noise": 1.0},
    "arrival": {"class_arrival": 2},
    "sizes": {"points_by_chunk": (100, 0, 300, 20, 0, 600)},
    "window 1": {"window": 1},
    "window 3": {"window": 3, "drift": 0.4},
    "strengths": {"strengths": STRENGTHS, "tau": 3},
    "drawn strengths": {"max_strength": 4, "tau": 4},
    "levels": {"noise_levels": LEVELS},
    "all": {
        "drift": 0.3,
        "label_noise": 0.1,
        "window": 4,
        "strengths": STRENGTHS,
        "noise_levels": LEVELS,
        "points_by_chunk": (300, 200, 0, 100, 400, 200),
        "tau": 3,
    },
}
POLICIES = (
    "random", "warm", "ideal", "doubling", "every:3", "keep:1,0.5", "keep:1,0.8@every:2",
    "random@every:3",
)  # fmt: skip


def limit(config, frequencies=None, inits=POLICIES):
    return theory.mean_field(config, frequencies, inits=inits)


class Masses:
    """All points of a class as masses by (chunk, level, combination); the last one is the wrong."""

    def __init__(self, config, p, sizes, strengths):
        self.sets = np.array([*itertools.product((0, 1), repeat=K), [0] * K], bool)
        rows = np.broadcast_to(p, (J, K))
        of_set = np.prod(np.where(self.sets, rows[:, None], 1 - rows[:, None]), axis=-1)
        of_set *= 1 - config.label_noise
        of_set[:, -1] = config.label_noise
        self.factors, shares = np.array(sorted(config.noise_levels or [(1.0, 1.0)])[::-1]).T
        self.mass = sizes[:, None, None] * shares[:, None] * of_set[:, None]
        self.memorized = np.zeros_like(self.mass)
        self.strengths, self.config = strengths, config

    def below(self, L):
        return (self.sets * self.strengths)[:, L].sum(axis=1) < self.config.tau

    def train(self, known, keeps, share, j):
        """Run experiment j (Algorithm 2, by levels); return what it learns with which counts."""
        config = self.config
        L = [k for k in known if k in keeps]
        self.memorized *= share
        seen = np.zeros(J)
        seen[max(0, j + 1 - (config.window or J)) : j + 1] = 1
        left = self.mass * seen[:, None, None] - self.memorized * seen[:, None, None]
        left = left * self.below(L)
        start, counts, highest = left.sum(), {}, config.gamma * self.factors[0]
        could = {
            k: self.strengths[k] * left[..., self.sets[:, k]].sum() for k in range(K) if k not in L
        }
        learnable = sum(count >= highest for count in could.values())
        for level, factor in enumerate(self.factors):
            while True:
                count = {k: left[..., self.sets[:, k]].sum() for k in range(K) if k not in L}
                best = max(count, key=lambda k: (count[k] * self.strengths[k], -k), default=None)
                if best is None or count[best] * self.strengths[best] < config.gamma * factor:
                    break
                L.append(best)
                counts[best] = count[best]
                left = left * self.below(L)
            self.memorized[:, level] += left[:, level]
            left[:, level] = 0
        in_window = (self.memorized * seen[:, None, None]).sum()
        return L, counts, start, in_window, learnable


@pytest.mark.parametrize("fields", FIELDS.values(), ids=FIELDS)
def test_masses_of_all_combinations(fields):
    config = BASE.replace(**fields)
    got = limit(config)
    source, rng = ConfigSource(config), got.frequencies.values
    strengths = got.strengths.values if "strengths" in got else np.ones((C, K), int)
    for init in resolve(POLICIES):
        before = forgets(init.when, source.sizes.sum(axis=1))
        totals = np.zeros((J, 3))
        for c in range(C):
            masses = Masses(config, rng[..., c, :], source.sizes[:, c], strengths[c])
            L = []
            for j in range(J):
                keeps = range(K) if init.keep_learned or not before[j] else ()
                share = init.keep_memorized if before[j] else 1.0
                L, counts, *points = masses.train(L, keeps, share, j)
                totals[j] += points
                now = got.sel(init=init.name).isel({"experiment": j, "class": c})
                assert set(np.flatnonzero(now.learned)) == set(L)
                expected = [counts.get(k, -1.0) for k in range(K)]
                np.testing.assert_allclose(now.learn_count, expected, rtol=1e-10)
        one = got.sel(init=init.name)
        names = ("nonzero_gradient_points", "memorized_points", "learnable_features")
        for name, column in zip(names, totals.T, strict=True):
            np.testing.assert_allclose(one[name], column, rtol=1e-10, atol=1e-9, err_msg=name)


def test_shapes_and_names_are_those_of_simulate():
    for fields in FIELDS.values():
        config = BASE.replace(**fields)
        out = featsim.simulate(config, seeds=(4, 2), inits=POLICIES, workers=1)
        got = limit(config, out.frequencies)
        assert set(got.variables) == set(out.variables)
        for name in out.variables:
            assert got[name].dims == out[name].dims
            assert got[name].shape == out[name].shape
            assert got[name].attrs == out[name].attrs
        for name in {"frequencies", "strengths"} & set(out.variables):
            np.testing.assert_array_equal(got[name], out[name])
        got.to_netcdf()


def test_the_steps_are_those_of_the_closed_form():
    config = BASE.replace(features=30, tau=3, max_frequency=0.3)
    steps, closed = mean_field_of_stream(config, None, resolve(POLICIES)), limit(config)
    for name in closed.variables:
        if closed[name].dtype.kind == "f":
            np.testing.assert_allclose(steps[name], closed[name], rtol=1e-10, err_msg=name)
        else:
            np.testing.assert_array_equal(steps[name], closed[name])


def test_fields_of_the_closed_form_need_no_steps():
    for name, fields in FIELDS.items():
        assert beyond(BASE.replace(**fields)) == (name != "paper")
    assert not beyond(BASE.replace(frequency_law="zipf", frequencies=None))
    assert not beyond(BASE.replace(window=None, gamma=3.0, test_points=0))


def test_accuracy_is_that_of_the_chunk_and_of_all_chunks_so_far():
    config = BASE.replace(frequencies=BY_CHUNK, strengths=STRENGTHS)
    got = limit(config)
    learned = got.learned.transpose("experiment", "init", "class", "feature").values
    by_chunk = np.array([
        [
            theory.exact_accuracy(learned[j], BY_CHUNK[i], config.tau, STRENGTHS)
            for i in range(J)
        ]
        for j in range(J)
    ])  # fmt: skip
    np.testing.assert_allclose(got.exact_accuracy.T, by_chunk[range(J), range(J)], rtol=1e-12)
    so_far = [by_chunk[j, : j + 1].mean(axis=0) for j in range(J)]
    np.testing.assert_allclose(got.exact_accuracy_so_far.T, so_far, rtol=1e-12)


def test_label_noise_acts_as_stronger_noise():
    config = BASE.replace(label_noise=0.4)
    clean = limit(BASE.replace(gamma=BASE.gamma / 0.6))
    np.testing.assert_array_equal(limit(config).learned, clean.learned)


def test_strengths_reorder_a_stationary_stream():
    """The order is that of s p, and a feature is learned while s p Q n reaches γ."""
    config = BASE.replace(strengths=STRENGTHS, tau=3, experiments=1)
    got = limit(config, inits=("random",)).squeeze()
    for c in range(C):
        p, s = got.frequencies.values[c], np.array(STRENGTHS[c])
        steps = got.learn_count.values[c] * s
        order = np.argsort(-s * p)
        learned = int(got.learned[c].sum())
        assert list(np.argsort(-steps)[:learned]) == list(order[:learned])
        for i in range(K):
            known = np.isin(np.arange(K), order[:i])
            missing = 1 - theory.exact_accuracy([known] * 2, [p] * 2, 3, [s] * 2)
            reached = 100 * s[order[i]] * p[order[i]] * 2 * missing >= config.gamma
            assert reached == (i < learned)


@pytest.mark.parametrize(
    "fields",
    [
        {"frequencies": BY_CHUNK, "window": 3},
        {"label_noise": 0.3, "strengths": STRENGTHS},
        {"noise_levels": LEVELS, "points_by_chunk": (2, 1, 0, 3, 1, 2)},
    ],
    ids=["chunks of their own laws", "label noise and strengths", "levels"],
)
def test_the_simulator_converges(fields):
    """Counts over n are within a few times n^(−1/2) of the limit, and the sets agree.

    No count of the limit is within 4 % of this γ.
    """
    fields = {"frequencies": BY_CHUNK[0], **fields}
    chunks = fields.pop("points_by_chunk", (1,) * J)
    for n in (1_000, 64_000):
        config = BASE.replace(
            **fields, points_by_chunk=[n * m for m in chunks], gamma=0.065 * n, test_points=0
        )
        out = featsim.simulate(config, seeds=2, inits=POLICIES, workers=1)
        got = limit(config)
        if n > 1_000:
            np.testing.assert_array_equal(out.learned, got.learned.broadcast_like(out.learned))
        for name in ("nonzero_gradient_points", "memorized_points"):
            distance = abs(out[name] - got[name]).max() / out[name].max()
            assert float(distance) < (5 if n > 1_000 else 15) * n**-0.5


def test_points_without_frequencies_of_their_own_are_seed_zero_s():
    config = BASE.replace(drift=0.5, max_strength=3)
    drawn = featsim.simulate(config, seeds=2, workers=1)
    np.testing.assert_array_equal(limit(config).frequencies, drawn.frequencies[0])
    both = limit(config, drawn.frequencies.to_numpy())
    assert both.seed.values.tolist() == [0, 1]
    np.testing.assert_array_equal(both.strengths, drawn.strengths)


def test_bad_input():
    with pytest.raises(ValueError, match=r"must have the shape \(6, 2, 5\) or \(S, 6, 2, 5\)"):
        limit(BASE.replace(drift=0.1), np.ones((2, 5)))
    with pytest.raises(ValueError, match=r"must have the shape \(2, 5\) or \(S, 2, 5\)"):
        limit(BASE.replace(window=1), np.ones((2, 4)))
    with pytest.raises(TypeError, match="frequencies must have no mask, but is a masked array"):
        limit(BASE.replace(window=1), np.ma.ones((2, 5)))
    with pytest.raises(ValueError, match=r"not 2\.0"):
        limit(BASE.replace(window=1), np.full((2, 5), 2.0))
    with pytest.raises(ValueError, match="forget features while keeping"):
        limit(BASE.replace(window=1), inits=("keep:0.5,0.5",))
