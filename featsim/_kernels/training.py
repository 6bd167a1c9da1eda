"""The experiments of one class under one policy of forgetting (Algorithms 2 to 5), point by bit.

Row k of ``points`` holds feature k of all points of the class, 64 to a word, in the order of their
arrival. A set of points is one bit a point: ``active`` is N, the points with a non-zero gradient,
and ``memorized`` is M. How many learned features a point has is kept bit-sliced: bit i of the
counters of 64 points is a word of ``planes[i]``. Counters of P bits start at 2**P − τ, so that the
carry out of the top plane is the τ-th learned feature. Planes come in pairs, which halves what a
pass over them reads and writes.

``strengths`` and ``laws`` may be None, which the compiler prunes: the paper's setting pays nothing
for what goes beyond it.
"""

import numpy as np

from featsim._kernels.arrays import new_flags, new_numbers, new_words
from featsim._kernels.compile import inlined, kernel, part, popcount

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
def new_last_run(repeats, K):
    """Return what ``train`` leaves for the next run, before the first."""
    steps = K + 1 if repeats else np.int64(0)
    found, covered = new_numbers(steps, K, np.int64(0)), new_numbers(steps, K, np.int64(-1))
    order = new_numbers(np.int64(1), K, np.int64(0))[0]
    for k in range(K):
        order[k] = k
    return order, new_numbers(np.int64(1), K + 1, np.int64(-1))[0], found, covered


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


@part
def add_chunk(points, valid, words_left, words_new, new, totals):
    """Bring the number of points of every feature from one experiment's data to the next's."""
    nothing = new_flags(np.int64(1), totals.size)[0]
    count_features(points, nothing, valid, words_new[0], words_new[1], new)
    for k in range(totals.size):
        totals[k] += new[k]
    if words_left[1] > words_left[0]:
        count_features(points, nothing, valid, words_left[0], words_left[1], new)
        for k in range(totals.size):
            totals[k] -= new[k]


@part
def start_bounds(points, known, active, span, carried, gamma, strengths, new, bounds):
    """Bound the active points of every feature that is not known, and exactly from γ on.

    Where bounds are ``carried`` they hold for the words start … old, and only the new ones are
    counted at first.
    """
    start, old, stop = span
    count_features(points, known, active, old if carried else start, stop, new)
    fine = new_flags(np.int64(1), known.size)[0]
    for k in range(known.size):
        bounds[k] = bounds[k] + new[k] if carried else new[k]
        strength = 1 if strengths is None else strengths[k]
        fine[k] = known[k] or strength * bounds[k] < gamma
    if carried:
        count_features(points, fine, active, start, stop, bounds)


@inlined
def settle(keys, i):
    """Move keys[i] down to its place among the keys behind it, which fall."""
    key = keys[i]
    while i + 1 < keys.size and keys[i + 1] > key:
        keys[i] = keys[i + 1]
        i += 1
    keys[i] = key


