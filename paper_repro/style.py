"""Names and colors of the methods, the same in all pictures and tables."""

from featsim import plotting

# Cold and warm look like the simulator's random and warm, DASH like ideal, at which it aims; the
# others have the remaining colors of Okabe and Ito.
COLORS = {
    "cold": plotting.INIT_STYLES["random"].color,
    "warm": plotting.INIT_STYLES["warm"].color,
    "dash": plotting.INIT_STYLES["ideal"].color,
    "shrink_perturb": "#009E73",
    "shrink": "#E69F00",
    "warm_rem": "#CC79A7",
    "l2_init": "#0072B2",
    "reset": "#F0E442",
    "fire": "#882255",  # from here on of Tol's muted scheme
    "redo": "#999933",
    "continual_backprop": "#332288",
    "soft_shrink_perturb": "#44AA99",
    "parseval": "#AA4499",
    "l2": "#999999",
}
LABELS = {
    "cold": "cold",
    "warm": "warm",
    "warm_rem": "warm, new momentum",
    "shrink_perturb": "shrink and perturb",
    "shrink": "shrink",
    "dash": "DASH",
    "l2_init": "L2 INIT",
    "reset": "reset",
    "fire": "FIRE",
    "redo": "ReDo",
    "continual_backprop": "continual backpropagation",
    "soft_shrink_perturb": "soft shrink and perturb",
    "parseval": "Parseval",
    "l2": "L2",
}
