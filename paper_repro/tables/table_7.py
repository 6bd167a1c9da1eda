"""Table 7: hyperparameters, as the code's own defaults have them; it needs no runs."""

from collections.abc import Sequence

from paper_repro.records import Records
from paper_repro.run import DECAY, MILESTONES, SVHN_SIZE, Model, Run, paper_learning_rate
from paper_repro.scales import DATASETS, Scale, base, paper_lam, seeds
from paper_repro.tables import table_2, table_8
from paper_repro.tables.text import markdown

_MODELS: tuple[Model, ...] = ("resnet18", "vgg16", "mlp", "cnn")


def runs(scale: Scale) -> list[Run]:
    """Return none: the table is of settings."""
    return []


def table(records: Sequence[Records]) -> str:
    """Return a row a setting."""
    return markdown(["setting", "value"], settings())


def settings() -> list[list[str]]:
    """Return the paper's settings and their values."""
    run = base("paper")
    rates = [f"{paper_learning_rate(model):g} ({model})" for model in _MODELS]
    lams = [f"{paper_lam(name):g} ({name})" for name in DATASETS]
    trials = [f"{len(seeds('paper', name))} ({name})" for name in DATASETS]
    late = ", ".join(map(str, MILESTONES))
    return [
        ["chunks", f"{run.chunks}"],
        ["train accuracy that ends an experiment", f"{run.stop:g}"],
        ["batch", f"{run.batch}"],
        ["momentum", f"{run.momentum:g}"],
        ["weight decay", f"{run.weight_decay:g}"],
        ["learning rate", ", ".join(rates)],
        ["SAM: ρ", f"{run.rho:g}"],
        ["DASH: α", f"{run.alpha:g}"],
        ["DASH, shrink and perturb: λ", ", ".join(lams)],
        ["shrink and perturb: σ", f"{run.sigma:g}"],
        ["L2 INIT: weight", ", ".join(f"{weight:g}" for weight in table_2.L2_WEIGHTS)],
        ["training images of SVHN", f"{SVHN_SIZE:,}"],
        ["seeds", ", ".join(trials)],
        ["Table 8: learning rate", f"{table_8.LEARNING_RATE:g}, × {DECAY:g} at epochs {late}"],
        ["Table 8: weight decay", f"{table_8.WEIGHT_DECAY:g}"],
        ["Table 8: most epochs", f"{table_8.EPOCHS}"],
    ]
