"""SGD and SAM, and one step of either."""

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.optim import Optimizer

from paper_repro.run import Run

_MILESTONES = (60, 120, 160, 200)


def make_optimizer(run: Run, model: nn.Module) -> Optimizer:
    """Return a new optimizer of the model's parameters, without momentum yet."""
    settings = {
        "lr": run.learning_rate,
        "momentum": run.momentum,
        "weight_decay": run.weight_decay,
    }
    if run.optimizer == "sgd":
        return torch.optim.SGD(model.parameters(), **settings)
    from pytorch_optimizer import SAM

    return SAM(model.parameters(), torch.optim.SGD, rho=run.rho, **settings)


def set_learning_rate(run: Run, optimizer: Optimizer, epoch: int) -> None:
    """Set the rate of an epoch, counted from 1 in each experiment."""
    passed = sum(epoch > milestone for milestone in _MILESTONES) if run.decay else 0
    for group in optimizer.param_groups:
        group["lr"] = run.learning_rate * 0.2**passed


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
        optimizer.step(closure)