@part
def train(
    points,
    active,
    counters,
    learned,
    bounds,
    gamma,
    tau,
    strengths,
    span,
    repeats,
    last_run,
    learn_count,
    stops,
):
    """One training run (Algorithm 2) on the words of ``span``; ``active`` ends as what is left.

    ``bounds[k]`` is at least the number of active points with feature k, and ends so. Counts only
    fall during a run, so that features are recounted from the largest bound down until a count is
    above all bounds that follow (lazy greedy, Minoux 1978). A key holds a bound, times the strength
    of its feature, and the feature, so that ties go to the lowest one.

    ``last_run`` is what the run before leaves for this one: ``order``, that of the keys at first;
    ``path[i]``, the feature it learned at step i, −1 behind its last; and counts. A run that
    ``repeats`` the start of the last one mostly learns the same sets of features, if not in the
    same order. At a step with the same set, the count ``found[i, k]`` over the first
    ``covered[i, k]`` words holds again; if those are all the old words, only the new words,
    old … stop, are counted. So the old words are brought up to date only when they are counted.

    ``stops`` is None, or lets runs of several γ share these steps, as one with a larger γ only
    stops earlier: all γ, falling, and the first and behind the last of those that take part; the
    marks and the range of the chunks to count by; and, to be filled for each γ where it stops, the
    points left by chunk, the bounds, and the number of steps.
    """
    start, old, stop = span
    order, path, found, covered = last_run
    K = learned.size
    shift = 1
    while (1 << shift) < K:
        shift += 1
    mask = (1 << shift) - 1
    # ``excess`` is that of this path over the last one, feature by feature.
    numbers = new_numbers(np.int64(2), K, np.int64(0))
    keys, excess = numbers[0], numbers[1]
    for i in range(K):
        k = order[i]
        bound = -1 if learned[k] else bounds[k]
        if strengths is not None:
            bound *= strengths[k]
        keys[i] = (bound << shift) + (mask - k)
    for i in range(K - 2, -1, -1):
        settle(keys, i)
    for i in range(K):
        order[i] = mask - (keys[i] & mask)
    apart = 0 if repeats else 1  # number of features with an excess
    step, updated = 0, 0
    stopped = 0 if stops is None else stops[1]
    while True:
        top, best, i = (gamma << shift) - 1, -1, step
        while i < K and keys[i] > top:
            k = mask - (keys[i] & mask)
            if apart == 0 and covered[step, k] == old:
                total = found[step, k] + count_feature(points, k, active, old, stop)
            else:
                while updated < step:
                    learn(points, path[updated], strengths, tau, active, counters, start, old)
                    updated += 1
                total = count_feature(points, k, active, start, stop)
            bounds[k] = total
            if repeats:
                found[step, k], covered[step, k] = total, stop
            if strengths is not None:
                total *= strengths[k]
            keys[i] = (total << shift) + (mask - k)
            if keys[i] > top:
                top, best = keys[i], i
            i += 1
        if stops is not None:
            gammas, _, last, (marks, first_chunk, last_chunk), left, bounds_left, steps = stops
            value = top >> shift if best >= 0 else -1
            while stopped < last and gammas[stopped] > value:
                while updated < step:
                    learn(points, path[updated], strengths, tau, active, counters, start, old)
                    updated += 1
                for c in range(first_chunk, last_chunk):
                    left[stopped, c] = count(active, marks[c], marks[c + 1])
                for k in range(K):
                    bounds_left[stopped, k] = bounds[k]
                steps[stopped] = step
                stopped += 1
        if best < 0:
            break
        k = mask - (top & mask)
        learned[k] = True
        learn_count[k] = bounds[k]
        learn(points, k, strengths, tau, active, counters, old, stop)
        for place in range(best, step, -1):
            keys[place] = keys[place - 1]
        for place in range(i - 1, step, -1):
            settle(keys, place)
        before = path[step]
        if before < 0:
            apart += 2 * K  # the last path has ended
        elif before != k:
            apart -= (excess[k] != 0) + (excess[before] != 0)
            excess[k] += 1
            excess[before] -= 1
            apart += (excess[k] != 0) + (excess[before] != 0)
        path[step] = k
        step += 1
    path[step] = -1
    while updated < step:
        learn(points, path[updated], strengths, tau, active, counters, start, old)
        updated += 1


@part
def gradient_rank(points, active, known, start, stop):
    """Return the rank over the reals of the active points × the features that are not known.

    Rows are reduced modulo the prime 2**31 − 1, which could lower the rank only if it divided a
    determinant that is not 0.
    """
    prime = np.int64(2**31 - 1)
    numbers = new_numbers(np.int64(2), points.shape[0], np.int64(0))
    columns, row = numbers[0], numbers[1]
    size = 0
    for k in range(points.shape[0]):
        if not known[k] and count_feature(points, k, active, start, stop) > 0:
            columns[size] = k
            size += 1
    basis = new_numbers(size, size, np.int64(0))
    rank = 0
    for w in range(start, stop):
        for b in range(64):
            if rank == size:
                return rank
            bit = np.uint64(1) << np.uint64(b)
            if active[w] & bit == NONE:
                continue
            for i in range(size):
                row[i] = 1 if points[columns[i], w] & bit != NONE else 0
            for i in range(size):
                if row[i] == 0:
                    continue
                factor = row[i]
                if basis[i, i] == 1:
                    for place in range(i, size):
                        row[place] = (row[place] + (prime - factor) * basis[i, place]) % prime
                    continue
                inverse, power, exponent = np.int64(1), factor, prime - 2
                while exponent > 0:
                    if exponent & 1:
                        inverse = inverse * power % prime
                    power = power * power % prime
                    exponent >>= 1
                for place in range(i, size):
                    basis[i, place] = row[place] * inverse % prime
                rank += 1
                break
    return rank


