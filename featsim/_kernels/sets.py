"""Sets of points, a bit for each, and how many learned features their points have.

Row k of ``points`` holds feature k of all points of the class, 64 to a word, in the order of their
arrival. A set of points is one bit a point: ``active`` is N, the points with a non-zero gradient,
and ``memorized`` is M. How many learned features a point has is kept bit-sliced: bit i of the
counters of 64 points is a word of ``planes[i]``. Counters of P bits start at 2**P − τ, so that the
carry out of the top plane is the τ-th learned feature. Planes come in pairs, which halves what a
pass over them reads and writes.

Here and in all that uses these, ``strengths`` and ``laws`` may be None, which the compiler prunes:
the paper's setting pays nothing for what goes beyond it.
"""

import numpy as np

from featsim._kernels.arrays import new_words
from featsim._kernels.compile import inlined, part, popcount

ALL, NONE = np.uint64(0xFFFFFFFFFFFFFFFF), np.uint64(0)
WORDS_PER_TILE = 512


@inlined
def words(start, stop):
    """Return the range of words start … stop, unsigned, so that no index can be negative.

    With these indices, and with whole arrays in place of slices, the loops become vector code and
    pay for no reference counts.
    """
    return range(np.uint64(start), np.uint64(stop))


@inlined
def count(points, start, stop):
    """Count the points of a set in the words start … stop."""
    total = 0
    for w in words(start, stop):
        total += popcount(points[w])
    return total


@inlined
def count_feature(points, k, active, start, stop):
    """Count the active points with feature k in the words start … stop."""
    total = 0
    for w in words(start, stop):
        total += popcount(points[k, w] & active[w])
    return total


@part
def count_features(points, left_out, active, start, stop, out):
    """Count the active points of every feature, but those left out, in the words start … stop."""
    for k in range(left_out.size):
        if not left_out[k]:
            out[k] = count_feature(points, k, active, start, stop)


@part
def new_counters(tau, size):
    """Return counters up to tau for ``size`` words: the planes, an even number P, 2**P >= tau."""
    P = np.int64(2)
    while tau > (1 << P):
        P += 2
    return new_words(P, size), new_words(np.int64(1), np.int64(WORDS_PER_TILE))[0]


@part
def reset_counters(counters, tau, start, stop):
    """Set the counters of the words start … stop to no learned feature."""
    planes = counters[0]
    first = (1 << planes.shape[0]) - tau
    for plane in range(planes.shape[0]):
        bit = ALL if (first >> plane) & 1 else NONE
        for w in range(start, stop):
            planes[plane, w] = bit


@part
def add_feature(points, k, active, counters, start, stop):
    """Count feature k as learned for the points that have it, in the words start … stop.

    Points that reach τ learned features leave ``active``. ``counters`` are the planes and scratch
    space for the carry, of one word for each word of a tile, which stays in the fastest cache.
    """
    planes, carry = counters
    last = planes.shape[0] - 2
    for begin in range(start, stop, WORDS_PER_TILE):
        end = min(begin + WORDS_PER_TILE, stop)
        first_word = np.uint64(begin)
        for w in words(begin, end):
            carry[w - first_word] = points[k, w]
        for plane in range(0, last, 2):
            for w in words(begin, end):
                ones = carry[w - first_word]
                twos = planes[plane, w] & ones
                carry[w - first_word] = planes[plane + 1, w] & twos
                planes[plane, w] ^= ones
                planes[plane + 1, w] ^= twos
        for w in words(begin, end):
            ones = carry[w - first_word]
            twos = planes[last, w] & ones
            active[w] &= ~(planes[last + 1, w] & twos)
            planes[last, w] ^= ones
            planes[last + 1, w] ^= twos


@part
def add_multiple(points, k, times, active, counters, start, stop):
    """Count feature k as ``times`` learned features, 1 … τ, as ``add_feature`` does for one."""
    planes, _ = counters
    P = planes.shape[0]
    for bit in range(P + 1):
        if (times >> bit) & 1:
            for w in words(start, stop):
                carry = points[k, w]
                for plane in range(bit, P):
                    both = planes[plane, w] & carry
                    planes[plane, w] ^= carry
                    carry = both
                active[w] &= ~carry


@inlined
def learn(points, k, strengths, tau, active, counters, start, stop):
    """Count feature k as learned, as often as its strength says."""
    if strengths is None:
        add_feature(points, k, active, counters, start, stop)
    else:
        add_multiple(points, k, min(strengths[k], tau), active, counters, start, stop)
