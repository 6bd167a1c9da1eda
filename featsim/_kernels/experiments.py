"""The experiments of one class under one policy of forgetting (Algorithms 3 to 5), in three ways.

For any policy, one experiment after the other; for all γ together, where they can share training
runs; and the random start on small chunks, from what the experiment before has found. All fill the
same arrays.
"""

import numpy as np

from featsim._kernels.afresh import LANES, NEVER, add_new_points, change, largest
from featsim._kernels.arrays import new_flags, new_numbers, new_words
from featsim._kernels.compile import inlined, kernel
from featsim._kernels.sets import (
    NONE,
    count,
    count_feature,
    count_features,
    learn,
    new_counters,
    reset_counters,
    words,
)
from featsim._kernels.training import (
    add_chunk,
    gradient_rank,
    new_last_run,
    start_bounds,
    strongest_noise,
    train,
    train_in_levels,
)


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
def run_afresh(points, valid, first_word, gamma, tau, strengths, out):
    """As ``run_experiments`` where each experiment forgets all and trains on all points so far.

    Every experiment starts from nothing, so that it mostly learns the sets of features that the one
    before has learned, if not in the same order. What a set leaves of the points so far is kept,
    step by step, and only the new points are looked at: of every feature at once, as they are few.

    ``bounds[i]`` holds for each feature at least the number of points that are active after i
    steps, times its strength, exactly if ``exact[i, k]``, and as the keys of ``train`` also the
    feature, so that ties go to the lowest; NEVER for those that are learned. ``states`` holds the
    active points after i steps and their counters, P + 1 rows. Where the last experiment had the
    same set of features after i steps, all of these hold for the old points.
    """
    learned, learn_count, nonzero_gradient, memorized_points, learnable_features = out
    K, W = points.shape
    planes, carry = new_counters(tau, np.int64(0))
    rows = planes.shape[0] + 1
    states = new_words((K + 1) * rows, W)
    padded = LANES * ((K + LANES - 1) // LANES)
    bounds, exact = new_numbers(K + 1, padded, NEVER), new_flags(K + 1, K)
    gains = new_numbers(np.int64(1), padded, np.int64(0))[0]
    numbers = new_numbers(np.int64(2), K + 1, np.int64(0))
    excess, path = numbers[0], numbers[1]  # as in ``train``
    path[0] = -1
    shift = 1
    while (1 << shift) < K:
        shift += 1
    mask = (1 << shift) - 1
    least = gamma << shift
    for k in range(K):
        bounds[0, k], exact[0, k] = mask - k, True
    points_so_far = 0
    for j in range(first_word.size - 1):
        old, stop = first_word[j], first_word[j + 1]
        transposed = new_words((stop - old + 3) // 4 * 4, padded)
        for k in range(K):
            for w in range(old, stop):
                transposed[w - old, k] = points[k, w]
            learned[j, k], learn_count[j, k] = False, -1
            excess[k] = 0
        for w in range(old, stop):
            states[0, w] = valid[w]
        reset_counters((states[1:rows], carry), tau, old, stop)
        points_so_far += count(valid, old, stop)
        nonzero_gradient[j] = points_so_far
        step = 0
        apart = 0  # number of features with an excess
        while True:
            first = step * rows
            active = states[first]
            if apart == 0:
                add_new_points(transposed, active, old, shift, strengths, gains, bounds, step)
            if step == 0:
                learnable_features[j] = 0
                for k in range(K):
                    learnable_features[j] += bounds[0, k] >= least
            while True:
                top = largest(bounds, step)
                best = mask - (top & mask)
                if top < least or exact[step, best]:
                    break
                total = count_feature(points, best, active, 0, stop)
                if strengths is not None:
                    total *= strengths[best]
                bounds[step, best] = (total << shift) + (mask - best)
                exact[step, best] = True
            if top < least:
                break
            learned[j, best] = True
            learn_count[j, best] = top >> shift
            if strengths is not None:
                learn_count[j, best] //= strengths[best]
            if path[step] < 0:
                apart += 2 * K  # the last path has ended
            else:
                apart += change(excess, best, 1) + change(excess, path[step], -1)
            path[step] = best
            start = old if apart == 0 else np.int64(0)
            for row in range(first, first + rows):
                for w in words(start, stop):
                    states[row + rows, w] = states[row, w]
            first += rows
            counters = states[first + 1 : first + rows], carry
            learn(points, best, strengths, tau, states[first], counters, start, stop)
            step += 1
            if apart != 0:
                for k in range(K):
                    bounds[step, k], exact[step, k] = bounds[step - 1, k], False
                bounds[step, best] = NEVER
        path[step] = -1
        memorized_points[j] = count(active, 0, stop)
