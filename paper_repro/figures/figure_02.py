"""Figure 2: pretrain on half of the data for e epochs, then train on all; accuracy against e."""

from paper_repro.run import Run
from paper_repro.scales import Scale, base, grid, seeds

_EPOCHS = {"smoke": (1, 10), "cpu": (1, 3, 10, 30), "paper": (10, 50, 100, 150, 200, 250, 300)}
_EPOCHS_ON_ALL = {"smoke": 10, "cpu": 20, "paper": 300}


def runs(scale: Scale) -> list[Run]:
    """Return the MLP and ResNet-18, warm after e epochs on one half, and cold for the line."""
    sizes = {"cpu": 1600, "smoke": 256}
    plain = base(
        scale,
        chunks=2,
        stop=None,
        train_size=sizes.get(scale),
        epochs=_EPOCHS_ON_ALL[scale],
        probes=(),
    )
    trials = range(10) if scale == "paper" else seeds(scale)
    warm = grid(plain, model=("mlp", "resnet18"), seed=trials, first_epochs=_EPOCHS[scale])
    cold = grid(plain, model=("mlp", "resnet18"), seed=trials, method=("cold",), first_epochs=(1,))
    return warm + cold
