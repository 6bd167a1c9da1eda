"""Draw what matters when: Sobol indices of the parameters of Figure 3's setting.

Run ``python -m docs.programs.sensitivity --docs docs``: a picture, and tables between the marks of
docs/sensitivity.md, of which one is of the ranges. Ranges were fixed before the first run.
"""

from dataclasses import dataclass
from pathlib import Path

import tyro
import xarray as xr
from matplotlib.figure import Figure

import featsim
from docs.programs.marks import write_between
from docs.programs.theory_limit import table
from featsim.plotting import FULL_WIDTH, new_figure, style

RANGES = {
    "gamma": (10.0, 100.0),
    "tau": (1.0, 6.0),
    "features": (20.0, 100.0),
    "max_frequency": (0.05, 0.5),
    "points_per_chunk": (500.0, 2000.0),
}
SYMBOLS = {
    "gamma": "γ", "tau": "τ", "features": "K", "max_frequency": "largest p",
    "points_per_chunk": "n",
}  # fmt: skip
PANELS = (
    ("accuracy", "random"), ("accuracy", "warm"), ("gap", "warm"),
    ("learned_features", "random"), ("training_time", "ideal"), ("training_time", "warm"),
)  # fmt: skip
COLORS = ("#0072B2", "#D55E00", "#009E73", "#E69F00", "#CC79A7")


@dataclass(frozen=True, kw_only=True)
class Settings:
    """How much to compute and where to write."""

    samples: int = 256
    """N: N (D + 2) settings of D = 5 parameters."""
    experiments: int = 50
    """J."""
    docs: Path | None = None
    """Folder of sensitivity.md; nothing is written if it is not given."""


def main(settings: Settings) -> None:
    """Compute, print and write."""
    found = compute(settings.samples, settings.experiments)
    tables = {"ranges": ranges_table(), "indices": indices_table(found)}
    print("\n\n".join(tables.values()))
    if settings.docs is not None:
        write_between(settings.docs / "sensitivity.md", tables)
        featsim.save_figure(draw(found), settings.docs / "sensitivity" / "indices.png")


def compute(samples: int, experiments: int) -> xr.Dataset:
    """Return the indices, by the mean field."""
    config = featsim.Config(experiments=experiments, test_points=0)
    return featsim.sensitivity(config, RANGES, inits=("random", "warm", "ideal"), samples=samples)


def ranges_table() -> str:
    """Return the ranges from which the parameters are drawn, beside Figure 3's setting."""
    paper = featsim.Config()
    rows = [
        [SYMBOLS[name], f"`{name}`", f"{low:g}", f"{high:g}", f"{getattr(paper, name):g}"]
        for name, (low, high) in RANGES.items()
    ]
    return table(["parameter", "field of `Config`", "from", "to", "Figure 3"], rows)


def indices_table(found: xr.Dataset) -> str:
    """Return first and total index by panel at the first, a middle and the last experiment."""
    rows = []
    J = found.sizes["experiment"]
    for quantity, init in PANELS:
        for j in sorted({1, max(2, J // 10), J}):
            one = found.sel(quantity=quantity, init=init, experiment=j)
            if bool(one["total"].isnull().all()):
                continue
            rows.append([
                f"{_words(quantity)}, {init}", str(j),
                *(f"{float(at['first_order']):.2f} / {float(at['total']):.2f} "
                  f"± {float(at['total_confidence']):.2f}"
                  for name in RANGES for at in [one.sel(parameter=name)]),
            ])  # fmt: skip
    return table(["first / total", "experiment", *(SYMBOLS[name] for name in RANGES)], rows)


def draw(found: xr.Dataset) -> Figure:
    """Draw total indices as lines and first ones dashed, a panel for each quantity and policy."""
    with style():
        figure = new_figure(FULL_WIDTH, 3.6)
        axes = figure.subplots(2, 3, sharex=True, sharey=True)
        for i, (ax, (quantity, init)) in enumerate(zip(axes.flat, PANELS, strict=True)):
            for name, color in zip(RANGES, COLORS, strict=True):
                one = found.sel(quantity=quantity, init=init, parameter=name)
                ax.plot(one["experiment"], one["total"], color=color, label=SYMBOLS[name])
                ax.plot(one["experiment"], one["first_order"], color=color, linestyle=":")
            ax.set(title=f"{_words(quantity)}, {init}", ylim=(-0.05, 1.05))
            if i >= 3:
                ax.set_xlabel("Experiment")
            if i % 3 == 0:
                ax.set_ylabel("Index: total (dots: first)")
        figure.legend(*axes[0, 0].get_legend_handles_labels(), loc="outside lower center", ncols=5)
    return figure


def _words(quantity: str) -> str:
    return {"gap": "gap to random"}.get(quantity, quantity.replace("_", " "))


if __name__ == "__main__":
    main(tyro.cli(Settings))
