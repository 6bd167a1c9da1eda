"""A result as text: the setting, a compact table over experiments, and what the theory predicts."""

import itertools
from typing import Any

import numpy as np
import numpy.typing as npt
from tabulate import DataRow, TableFormat, tabulate

import featsim
from featsim._result import Result
from featsim.config import Config
from featsim.schedules import Doubling

Values = npt.NDArray[Any]

SHOWN_EXPERIMENTS = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)
"""Those that a table has a row for, beside the last."""

METRICS = {
    "test_accuracy": ("test accuracy (%)", 100.0, ".2f"),
    "exact_accuracy": ("exact accuracy (%)", 100.0, ".2f"),
    "learned_features": ("learned features", 1.0, ",.1f"),
    "nonzero_gradient_points": ("points with non-zero gradient", 1.0, ",.0f"),
    "memorized_points": ("memorized points", 1.0, ",.0f"),
}
BEYOND = (
    *("drift", "label_noise", "class_arrival", "window"),
    *("max_strength", "strengths", "noise_levels"),
)
"""Fields that are told where they are set."""

ACCURACIES = ("test_accuracy", "exact_accuracy")

COLUMNS = TableFormat(
    lineabove=None,
    linebelowheader=None,
    linebetweenrows=None,
    linebelow=None,
    headerrow=DataRow("  ", "   ", ""),
    datarow=DataRow("  ", "   ", ""),
    padding=0,
    with_header_hide=None,
)


def report(result: Result) -> str:
    """Return what ``featsim run`` prints of a simulation."""
    variables = result.variables
    accuracy = next(name for name in ACCURACIES if name in variables)
    metrics = [name for name in METRICS if name == accuracy or name not in ACCURACIES]
    names = [init.name for init in result.inits]
    sections = [_setting(result)]
    if len(names) == 1:
        columns = {METRICS[name][0]: (variables[name][:, 0], name) for name in metrics}
        sections.append(f"init {names[0]}\n{_table(columns)}")
    else:
        for name in metrics:
            columns = {init: (variables[name][:, i], name) for i, init in enumerate(names)}
            sections.append(f"{METRICS[name][0]}\n{_table(columns)}")
    # T^(J), for each init and seed
    time = dict(zip(names, variables["nonzero_gradient_points"].sum(-1).T, strict=True))
    sections.append(_training_time(time))
    # The theorems are about two experiments or more.
    if {"random", "warm"} <= set(names) and variables[accuracy].shape[-1] > 1:
        last = dict(zip(names, 100.0 * variables[accuracy][:, :, -1].T, strict=True))
        sections.append(_predictions(last, time))
        accuracies = dict(zip(names, 100.0 * variables[accuracy].swapaxes(0, 1), strict=True))
        sections += _bounds(result, accuracies, time)
    return "\n\n".join(sections)


def shown_experiments(last: int) -> list[int]:
    """Return the experiments that a table has rows for."""
    return [j for j in SHOWN_EXPERIMENTS if j < last] + [last]


def _setting(result: Result) -> str:
    config = Config.from_json(result.settings)
    seeds = result.seeds or ()
    laws = {
        "uniform": f"uniform on [0, {config.max_frequency:g}]",
        "zipf": f"{config.max_frequency:g} · k^−{config.frequency_exponent:g}",
    }
    frequencies = laws[config.frequency_law] if config.frequencies is None else "given"
    sizes = config.points_by_chunk or (config.points_per_chunk,)
    points = " … ".join(f"{size:,}" for size in sorted({min(sizes), max(sizes)}))
    listed = f"{len(seeds)} seeds ({seeds[0]} … {seeds[-1]})" if seeds[1:] else f"seed {seeds[0]}"
    return (
        f"featsim {featsim.__version__}: {config.experiments} experiments, "
        f"C = {config.classes} classes, K = {config.features} features a class, "
        f"frequencies {frequencies},\n"
        f"{points} points a chunk, γ = {config.gamma:g}, τ = {config.tau}, "
        f"{config.test_points:,} test points, {listed}\n"
        f"{_beyond_paper(config)}mean ± standard deviation over the seeds"
    )


def _beyond_paper(config: Config) -> str:
    """Return a line of what the paper leaves at its default, of which some is not."""
    plain, told = Config(), []
    for name in BEYOND:
        value = getattr(config, name)
        if value != getattr(plain, name):
            told.append(f"{name} given" if isinstance(value, tuple) else f"{name} = {value}")
    return f"{', '.join(told)}\n" if told else ""


