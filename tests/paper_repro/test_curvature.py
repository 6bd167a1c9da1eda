"""Samples without gradient and Lanczos spectra, against the Hessian and gradients in full."""

import pytest

pytest.importorskip("torch")
pytest.importorskip("curvlinops")
import torch
from torch import nn
from torch.nn.functional import cross_entropy

from paper_repro import curvature
from paper_repro.curvature import epsilon_rank, of_hessian, rank_bounds, sample_gradient_norms
from paper_repro.protocol import execute
from paper_repro.records import EPSILONS
from paper_repro.run import Run

# curvlinops, when it is imported, has torch compile a function in a way that torch deprecates.
pytestmark = pytest.mark.filterwarnings("ignore:.*torch.jit.script.*:DeprecationWarning")


def small():
    torch.manual_seed(0)
    model = nn.Sequential(nn.Linear(3, 4), nn.Tanh(), nn.Linear(4, 3)).double()
    return model, torch.randn(12, 3, dtype=torch.double), torch.arange(12) % 3


def full_hessian(model, inputs, targets):
    parameters = list(model.parameters())
    loss = cross_entropy(model(inputs), targets)
    gradient = torch.cat(
        [g.flatten() for g in torch.autograd.grad(loss, parameters, create_graph=True)]
    )
    rows = [
        torch.cat([g.flatten() for g in torch.autograd.grad(x, parameters, retain_graph=True)])
        for x in gradient
    ]
    return torch.stack(rows)


def test_the_norm_of_each_samples_gradient():
    model, inputs, targets = small()
    found = sample_gradient_norms(model, inputs, targets)
    for one, target, norm in zip(inputs, targets, found, strict=True):
        gradient = torch.autograd.grad(
            cross_entropy(model(one[None]), target[None]), list(model.parameters())
        )
        assert norm.item() == pytest.approx(sum(g.square().sum() for g in gradient).item() ** 0.5)


def direction(size):
    """Return the direction that `of_hessian` draws with the seed 5."""
    torch.manual_seed(5)
    v = torch.randn(size, dtype=torch.double)
    return v / v.norm()


def test_quadrature_has_the_moments_of_its_direction():
    """With m steps, Σ w λ^k is vᵀ H^k v for every k below 2m, v the direction that was drawn."""
    model, inputs, targets = small()
    batches = [(inputs[:5], targets[:5]), (inputs[5:], targets[5:])]
    H = full_hessian(model, inputs, targets)
    trace, (values, weights) = of_hessian(model, batches, 5, steps=4, draws=30)
    v = direction(len(H))
    for k in range(8):
        expected = (v @ torch.linalg.matrix_power(H, k) @ v).item()
        assert (weights @ values**k).item() == pytest.approx(expected, rel=1e-6, abs=1e-10)
    # Of a direction of ±1 the estimate has the variance 2 (‖H‖² − Σ H_ii²).
    variance = 2 * (H.square().sum() - H.diag().square().sum()).item()
    assert trace == pytest.approx(H.trace().item(), abs=4 * (variance / 30) ** 0.5)


def test_ranks_are_those_of_the_full_spectrum_as_a_direction_sees_it():
    """With all steps, a draw v counts size · (u·v)² for each eigenvector u, on average one."""
    model, inputs, targets = small()
    values, vectors = torch.linalg.eigh(full_hessian(model, inputs, targets))
    size = len(values)
    seen = size * (vectors.T @ direction(size)).square()
    for epsilon in (0.3, 0.1, 0.01):
        exact = seen[values.abs() > epsilon].sum().item()
        assert 0 < exact < size
        for steps in range(1, size + 1):
            _, spectrum = of_hessian(model, [(inputs, targets)], 5, steps=steps, draws=1)
            low, high = rank_bounds(*spectrum, epsilon, size)
            assert low - 1e-6 <= exact <= high + 1e-6
            assert low - 1e-6 <= epsilon_rank(*spectrum, epsilon, size) <= high + 1e-6
        assert epsilon_rank(*spectrum, epsilon, size) == pytest.approx(exact, rel=1e-6)


def test_bounds_of_a_rank_worked_by_hand():
    """Eigenvalues of the weights 1, 1, 4, 2, 2 of 10: known up to those on both sides of ±1."""
    eigenvalues, weights = torch.tensor([-3, -2, 0, 2, 3]), torch.tensor([1, 1, 4, 2, 2]) / 10
    assert epsilon_rank(eigenvalues, weights, 1.0, 10) == pytest.approx(6)
    # Below −1: from 1 to 6. Below 1: from 2 to 8. So above in absolute value: from 1 + 2 to 10.
    assert rank_bounds(eigenvalues, weights, 1.0, 10) == pytest.approx((3, 10))


def test_the_probe_is_part_of_the_row_and_changes_nothing(tmp_path, monkeypatch):
    monkeypatch.setattr(curvature, "LANCZOS_STEPS", 8)
    plain = Run(model="mlp_narrow", width=4, chunks=2, train_size=64, batch=32, epochs=2)
    probed = Run(**{**plain.__dict__, "probes": ("curvature",)})
    one, other = (execute(run, tmp_path, report=lambda s: None) for run in (plain, probed))
    assert [row["loss"] for row in one.epochs] == [row["loss"] for row in other.epochs]
    for row, samples in zip(other.experiments, (32, 64), strict=True):
        found = row["curvature"]
        assert found["samples"] == samples
        assert 0 <= found["without_gradient"] <= 1
        assert len(found["ranks"]) == len(EPSILONS)
        assert found["ranks"] == sorted(found["ranks"])
        for rank, (low, high) in zip(found["ranks"], found["rank_bounds"], strict=True):
            assert low - 1e-6 <= rank <= high + 1e-6
        assert (found["trace_draws"], found["lanczos_steps"]) == (64, 8)