@part
def train_in_levels(
    points, active, counters, learned, bounds, tau, strengths, span, last_run, learn_count, noise
):
    """Algorithm 2 where the noise of a point has a strength of its own.

    ``noise`` holds the strengths, falling; where the points of each begin among ``places``, which
    are 64 w + b; and scratch space of W words. Features are learned while the best count reaches
    the largest noise; then the points of that noise that are left are memorized, and the next
    level follows. ``active`` ends as the set of all points that were memorized.
    """
    thresholds, first_place, places, left = noise
    start, _, stop = span
    for w in range(start, stop):
        left[w] = NONE
    for level in range(thresholds.size):
        train(
            points,
            active,
            counters,
            learned,
            bounds,
            thresholds[level],
            tau,
            strengths,
            span,
            False,
            last_run,
            learn_count,
            None,
        )
        for i in range(first_place[level], first_place[level + 1]):
            w, bit = places[i] // 64, np.uint64(1) << np.uint64(places[i] % 64)
            if start <= w < stop:
                left[w] |= active[w] & bit
                active[w] &= ~bit
    for w in range(start, stop):
        active[w] = left[w]


@part
def strongest_noise(active, start, stop, noise):
    """Return the largest strength of noise among the active points, or 0 if there are none."""
    thresholds, first_place, places, _ = noise
    for level in range(thresholds.size):
        for i in range(first_place[level], first_place[level + 1]):
            w, bit = places[i] // 64, np.uint64(1) << np.uint64(places[i] % 64)
            if start <= w < stop and active[w] & bit != NONE:
                return thresholds[level]
    return 0


@kernel
def run_experiments(
    points,
    valid,
    first_word,
    first_seen,
    gamma,
    tau,
    forgets,
    keep_learned,
    keep_memorized,
    strengths,
    laws,
    out,
):
    """Algorithms 3 (random), 4 (warm), 5 (ideal) and every other policy, experiment by experiment.

    ``first_word`` (J + 1,) bounds the words of each chunk; experiment j trains on the words from
    ``first_seen[j]`` to the end of chunk j. Before it, if ``forgets[j]``, the features and the
    memorized points are kept or not. Fills the arrays of ``out``: whether a feature is learned,
    and its count if it was learned in that experiment, else −1, (J, K); points with non-zero
    gradient at the start, memorized points at the end, features that can be learned, (J,).

    ``laws`` is None, or holds masks of the features (J, K) and of the points (J, W) that are kept,
    of no rows where nothing is kept by share; the noise as ``train_in_levels`` takes it, of no
    levels where all have γ; and, to be filled, the counts times strengths at the start (J, K) and
    the largest noise (J,), where there are levels, and the rank of the gradient, if it has rows.
    """
    learned, learn_count, nonzero_gradient, memorized_points, learnable_features = out
    K, W = points.shape
    J = first_word.size - 1
    counters = new_counters(tau, W)
    sets = new_words(np.int64(2), W)
    active, memorized = sets[0], sets[1]
    known = new_flags(np.int64(1), K)[0]
    numbers = new_numbers(np.int64(3), K, np.int64(0))
    totals, bounds, new = numbers[0], numbers[1], numbers[2]
    repeats = not keep_learned and not keep_memorized and J > 1 and laws is None
    for j in range(1, J):
        repeats &= forgets[j] and first_seen[j] == 0
    last_run = new_last_run(repeats, K)
    remembers = False  # whether any point is memorized as an experiment starts
    current = True  # whether ``active`` and the counters of old words hold for L, and no M
    for j in range(J):
        begin, old, stop = first_seen[j], first_word[j], first_word[j + 1]
        keeps_features = keep_learned or not forgets[j]
        keeps_noise = keep_memorized or not forgets[j]
        keeps_all = keeps_features and keeps_noise
        if laws is not None:
            kept_features, kept_points, noise, start_counts, start_noise, ranks = laws
            if forgets[j] and kept_features.shape[0] > 0:
                keeps_features, keeps_all, current = True, False, False
                for k in range(K):
                    known[k] &= kept_features[j, k]
            if forgets[j] and kept_points.shape[0] > 0:
                keeps_noise, keeps_all = True, False
                for w in range(begin, old):
                    memorized[w] &= kept_points[j, w]
        if remembers and not keeps_noise:
            remembers = False
            for w in range(begin, old):
                memorized[w] = NONE
        if not keeps_features:
            for k in range(K):
                known[k] = False
        # What holds of the points so far is carried on, else all of them are looked at anew. Where
        # all is kept, no point of an earlier chunk has a gradient.
        carries = keeps_all or (keeps_features and current and not remembers)
        anew = old if carries else begin
        start = old if keeps_all else begin
        span, counts = (start, old, stop), learn_count[j]
        for w in range(anew, stop):
            active[w] = valid[w] & ~memorized[w]
        reset_counters(counters, tau, anew, stop)
        if not keep_learned:
            add_chunk(points, valid, (first_seen[max(j - 1, 0)], begin), (old, stop), new, totals)
        some_known = False
        for k in range(K):
            counts[k] = -1
            if known[k]:
                some_known = True
                learn(points, k, strengths, tau, active, counters, anew, stop)
        fresh = not carries and not some_known and not remembers and not keep_learned
        if fresh:
            for k in range(K):
                bounds[k] = totals[k]
        else:
            start_bounds(points, known, active, span, start != anew, gamma, strengths, new, bounds)
        learnable_features[j] = 0
        for k in range(K):
            strength = 1 if strengths is None else strengths[k]
            learnable_features[j] += not known[k] and strength * bounds[k] >= gamma
        nonzero_gradient[j] = count(active, start, stop)
        if laws is not None and ranks.size > 0:
            ranks[j] = gradient_rank(points, active, known, start, stop)
        if laws is not None and noise[0].size > 0:
            start_noise[j] = strongest_noise(active, start, stop, noise)
            for k in range(K):
                start_counts[j, k] = -1
            count_features(points, known, active, start, stop, start_counts[j])
            for k in range(K):
                if strengths is not None and not known[k]:
                    start_counts[j, k] *= strengths[k]
            train_in_levels(
                points,
                active,
                counters,
                known,
                bounds,
                tau,
                strengths,
                span,
                last_run,
                counts,
                noise,
            )
            current = False
        else:
            train(
                points,
                active,
                counters,
                known,
                bounds,
                gamma,
                tau,
                strengths,
                span,
                repeats,
                last_run,
                counts,
                None,
            )
            current = (start == begin or j == 0) and not remembers
        last = j + 1 == J
        if remembers or keep_memorized or laws is not None or (not last and not forgets[j + 1]):
            remembers = True
            for w in range(start, stop):
                memorized[w] |= active[w]
            memorized_points[j] = count(memorized, begin, stop)
        else:
            memorized_points[j] = count(active, start, stop)
        for k in range(K):
            learned[j, k] = known[k]


