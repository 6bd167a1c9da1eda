"""Samples without gradient and the curvature of the loss, before training (probe `curvature`).

Both are taken in eval mode, so that batch statistics and dropout play no part, on the same random
samples of the training data whatever the method. Ranks are by stochastic Lanczos quadrature: a
random direction gives eigenvalues with weights of sum 1, about the shares of eigenvalues near them.
The Lanczos steps and the trace's estimate are those of curvlinops. Small eigenvalues are told apart
only with many steps: how well, the records say by bounds on each rank.
"""

import copy
from typing import cast

import torch
from torch import Tensor, nn
from torch.func import functional_call, grad, vmap
from torch.nn.functional import cross_entropy

from paper_repro.arrival import Experiment, seed_of
from paper_repro.records import (
    CURVATURE_SAMPLES,
    EPSILONS,
    WITHOUT_GRADIENT,
    Curvature,
    Probed,
)
from paper_repro.training import Stage

LANCZOS_STEPS = 1024
TRACE_DRAWS = 64


def curvature(stage: Stage, model: nn.Module, experiment: Experiment) -> Probed:
    """Share of samples without gradient; trace and ε-ranks of the Hessian of the mean loss."""
    generator = torch.Generator().manual_seed(seed_of(stage.run, "curvature", experiment.number))
    order = torch.randperm(len(experiment.train), generator=generator)
    batches = list(stage.pairs(experiment.train[order[:CURVATURE_SAMPLES]]))
    twin = copy.deepcopy(model).eval()
    norms = torch.cat([sample_gradient_norms(twin, *batch) for batch in batches])
    size = sum(parameter.numel() for parameter in twin.parameters())
    seed = int(torch.randint(2**31, (), generator=generator))
    trace, spectrum = of_hessian(twin, batches, seed, steps=LANCZOS_STEPS, draws=TRACE_DRAWS)
    measured: Curvature = {
        "samples": len(norms),
        "without_gradient": (norms < WITHOUT_GRADIENT).double().mean().item(),
        "trace": trace,
        "trace_draws": TRACE_DRAWS,
        "ranks": [epsilon_rank(*spectrum, epsilon, size) for epsilon in EPSILONS],
        "rank_bounds": [rank_bounds(*spectrum, epsilon, size) for epsilon in EPSILONS],
        "lanczos_steps": len(spectrum[0]),
    }
    return {"curvature": measured}


def epsilon_rank(eigenvalues: Tensor, weights: Tensor, epsilon: float, size: int) -> float:
    """Return the number of eigenvalues of absolute value above ε, of `size`."""
    return size * float(weights[eigenvalues.abs() > epsilon].sum())


def rank_bounds(
    eigenvalues: Tensor, weights: Tensor, epsilon: float, size: int
) -> tuple[float, float]:
    """Return the least and largest ε-rank that the direction can have with this quadrature.

    The direction's weight below an eigenvalue θ of the quadrature is at least the weight of those
    below θ, and with θ itself at most theirs and its own (Chebyshev, Markov and Stieltjes). So what
    lies below ±ε is known up to the weights of the eigenvalue before it and of the one after.
    """
    sums = torch.cat([torch.zeros(1, dtype=weights.dtype), weights.cumsum(0)])

    def below(limit: float) -> tuple[float, float]:
        count = int((eigenvalues < limit).sum())
        return float(sums[max(count - 1, 0)]), float(sums[min(count + 1, len(weights))])

    (low, high), (low_inside, high_inside) = below(-epsilon), below(epsilon)
    return size * max(0.0, low + 1 - high_inside), size * min(1.0, high + 1 - low_inside)


def sample_gradient_norms(model: nn.Module, inputs: Tensor, targets: Tensor) -> Tensor:
    """Return the norm of each sample's loss gradient, all parameters together."""
    parameters = {name: p.detach() for name, p in model.named_parameters()}

    def loss(values: dict[str, Tensor], one: Tensor, target: Tensor) -> Tensor:
        output = functional_call(model, values, (one[None],))
        return cross_entropy(output, target[None])

    gradients = vmap(grad(loss), in_dims=(None, 0, 0))(parameters, inputs, targets)
    squares = [g.double().flatten(1).square().sum(1) for g in gradients.values()]
    return torch.stack(squares).sum(0).sqrt()


def of_hessian(
    model: nn.Module,
    batches: list[tuple[Tensor, Tensor]],
    seed: int,
    *,
    steps: int,
    draws: int,
) -> tuple[float, tuple[Tensor, Tensor]]:
    """Return the trace of the Hessian of the mean loss, and (eigenvalues, weights) of a direction.

    The trace is a mean over `draws` directions (Hutchinson). Eigenvalues ascend; weights are not
    negative and sum to 1.
    """
    from curvlinops import HessianLinearOperator, hutchinson_trace
    from curvlinops.papyan2020traces.spectrum import fast_lanczos

    parameters = list(model.parameters())
    place = parameters[0].device
    size = sum(p.numel() for p in parameters)
    with torch.random.fork_rng(devices=[place] if place.type == "cuda" else []):
        hessian = HessianLinearOperator(
            model, nn.CrossEntropyLoss(), parameters, batches, check_deterministic=False
        )
        torch.manual_seed(seed)
        values, vectors = cast(tuple[Tensor, Tensor], fast_lanczos(hessian, min(steps, size)))
        trace = float(hutchinson_trace(hessian, min(draws, size - 1)))
    return trace, (values.double().cpu(), vectors[0].double().square().cpu())