def _spread(values: Values, form: str) -> str:
    """Return mean ± standard deviation over the seeds, of one value the value alone."""
    if values.size == 1:
        return f"{values.item():{form}}"
    return f"{values.mean():{form}} ± {values.std(ddof=1):{form.lstrip('+')}}"


def _table(columns: dict[str, tuple[Values, str]]) -> str:
    """Return a row for each shown experiment; a column is a metric's values and its name."""
    last = next(iter(columns.values()))[0].shape[-1]
    rows = [["experiment", *columns]]
    for j in shown_experiments(last):
        row = [str(j)]
        for values, name in columns.values():
            _, scale, form = METRICS[name]
            row.append(_spread(values[:, j - 1] * scale, form))
        rows.append(row)
    return _align(rows)


def _align(rows: list[list[str]]) -> str:
    """Return rows of text in columns set to the right; a header is the first row."""
    align = ["right"] * len(rows[0])
    return tabulate(rows, tablefmt=COLUMNS, colalign=align, disable_numparse=True)


def _training_time(time: dict[str, Values]) -> str:
    rows = [["", *time], ["T", *(_spread(values, ",.0f") for values in time.values())]]
    return (
        "training time (points with non-zero gradient, summed over the experiments)\n"
        f"{_align(rows)}"
    )


def _share(holds: npt.NDArray[np.bool_]) -> str:
    return f"{np.count_nonzero(holds)} of {holds.size} seeds"


def _predictions(accuracy: dict[str, Values], time: dict[str, Values]) -> str:
    """Compare the initializations as the theorems do, seed by seed, at the last experiment."""
    gap = accuracy["warm"] - accuracy["random"]
    rows = [
        ["", "theory", "measured", "holds in"],
        ["accuracy, warm − random", "below 0", _spread(gap, "+.2f"), _share(gap < 0.0)],
    ]
    order = ["warm", "random"]
    if "ideal" in accuracy:
        gap = accuracy["ideal"] - accuracy["random"]
        rows.append(["accuracy, ideal − random", "0", _spread(gap, "+.2f"), _share(gap == 0.0)])
        order = ["warm", "ideal", "random"]
    rising = [time[a] < time[b] for a, b in itertools.pairwise(order)]
    ratios = " : ".join(f"{np.mean(time[init] / time['random']):.3f}" for init in order)
    rows.append([f"T, {' : '.join(order)}", "rising", ratios, _share(np.all(rising, axis=0))])
    return (
        "what Theorems 3.4 and 3.6 predict, at the last experiment "
        f"(sampled points meet their assumptions only on average)\n{_align(rows)}"
    )


def _bounds(result: Result, accuracy: dict[str, Values], time: dict[str, Values]) -> list[str]:
    """Compare forgetting noise at growth by r with what it promises where chunks are equal.

    That is T ≤ (1 + r/(r−1)) T_warm and, in every experiment j, the accuracy that cold has in
    experiment ⌈j/r⌉, on as much less data.
    """
    config = Config.from_json(result.settings)
    if config.window is not None or config.points_by_chunk is not None or config.class_arrival:
        return []
    rows = [["", "promised", "measured", "holds in"]]
    for init in result.inits:
        if not isinstance(init.when, Doubling) or init.keep_learned < 1.0 or init.keep_memorized:
            continue
        r = init.when.factor
        most = 1.0 + r / (r - 1.0)
        price = time[init.name] / time["warm"]
        rows.append([f"T / T_warm, {init.name}", f"≤ {most:.3g}", _spread(price, ".2f"),
                     _share(price <= most)])  # fmt: skip
        earlier = np.ceil(np.arange(1, config.experiments + 1) / r).astype(int)
        gap = (accuracy[init.name] - accuracy["random"][:, earlier - 1]).min(axis=1)
        part = "half" if r == 2.0 else f"1/{r:g}"
        rows.append([f"accuracy, {init.name} − random on {part} of the data, at worst", "≥ 0",
                     _spread(gap, "+.2f"), _share(gap >= 0.0)])  # fmt: skip
    if not rows[1:]:
        return []
    return [f"what forgetting at growth promises where chunks are equal\n{_align(rows)}"]
