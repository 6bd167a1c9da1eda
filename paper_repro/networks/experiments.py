"""A regime's runs experiment by experiment: what Figures 1 and 7 of the paper show."""

from matplotlib.figure import Figure

from paper_repro.campaign import METHODS
from paper_repro.figures import figure_07
from paper_repro.figures.curves import BOTH, Line, panels
from paper_repro.networks.evidence import Evidence
from paper_repro.style import COLORS


def by_experiment(evidence: Evidence) -> Figure:
    """Draw test accuracy and steps against the experiment, a line a method (Figure 1).

    Methods that act at doublings are dashed.
    """
    lines = [
        Line(
            name,
            [records[name] for records in evidence.seeds.values()],
            COLORS[METHODS[name]["method"]],
            "--" if "doubling" in METHODS[name] else "-",
        )
        for name in evidence.regime.methods
    ]
    figure = panels(lines, BOTH, "experiment")
    axes = figure.axes[0]
    if (legend := axes.get_legend()) is not None:  # eight methods need one above both panels
        legend.remove()
    figure.legend(*axes.get_legend_handles_labels(), loc="outside upper center", ncols=4)
    return figure


def by_data(evidence: Evidence) -> Figure:
    """Draw steps and epochs of a cold start against the amount of data (Figure 7)."""
    return figure_07.draw([records["cold"] for records in evidence.seeds.values()])
