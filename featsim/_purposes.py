"""What random numbers are for: the last word of their counter, the same from release to release."""

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
