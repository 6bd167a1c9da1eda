"""Samples without gradient and the curvature of the loss, before training (probe `curvature`).

Both are taken in eval mode, so that batch statistics and dropout play no part, on the same random
samples of the training data whatever the method. Spectra are by stochastic Lanczos quadrature: each
draw of a random direction gives eigenvalues with weights of sum 1, which on average over draws are
the shares of eigenvalues near them. The Lanczos steps are those of curvlinops. Small eigenvalues
are told apart only with many steps, and an ε within the bulk of them makes draws of one Hessian
differ: records have the standard error over draws beside each ε-rank.
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

DRAWS = 4
LANCZOS_STEPS = 128


def curvature(stage: Stage, model: nn.Module, experiment: Experiment) -> Probed:
    """Share of samples without gradient; trace and ε-ranks of the Hessian of the mean loss."""
    generator = torch.Generator().manual_seed(seed_of(stage.run, "curvature", experiment.number))
    order = torch.randperm(len(experiment.train), generator=generator)
    batches = list(stage.pairs(experiment.train[order[:CURVATURE_SAMPLES]]))
    twin = copy.deepcopy(model).eval()
    norms = torch.cat([sample_gradient_norms(twin, *batch) for batch in batches])
    size = sum(parameter.numel() for parameter in twin.parameters())
    seed = int(torch.randint(2**31, (), generator=generator))
    spectra = lanczos_spectra(twin, batches, seed, draws=DRAWS, steps=LANCZOS_STEPS)
    ranks = torch.stack([epsilon_ranks(*spectrum, size) for spectrum in spectra])
    measured: Curvature = {
        "samples": len(norms),
        "without_gradient": (norms < WITHOUT_GRADIENT).double().mean().item(),
        "trace": size * float(sum(w @ e for e, w in spectra)) / len(spectra),
        "ranks": ranks.mean(0).tolist(),
        "rank_errors": (ranks.std(0) / len(spectra) ** 0.5).tolist(),
        "draws": len(spectra),
        "lanczos_steps": len(spectra[0][0]),
    }
    return {"curvature": measured}


def epsilon_ranks(eigenvalues: Tensor, weights: Tensor, size: int) -> Tensor:
    """Return the number of eigenvalues of absolute value above each of `EPSILONS`, of `size`."""
    return torch.stack([size * weights[eigenvalues.abs() > epsilon].sum() for epsilon in EPSILONS])


def sample_gradient_norms(model: nn.Module, inputs: Tensor, targets: Tensor) -> Tensor:
    """Return the norm of each sample's loss gradient, all parameters together."""
    parameters = {name: p.detach() for name, p in model.named_parameters()}

    def loss(values: dict[str, Tensor], one: Tensor, target: Tensor) -> Tensor:
        output = functional_call(model, values, (one[None],))
        return cross_entropy(output, target[None])

    gradients = vmap(grad(loss), in_dims=(None, 0, 0))(parameters, inputs, targets)
    squares = [g.double().flatten(1).square().sum(1) for g in gradients.values()]
    return torch.stack(squares).sum(0).sqrt()


def lanczos_spectra(
    model: nn.Module,
    batches: list[tuple[Tensor, Tensor]],
    seed: int,
    *,
    draws: int,
    steps: int,
) -> list[tuple[Tensor, Tensor]]:
    """Return (eigenvalues, weights) of the Hessian of the mean loss for each random direction.

    Weights are not negative and sum to 1: Σ weights · eigenvalues is on average trace / size.
    """
    from curvlinops import HessianLinearOperator
    from curvlinops.papyan2020traces.spectrum import fast_lanczos

    parameters = list(model.parameters())
    place = parameters[0].device
    found = []
    with torch.random.fork_rng(devices=[place] if place.type == "cuda" else []):
        hessian = HessianLinearOperator(
            model, nn.CrossEntropyLoss(), parameters, batches, check_deterministic=False
        )
        size = sum(p.numel() for p in parameters)
        torch.manual_seed(seed)
        for _ in range(draws):
            values, vectors = cast(tuple[Tensor, Tensor], fast_lanczos(hessian, min(steps, size)))
            found.append((values.double().cpu(), vectors[0].double().square().cpu()))
    return found