@inlined
def equal_rows(table, a, b):
    """Tell whether two rows of a table are equal."""
    same = True
    for k in range(table.shape[1]):
        same &= table[a, k] == table[b, k]
    return same


@kernel
def run_gammas(
    points,
    valid,
    first_word,
    first_chunk,
    gammas,
    tau,
    forgets,
    keep_learned,
    keep_memorized,
    strengths,
    out,
):
    """Run the experiments for every γ, which fall, as ``run_experiments`` does for one.

    Not for a policy that forgets features and keeps memorized points. Then an experiment depends
    on γ only through the set L that it starts with, and M only through how many points it has. So
    all γ with the same L share one run, down to the smallest; the larger only stop earlier. From
    large γ to small the sets mostly contain each other, so that the counters of one are extended
    to the next. Experiment j trains on the chunks from ``first_chunk[j]`` on. The arrays of ``out``
    have γ before the dims of ``run_experiments``.
    """
    learned, learn_count, nonzero_gradient, memorized_points, learnable_features = out
    K, W = points.shape
    J, G = first_word.size - 1, gammas.size
    base_counters, counters = new_counters(tau, W), new_counters(tau, W)
    sets = new_words(np.int64(2), W)
    base_active, active = sets[0], sets[1]
    known, flags = new_flags(np.int64(G), K), new_flags(np.int64(2), K)
    base, run = flags[0], flags[1]
    bounds_left = new_numbers(np.int64(G), K, np.int64(0))
    numbers = new_numbers(np.int64(4), K, np.int64(0))
    bounds, totals, counts, new = numbers[0], numbers[1], numbers[2], numbers[3]
    # M is counted by chunk where a window moves on, else in all.
    by_chunk = first_chunk[J - 1] > 0
    left = new_numbers(np.int64(G), np.int64(J if by_chunk else 1), np.int64(0))
    steps = new_numbers(np.int64(1), np.int64(G), np.int64(0))[0]
    marks = new_numbers(np.int64(1), np.int64(2), np.int64(0))[0]
    repeats = not keep_learned and J > 1
    for j in range(1, J):
        repeats &= forgets[j] and first_chunk[j] == 0
    last_run = new_last_run(repeats, K)
    path = last_run[1]
    current = True  # whether ``bounds_left`` holds for all points below τ
    for j in range(J):
        begin, old, stop = first_word[first_chunk[j]], first_word[j], first_word[j + 1]
        keeps_features = keep_learned or not forgets[j]
        keeps_all = keeps_features and (keep_memorized or not forgets[j])
        start = old if keeps_all else begin
        fresh = not keeps_features
        if fresh:
            known[:] = False
        if not keep_learned:
            last_begin = first_word[first_chunk[max(j - 1, 0)]]
            add_chunk(points, valid, (last_begin, begin), (old, stop), new, totals)
        low = 0
        while low < G:
            high = low + 1
            while high < G and equal_rows(known, low, high):
                high += 1
            anew = low == 0
            for k in range(K):
                anew |= base[k] and not known[low, k]
            if anew:
                reset_counters(base_counters, tau, start, stop)
                for w in range(start, stop):
                    base_active[w] = valid[w]
            for k in range(K):
                if known[low, k] and (anew or not base[k]):
                    learn(points, k, strengths, tau, base_active, base_counters, start, stop)
                base[k] = known[low, k]
                run[k] = known[low, k]
            for w in range(start, stop):
                active[w] = base_active[w]
            for plane in range(counters[0].shape[0]):
                for w in range(start, stop):
                    counters[0][plane, w] = base_counters[0][plane, w]
            gradient = count(active, start, stop)
            for g in range(low, high):
                nonzero_gradient[g, j] = gradient
                learnable_features[g, j] = 0
            span, least = (start, old, stop), gammas[high - 1]
            for k in range(K):
                bounds[k] = totals[k] if fresh else bounds_left[low, k]
            if not fresh:
                carried = current and not keeps_all
                start_bounds(points, run, active, span, carried, least, strengths, new, bounds)
            for k in range(K):
                strength = 1 if strengths is None else strengths[k]
                if not run[k] and strength * bounds[k] >= least:
                    for g in range(low, high):
                        learnable_features[g, j] += strength * bounds[k] >= gammas[g]
            marks[0], marks[1] = start, stop
            chunk = j if keeps_all else first_chunk[j]
            chunks = (first_word, chunk, j + 1) if by_chunk else (marks, 0, 1)
            train(
                points,
                active,
                counters,
                run,
                bounds,
                least,
                tau,
                strengths,
                span,
                repeats,
                last_run,
                counts,
                (gammas, low, high, chunks, left, bounds_left, steps),
            )
            for g in range(low, high):
                for k in range(K):
                    learn_count[g, j, k] = -1
                for i in range(steps[g]):
                    known[g, path[i]] = True
                    learn_count[g, j, path[i]] = counts[path[i]]
                for k in range(K):
                    learned[g, j, k] = known[g, k]
                memorized_points[g, j] = left[g, 0] if not by_chunk else 0
                if by_chunk:
                    for c in range(first_chunk[j], j + 1):
                        memorized_points[g, j] += left[g, c]
                elif keeps_all and j > 0:
                    memorized_points[g, j] += memorized_points[g, j - 1]
            low = high
        current = not keeps_all or j == 0


@kernel
def well_classified(points, valid, learned, tau, strengths, out):
    """Count in ``out[j]`` the points with at least tau features of the set ``learned[j]``."""
    K, W = points.shape
    counters = new_counters(tau, W)
    first = np.int64(0)
    missing = new_words(np.int64(1), W)[0]
    counted = new_flags(np.int64(1), K)[0]
    points_in_all = count(valid, first, W)
    for j in range(learned.shape[0]):
        start_anew = j == 0
        for k in range(K):
            start_anew |= counted[k] and not learned[j, k]
        if start_anew:
            reset_counters(counters, tau, first, W)
            for w in range(W):
                missing[w] = valid[w]
        for k in range(K):
            if learned[j, k] and (start_anew or not counted[k]):
                learn(points, k, strengths, tau, missing, counters, first, W)
            counted[k] = learned[j, k]
        out[j] = points_in_all - count(missing, first, W)
