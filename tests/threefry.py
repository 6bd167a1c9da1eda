"""The draws of a configuration in literal arithmetic, on Python's integers."""

from fractions import Fraction

import numpy as np

# What a draw is for: the last word of its counter.
(
    TRAINING,
    TEST,
    FREQUENCIES,
    DRIFTS,
    DRIFTED,
    STRENGTHS,
    LABEL_NOISE,
    NOISE_LEVELS,
    KEPT_FEATURES,
    KEPT_POINTS,
) = range(10)

MASK = 2**64 - 1
ROTATIONS = [(14, 16), (52, 57), (23, 40), (5, 37), (25, 33), (46, 12), (58, 22), (32, 32)]


def threefry(counter, key):
    """Threefry4x64-20 on Python's integers, as Salmon et al. (SC 2011, section 4.2) define it."""
    parity = 0x1BD11BDAA9FC1A22
    for word in key:
        parity ^= word
    keys = [*key, parity]
    x = [(c + k) & MASK for c, k in zip(counter, key, strict=True)]
    for r in range(20):
        for (i, j), left in zip([(0, 1), (2, 3)], ROTATIONS[r % 8], strict=True):
            x[i] = (x[i] + x[j]) & MASK
            x[j] = ((x[j] << left) | (x[j] >> (64 - left))) & MASK
            x[j] ^= x[i]
        x[1], x[3] = x[3], x[1]
        if r % 4 == 3:
            s = r // 4 + 1
            x = [(word + keys[(s + i) % 5]) & MASK for i, word in enumerate(x)]
            x[3] = (x[3] + s) & MASK
    return x


def key_of(seed, label):
    """Return the key of a seed and a class."""
    sequence = np.random.SeedSequence(seed, spawn_key=(label,))
    return sequence.generate_state(4, np.uint64).tolist()


def uniform(key, purpose, k, place=0):
    """Return a multiple of 2**-53 in [0, 1)."""
    return (threefry([0, place, k, purpose], key)[0] >> 11) * 2.0**-53


def bernoulli_word(p, key, purpose, k, w):
    """Return the 64 bits U < p of word w of feature k, U being read to as many digits as p has."""
    blocks = -(-(p.denominator.bit_length() - 1) // 4)
    numbers = [0] * 64
    for block in range(blocks):
        for word in threefry([block, w, k, purpose], key):
            numbers = [2 * u + (word >> lane & 1) for lane, u in enumerate(numbers)]
    return sum((Fraction(u, 16**blocks) < p) << lane for lane, u in enumerate(numbers))


def bernoulli_bits(p, key, purpose, k, first_word, size):
    """Return ``size`` draws of U < p from the words of feature k that begin at ``first_word``."""
    words = range(first_word, first_word - (-size // 64))
    whole = [bernoulli_word(Fraction(p), key, purpose, k, w) for w in words]
    return [bool(whole[i // 64] >> i % 64 & 1) for i in range(size)]
