"""The arrays that kernels make: every kind is made in one place, which is compiled once.

Rows are taken by their number: to unpack a table gives rows that the compiler does not know to be
without gaps.
"""

import numpy as np

from featsim._kernels.compile import part


@part
def new_words(rows, size):
    """Return clear words (rows, size)."""
    words = np.empty((rows, size), np.uint64)
    for row in range(rows):
        for w in range(size):
            words[row, w] = np.uint64(0)
    return words


@part
def new_numbers(rows, size, value):
    """Return whole numbers (rows, size), all of one value."""
    numbers = np.empty((rows, size), np.int64)
    for row in range(rows):
        for i in range(size):
            numbers[row, i] = value
    return numbers


@part
def new_flags(rows, size):
    """Return Booleans (rows, size), all false."""
    flags = np.empty((rows, size), np.bool_)
    for row in range(rows):
        for i in range(size):
            flags[row, i] = False
    return flags
