"""A fit as a picture: what was observed, what was fitted, and what follows for other methods."""

from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from featsim.calibration.result import Fit
from featsim.plotting import COLUMN_WIDTH, init_styles, new_figure, style

OBSERVED: dict[str, Any] = {"color": "0.35", "marker": "x", "markersize": 3.5, "linestyle": "none"}


def draw_fit(fit: Fit, inits: tuple[str, ...] = ("random", "warm", "ideal")) -> Figure:
    """Draw the observed accuracy and the model's, of a cold start and of other initializations."""
    with style():
        figure = new_figure(COLUMN_WIDTH, 2.6)
        ax = figure.add_subplot()
        draw_predictions(ax, fit, inits)
        ax.plot(fit.curve["experiment"], 100 * fit.curve["observed"], label="observed", **OBSERVED)
        ax.legend()
    return figure


def draw_predictions(ax: Axes, fit: Fit, inits: tuple[str, ...]) -> None:
    """Draw the predicted accuracy of initializations against the experiment."""
    predicted = fit.predict(inits)["exact_accuracy"]
    names = predicted["init"].to_numpy().tolist()
    for name, look in init_styles(names).items():
        ax.plot(
            predicted["experiment"],
            100 * predicted.sel(init=name),
            color=look.color,
            label=name,
            linestyle=look.linestyle,
            linewidth=look.linewidth,
            zorder=look.layer,
        )
    ax.set_xlabel("Experiment")
    ax.set_ylabel("Accuracy (%)")
