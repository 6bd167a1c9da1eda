"""Exact Bernoulli bits, 64 points to a word, from a counter-based generator.

The random words are those of Threefry4x64-20 (Salmon, Moraes, Dror and Shaw, "Parallel random
numbers: as easy as 1, 2, 3", SC 2011): each is a function of a key and a counter, so that no draw
depends on another, on their order, on the number of workers or on the machine. Additions,
rotations and exclusive ors are all it needs, so that the loops over words become vector code.
"""

import numpy as np

from featsim._kernels.arrays import new_words
from featsim._kernels.compile import inlined, kernel

ALL, NONE = np.uint64(0xFFFFFFFFFFFFFFFF), np.uint64(0)
SKEIN = np.uint64(0x1BD11BDAA9FC1A22)
WORDS_PER_TILE = 256


@inlined
def mix(a, b, left):
    """Add, rotate and exclusive-or: one half of a round of Threefry."""
    a = a + b
    return a, ((b << left) | (b >> (np.uint64(64) - left))) ^ a


@inlined
def even_rounds(a, b, c, d):
    """Apply rounds 0 to 3 of each eight; b and d change places in every round."""
    (a, b), (c, d) = mix(a, b, np.uint64(14)), mix(c, d, np.uint64(16))
    (a, d), (c, b) = mix(a, d, np.uint64(52)), mix(c, b, np.uint64(57))
    (a, b), (c, d) = mix(a, b, np.uint64(23)), mix(c, d, np.uint64(40))
    (a, d), (c, b) = mix(a, d, np.uint64(5)), mix(c, b, np.uint64(37))
    return a, b, c, d


@inlined
def odd_rounds(a, b, c, d):
    """Apply rounds 4 to 7 of each eight."""
    (a, b), (c, d) = mix(a, b, np.uint64(25)), mix(c, d, np.uint64(33))
    (a, d), (c, b) = mix(a, d, np.uint64(46)), mix(c, b, np.uint64(12))
    (a, b), (c, d) = mix(a, b, np.uint64(58)), mix(c, d, np.uint64(22))
    (a, d), (c, b) = mix(a, d, np.uint64(32)), mix(c, b, np.uint64(32))
    return a, b, c, d


@inlined
def threefry(c0, c1, c2, c3, key):
    """Return the four words of Threefry4x64-20 for a counter (c0 … c3) and a key of four words."""
    k0, k1, k2, k3 = key
    k4 = SKEIN ^ k0 ^ k1 ^ k2 ^ k3
    a, b, c, d = even_rounds(c0 + k0, c1 + k1, c2 + k2, c3 + k3)
    a, b, c, d = odd_rounds(a + k1, b + k2, c + k3, d + k4 + np.uint64(1))
    a, b, c, d = even_rounds(a + k2, b + k3, c + k4, d + k0 + np.uint64(2))
    a, b, c, d = odd_rounds(a + k3, b + k4, c + k0, d + k1 + np.uint64(3))
    a, b, c, d = even_rounds(a + k4, b + k0, c + k1, d + k2 + np.uint64(4))
    return a + k0, b + k1, c + k2, d + k3 + np.uint64(5)


@inlined
def compare(is_less, undecided, u, p):
    """Compare a digit of 64 uniform numbers U with one of p: the first difference decides."""
    return is_less | (undecided & ~u & p), undecided & ~(u ^ p)


@kernel
def binary_digits(p, digits):
    """Write the binary digits of 0 <= p < 1 from the top, each as a word of ones or of zeros.

    Doubling and subtracting are exact in floating point. Returns the number of digits up to the
    last that is set, in multiples of four; at most 1,076 (the smallest double is 2**-1074).
    """
    count = 0
    while p > 0.0 or count % 4 != 0:
        p *= 2.0
        digits[count] = ALL if p >= 1.0 else NONE
        p -= 1.0 if p >= 1.0 else 0.0
        count += 1
    return count


@kernel
def bernoulli_words(frequencies, valid, key, purpose, first, last, out):
    """Fill ``out[k, w]`` with 64 Bernoulli(frequencies[k]) bits and clear those not in valid[w].

    The words are w = first … last − 1; those of one call and of several are the same.

    Lane by lane, a uniform number U is compared with p digit by digit from the top; a lane that is
    undecided when p has no more digits has U >= p. Digit i of U is a bit of word i % 4 of the
    counter (i // 4, w, k, purpose). All words of a tile are compared in the first two blocks of
    four digits; about a quarter then has undecided lanes and goes on, packed together.
    """
    key = (key[0], key[1], key[2], key[3])
    digits = new_words(np.int64(1), np.int64(1076))[0]
    # The word so far, its undecided lanes and its place. One array: the loops become vector code.
    tile = new_words(np.int64(3), np.int64(WORDS_PER_TILE))
    for k in range(frequencies.size):
        certain = frequencies[k] >= 1.0
        blocks = 0 if certain else binary_digits(frequencies[k], digits) // 4
        for start in range(first, last, WORDS_PER_TILE):
            size = min(WORDS_PER_TILE, last - start)
            for i in range(np.uint64(size)):
                place = np.uint64(start) + i
                tile[0, i] = valid[place] if certain else NONE
                tile[1, i] = valid[place]
                tile[2, i] = place
            for block in range(blocks):
                p0, p1 = digits[4 * block], digits[4 * block + 1]
                p2, p3 = digits[4 * block + 2], digits[4 * block + 3]
                for i in range(np.uint64(size)):
                    u = threefry(
                        np.uint64(block), tile[2, i], np.uint64(k), np.uint64(purpose), key
                    )
                    is_less, lanes = compare(tile[0, i], tile[1, i], u[0], p0)
                    is_less, lanes = compare(is_less, lanes, u[1], p1)
                    is_less, lanes = compare(is_less, lanes, u[2], p2)
                    tile[0, i], tile[1, i] = compare(is_less, lanes, u[3], p3)
                if block == 0:
                    continue
                undecided = 0
                for i in range(size):
                    out[k, tile[2, i]] = tile[0, i]
                    if tile[1, i] != NONE:
                        for row in range(3):
                            tile[row, undecided] = tile[row, i]
                        undecided += 1
                size = undecided
                if size == 0:
                    break
            for i in range(size):
                out[k, tile[2, i]] = tile[0, i]


@kernel
def uniform_numbers(key, purpose, place, out):
    """Fill ``out`` with uniform numbers, multiples of 2**-53 in [0, 1); each place has its own."""
    key = (key[0], key[1], key[2], key[3])
    for k in range(out.size):
        u = threefry(NONE, np.uint64(place), np.uint64(k), np.uint64(purpose), key)
        out[k] = np.float64(u[0] >> np.uint64(11)) * 2.0**-53
