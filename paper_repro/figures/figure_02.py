"""Figure 2: pretrain on half of the data for e epochs, then train on all; accuracy against e.

Filled: test accuracy after training on all. Open, dotted: train accuracy of the pretraining, on an
axis of its own. The line is a network trained on all from its initialization.
"""

from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from paper_repro.figures.drawing import new_figure
from paper_repro.records import Records
from paper_repro.run import NARROW, Model, Run
from paper_repro.scales import Scale, base, grid, seeds, sized
from paper_repro.spread import mean_std
from paper_repro.style import COLORS

_EPOCHS = {"smoke": (1, 10), "cpu": (1, 10, 30), "paper": (10, 50, 100, 150, 200, 250, 300)}
_EPOCHS_ON_ALL = {"smoke": 10, "cpu": 15, "paper": 300}
_TITLES: dict[Model, str] = {"mlp": "three-layer MLP", "resnet18": "ResNet-18"}


def runs(scale: Scale) -> list[Run]:
    """Return the MLP and ResNet-18, warm after e epochs on one half, and cold for the line."""
    sizes = {"cpu": {"train_size": 800, "test_size": 2000}, "smoke": {"train_size": 256}}
    plain = base(
        scale,
        chunks=2,
        stop=None,
        **sizes.get(scale, {}),
        epochs=_EPOCHS_ON_ALL[scale],
        probes=(),
    )
    trials = range(10) if scale == "paper" else seeds(scale)
    models = [sized(scale, model) for model in _TITLES]
    warm = grid(plain, model=models, seed=trials, first_epochs=_EPOCHS[scale])
    return warm + grid(plain, model=models, seed=trials, method=("cold",), first_epochs=(1,))


def draw(records: Sequence[Records]) -> Figure:
    """Draw a panel for each network: mean over seeds, one standard deviation around it."""
    figure, panels = new_figure(2)
    for axes, model in zip(panels, _TITLES, strict=True):
        draw_network(axes, [r for r in records if r.run.model in (model, NARROW[model])])
        axes.set_title(_TITLES[model])
    panels[0].set_ylabel("test accuracy (%)")
    add_legend(figure, columns=3)
    return figure


def add_legend(figure: Figure, columns: int) -> None:
    """Say above the panels, once, what each line of theirs is."""
    drawn = [axes.get_legend_handles_labels() for axes in figure.axes]
    handles = {text: one for found in drawn for one, text in zip(*found, strict=True)}
    figure.legend(handles.values(), handles.keys(), loc="outside upper center", ncols=columns)


def draw_network(axes: Axes, records: Sequence[Records]) -> None:
    """Draw one network's accuracies against the epochs of pretraining."""
    warm = [r for r in records if r.run.method == "warm"]
    epochs = sorted({r.run.first_epochs or 0 for r in warm})
    groups = [[r for r in warm if r.run.first_epochs == e] for e in epochs]
    tested = [[100 * r.last["test_accuracy"] for r in group] for group in groups]
    fitted = [[100 * r.experiments[0]["train_accuracy"] for r in group] for group in groups]
    other = axes.twinx()
    for where, values, marks, fill, label in (
        (axes, tested, "s-", "full", "on all, pretrained"),
        (other, fitted, "s:", "none", "pretraining (right)"),
    ):
        means, spreads = zip(*map(mean_std, values), strict=True)
        where.errorbar(
            epochs, means, spreads, fmt=marks, color=COLORS["warm"], capsize=2, fillstyle=fill,
            label=label,
        )  # fmt: skip
    other.spines["right"].set_visible(True)
    other.set_ylabel("pretraining: train accuracy (%)")
    cold = [100 * r.last["test_accuracy"] for r in records if r.run.method == "cold"]
    mean, spread = mean_std(cold)
    axes.axhline(mean, color=COLORS["cold"], label="on all, new")
    axes.axhspan(mean - spread, mean + spread, color=COLORS["cold"], alpha=0.25, linewidth=0)
    axes.set(xlabel="pretraining epochs", xscale="log")
    axes.set_xticks(epochs, [str(e) for e in epochs])
    axes.set_xticks([], minor=True)
