"""How DASH shrinks a weight (Figure 4).

A weight w, the negative gradient −g at three angles to it, and what Algorithm 1 makes of the
weight: w · max(λ, cos(−g, w)), with λ = 0.3. Beside it the factor for every angle, with the three
cases. Nothing is trained.

A weight along the negative gradient, a feature still in use, is hardly shrunk. The more it slants,
the shorter it becomes, and from the angle where the cosine is λ it keeps no more than λ.
"""

import sys

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Arc

from featsim.plotting import FULL_WIDTH, new_figure, style
from figures.__main__ import main

WEIGHT_DIRECTION = 10.0
WEIGHT, GRADIENT, SHRUNK = "#BBBBBB", "#009E73", "#0072B2"


def shrink_factor(weight: np.ndarray, gradient: np.ndarray, lam: float) -> float:
    """Return max(λ, cos(−g, w)), what Algorithm 1 multiplies a weight vector w with."""
    cosine = -gradient @ weight / (np.linalg.norm(gradient) * np.linalg.norm(weight))
    return max(lam, float(cosine))


def direction(degrees: float) -> np.ndarray:
    """Return the unit vector of an angle."""
    return np.array([np.cos(np.radians(degrees)), np.sin(np.radians(degrees))])


def draw(lam: float = 0.3) -> tuple[Figure, xr.Dataset]:
    """Return the figure and the weights, gradients and factors it shows, for a floor λ."""
    names, angles = ["aligned", "slanted", "opposed"], np.array([30.0, 60.0, 130.0])
    weight = direction(WEIGHT_DIRECTION)
    gradients = np.stack([-0.8 * direction(WEIGHT_DIRECTION + angle) for angle in angles])
    factors = np.array([shrink_factor(weight, gradient, lam) for gradient in gradients])
    all_angles = np.linspace(0.0, 180.0, 361)
    curve = [shrink_factor(direction(0.0), -direction(angle), lam) for angle in all_angles]
    result = xr.Dataset(
        {
            "angle": ("case", angles, {"long_name": "angle between w and −g", "units": "degree"}),
            "weight": ("axis", weight, {"long_name": "weight w", "units": "1"}),
            "gradient": (("case", "axis"), gradients, {"long_name": "gradient g", "units": "1"}),
            "factor": ("case", factors, {"long_name": "shrink factor", "units": "1"}),
            "curve": ("any_angle", curve, {"long_name": "shrink factor", "units": "1"}),
        },
        {"case": names, "any_angle": ("any_angle", all_angles, {"units": "degree"})},
        {"lambda": lam},
    )
    with style():
        figure = new_figure(FULL_WIDTH, 1.8)
        *vectors, factor = figure.subplots(1, 4, width_ratios=[1, 1, 1, 1.25])
        for ax, case in zip(vectors, names, strict=True):
            _draw_vectors(ax, result.sel(case=case))
        _draw_factor(factor, result)
        figure.legend(handles=vectors[0].collections, loc=(0.03, 0.06), ncols=3)
    return figure, result


def _draw_vectors(ax: Axes, case: xr.Dataset) -> None:
    """Draw one weight, the negative gradient, their angle, and the shrunk weight."""
    weight, negative = case["weight"].to_numpy(), -case["gradient"].to_numpy()
    angle, factor = float(case["angle"]), float(case["factor"])
    arrows = [
        (weight, WEIGHT, 0.06, "weight w"),
        (negative, GRADIENT, 0.025, "negative gradient −g"),
        (factor * weight, SHRUNK, 0.025, "w after DASH"),
    ]
    for end, color, width, label in arrows:
        ax.quiver(
            *(0, 0, *end),
            angles="xy",
            scale_units="xy",
            scale=1.0,
            units="xy",
            width=width,
            headwidth=0.06 / width + 3,
            headlength=0.12 / width,
            headaxislength=0.12 / width,
            color=color,
            label=label,
        )
    ax.add_patch(
        Arc(
            (0, 0), 0.5, 0.5, theta1=WEIGHT_DIRECTION, theta2=WEIGHT_DIRECTION + angle, color="grey"
        )
    )
    # Just outside the arc, or as far as two near arrows leave room for the number.
    distance = max(0.4, 0.18 / np.sin(np.radians(angle / 2)))
    x, y = distance * direction(WEIGHT_DIRECTION + angle / 2)
    ax.text(x, y, f"{angle:.0f}°", ha="center", va="center")
    ax.set_title(f"{case['case'].item()}: w × {factor:.2f}")
    ax.set(xlim=(-0.75, 1.1), ylim=(-0.1, 0.85), aspect="equal")
    ax.axis("off")


def _draw_factor(ax: Axes, result: xr.Dataset) -> None:
    """Draw the shrink factor against the angle, with λ and the three cases."""
    lam = result.attrs["lambda"]
    ax.plot(result["any_angle"], result["curve"], color=SHRUNK, linewidth=1.4)
    ax.plot(result["angle"], result["factor"], "o", color=SHRUNK)
    ax.axhline(lam, color="grey", linewidth=0.8, linestyle=":")
    ax.text(0, lam + 0.02, f"λ = {lam:g}", color="grey", va="bottom")
    ax.set(xlabel="Angle of w and −g (°)", ylabel="Shrink factor", xlim=(-4, 184), ylim=(0, 1.05))
    ax.set_xticks([0, 45, 90, 135, 180])


if __name__ == "__main__":
    sys.exit(main(["--only", "fig04", *sys.argv[1:]]))
