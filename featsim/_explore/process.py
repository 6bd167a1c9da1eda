"""The process of one class, step by step: Figure 5 for a small setting."""

import dataclasses

import numpy as np
from matplotlib.figure import Figure

from featsim.config import Config
from featsim.inits import Init
from featsim.process_plot import MOST_FEATURES, MOST_POINTS, draw_process
from featsim.sampling import sample_stream
from featsim.stream import FeatureStream
from featsim.tracing import Mask, Rows, Rule, Step, Trace, rule_of, trace


def class_trace(config: Config, init: Init, seed: int, label: int, experiment: int) -> Trace:
    """Return the process of one class, which learns nothing from the others.

    ``label`` and ``experiment`` count from 1; the trace ends with that experiment.

    Raises
    ------
    ValueError
        If the setting is not small, or has what a trace does not know.
    """
    for name, most in (("label", config.classes), ("experiment", config.experiments)):
        value = label if name == "label" else experiment
        if value > most:
            raise ValueError(f"{name} must be in 1 … {most}, not {value}")
    for name in ("window", "max_strength", "strengths", "noise_levels"):
        if getattr(config, name) != (default := getattr(Config, name)):
            raise ValueError(f"{name} must be {default} for the process of a class")
    sizes = config.points_by_chunk or (config.points_per_chunk,) * config.experiments
    share = 1 if config.class_arrival else config.classes
    points = -(-sum(sizes[:experiment]) // share)
    if config.features > MOST_FEATURES or points > MOST_POINTS:
        raise ValueError(
            f"the process of a class is drawn for at most {MOST_FEATURES} features and "
            f"{MOST_POINTS} points of a class up to its experiment, not {config.features} and "
            f"{points}: take fewer features, points_per_chunk or experiments, or a preset"
        )
    whole = sample_stream(config, seed)
    rows = np.flatnonzero((whole.labels == label - 1) & (whole.chunks < experiment))
    if not rows.size:
        raise ValueError(f"class {label} has no points up to experiment {experiment}")
    alone = FeatureStream(whole.features[rows], np.zeros(rows.size, int), whole.chunks[rows])
    rule = _one_class(rule_of(whole, init, seed), rows, label - 1, whole)
    told = trace(alone, gamma=config.gamma, tau=config.tau, init=rule)
    return dataclasses.replace(told, init=init)


def _one_class(rule: Rule, rows: Rows, label: int, whole: FeatureStream) -> Rule:
    """Return what the rule of a whole stream keeps of one class, whose points are ``rows``."""

    def keep(L: Mask, M: Mask, chunk: int) -> tuple[Mask, Mask]:
        learned = np.zeros((whole.num_classes, whole.num_features), np.bool_)
        memorized = np.zeros(len(whole), np.bool_)
        learned[label], memorized[rows] = L[0], M
        kept, left = rule(learned, memorized, chunk)
        return kept[[label]], left[rows]

    return keep


def draw(told: Trace) -> Figure:
    """Return the picture of the last experiment."""
    return draw_process(told, experiment=len(told.runs))


def steps(told: Trace) -> list[str]:
    """Return a sentence for each step of the last experiment."""
    run = told.runs[-1]
    kept = np.flatnonzero(run.kept) + 1
    first = f"Kept features: {_list(kept.tolist(), '')}."
    return [first, *(_sentence(i + 1, step, told) for i, step in enumerate(run.steps))]


def _sentence(number: int, step: Step, told: Trace) -> str:
    left = _list((step.leaving + 1).tolist())
    points = f"Step {number}, {step.active.size} points with a gradient: "
    if step.feature is None:
        return f"{points}all features are learned; memorized: {left}."
    k, count = step.feature[1], int(step.counts[step.feature])
    if step.learned:
        reached = f"feature {k + 1} is learned, {count} ≥ γ = {told.gamma:g}"
        return f"{points}{reached}; leave: {left}."
    return f"{points}no feature has γ = {told.gamma:g}; memorized: {left}."


def _list(numbers: list[int], letter: str = "x") -> str:
    return ", ".join(f"{letter}{number}" for number in numbers) or "none"
