"""SGD and SAM, and one step of either."""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn
from torch.optim import Optimizer

from paper_repro.run import DECAY, MILESTONES, Run


def make_optimizer(run: Run, model: nn.Module) -> Optimizer:
    """Return a new optimizer of the model's parameters, without momentum yet."""
    settings: dict[str, Any] = {
        "lr": run.learning_rate,
        "momentum": run.momentum,
        "weight_decay": run.weight_decay,
    }
    if run.optimizer == "sgd":
        return torch.optim.SGD(model.parameters(), **settings)
    from pytorch_optimizer import SAM

    return SAM(model.parameters(), torch.optim.SGD, rho=run.rho, **settings)


def set_learning_rate(run: Run, optimizer: Optimizer, epoch: int, passed: float) -> None:
    """Set the rate of a step; epochs count from 1 in each experiment.

    `passed` is the share of the epoch's steps that were taken before. With `run.decay` the rate of
    the first epoch grows with it, from 0 at the first step, as in the authors' code.
    """
    factor = 1.0
    if run.decay:
        factor = DECAY ** sum(epoch > milestone for milestone in MILESTONES)
        if epoch == 1:
            factor *= passed
    for group in optimizer.param_groups:
        group["lr"] = run.learning_rate * factor


def step(run: Run, optimizer: Optimizer, loss: Callable[[], Tensor]) -> None:
    """Take one step; SAM evaluates the loss a second time, at the worst point nearby."""

    def closure() -> Tensor:
        optimizer.zero_grad()
        value = loss()
        value.backward()
        return value

    closure()
    if run.optimizer == "sgd":
        optimizer.step()
    else:
        optimizer.step(closure)  # type: ignore[arg-type]
