"""DASH, and shrink and perturb, on any PyTorch model: the only file of featsim that imports torch.

The law is Algorithm 1 of Shin, Oh, Cho and Yun (NeurIPS 2024, arXiv 2410.23495); where the paper
leaves a point open, that of the authors' released code: chunk gradients are taken on a copy in
eval mode, a chunk being one mean; factors are clamped to [λ, 1]; each norm in the cosine is at
least 1e-8; a layer's whole bias is one vector; normalization layers, buffers and the optimizer
are left alone, so momentum survives.

**Which parameters.** The weight and bias of every linear and convolution layer, transposed ones
included. A frozen one is never changed. A shared one is changed once, and may be given under any
of its names. One that no mapping names, or only with the gradient ``None``, is left alone; in a
chunk that lacks it, its gradient counts as zero. A reparametrized weight belongs to its
parametrization, not to its layer, and is left alone; so are embeddings and packed attention.

**Wrapped models.** What ``torch.compile`` and the data-parallel classes wrap is unwrapped; it
changes in place, so the wrapper sees it. Names are those inside; a wrapper's prefix is accepted.
"""

import copy
import math
from collections.abc import Callable, Iterable, Iterator, Mapping

try:
    import torch
except ModuleNotFoundError as error:
    raise ImportError('featsim.bridge needs PyTorch: pip install "featsim[torch]"') from error
from torch import Generator, Tensor, nn
from torch.nn.functional import cosine_similarity, cross_entropy
from torch.nn.modules.conv import _ConvNd

Gradients = Mapping[str, Tensor | None]
Chunks = Gradients | Iterable[Gradients]
Batch = tuple[Tensor, Tensor]
Source = Generator | None
Loss = Callable[[Tensor, Tensor], Tensor]
Include = Callable[[str, nn.Parameter], bool] | None


def dash_(
    model: nn.Module, gradients: Chunks, *, alpha: float = 0.3, lam: float = 0.3
) -> dict[str, Tensor]:
    """Shrink every weight vector of `model` by its angle to the negative gradient (Algorithm 1).

    G ← (1−α) G + α U_i over the chunks, from G = 0; then θ ← θ · max(λ, cos(−G_θ, θ)). A vector
    is a row of a linear layer, the kernel of a pair of channels of a convolution, or a whole bias.
    Nothing changes before the last gradient has been read and checked.

    Parameters
    ----------
    model, gradients
        For each chunk, oldest first, {parameter name: gradient of the chunk's mean loss}, as
        `chunk_gradients` yields them; one mapping alone is one chunk. Only their running average
        is kept, in float32 or wider.
    alpha, lam : float
        Weight α of the newest chunk, in (0, 1], and smallest factor λ, in [0, 1].

    Returns
    -------
    dict of str to torch.Tensor
        The factors by parameter name, in the shapes of `shrink_factors`. ValueError for a name that
        the model lacks, a gradient of another shape or not finite, or nothing to shrink.
    """
    _check_fraction("lam", lam)
    parameters, average = _average(model, gradients, alpha)
    factors = {n: shrink_factors(parameters[n], g, lam=lam) for n, g in average.items()}
    with torch.no_grad():
        for name, factor in factors.items():
            parameter = parameters[name]
            parameter.mul_(factor.reshape(factor.shape + (1,) * (parameter.ndim - factor.ndim)))
    return factors


def chunk_gradients(
    model: nn.Module,
    chunks: Iterable[Iterable[Batch]],
    *,
    loss: Loss = cross_entropy,
    device: torch.device | str | None = None,
) -> Iterator[dict[str, Tensor]]:
    """Yield the gradient of each chunk's mean loss, at the weights that `model` has at the call.

    Computed on a copy in eval mode, so batch normalization uses its statistics and does not change
    them. After each chunk torch's random state is put back, because a loader draws from it.

    Parameters
    ----------
    model, chunks
        The model, never changed, and for each chunk its (input, target) batches, for instance a
        ``DataLoader``; one batch is read at a time.
    loss : callable
        Mean loss of a batch, from (output, target); batches are weighted by ``len(target)``.
    device : torch.device or str, optional
        Where to compute; by default where the model's parameters are.

    Yields
    ------
    dict of str to torch.Tensor
        The gradients of the parameters that require one and act on the loss, float32 or wider.
        ValueError if nothing requires a gradient, a chunk is empty or a loss is not one number.
    """
    twin = copy.deepcopy(_unwrap(model)[0]).eval()
    twin.zero_grad()  # a copied .grad only takes memory
    trained = [p for p in twin.parameters() if p.requires_grad]
    if not trained:
        raise ValueError("model must have a parameter that requires a gradient; it has none")
    place = trained[0].device if device is None else torch.device(device)
    return (_mean_gradient(twin.to(place), chunk, loss, place) for chunk in chunks)


def shrink_perturb_(
    model: nn.Module, *, shrink: float = 0.3, sigma: float = 0.01, generator: Source = None
) -> None:
    """Shrink and perturb the parameters that `dash_` may shrink: θ ← shrink · θ + N(0, σ²).

    The baseline of Ash and Adams (NeurIPS 2020), in place. `shrink` is in [0, 1]; `sigma` is at
    least 0, and 0 is a plain shrink that draws no random number. The noise is drawn on the
    generator's device, else on the parameter's. Raises ValueError for a value out of range.
    """
    _check_fraction("shrink", shrink)
    if not 0 <= sigma < math.inf:
        raise ValueError(f"sigma must be at least 0 and finite; it is {sigma}")
    with torch.no_grad():
        for parameter in _chosen(_unwrap(model)[0], None).values():
            parameter.mul_(shrink)
            if sigma > 0:
                place = parameter.device if generator is None else generator.device
                noise = torch.empty_like(parameter, device=place)
                parameter.add_(noise.normal_(std=sigma, generator=generator).to(parameter.device))


def fire_(model: nn.Module, iterations: int = 10, include: Include = None) -> list[str]:
    """Replace every weight matrix of `model` by its scaled orthogonal polar factor (FIRE).

    The law of Han et al. (ICLR 2026, arXiv 2602.08040): X ← 1.5 X − 0.5 X XᵀX from X = W / ‖W‖_F,
    then W ← √(out / in) X, in float32 or wider, in place. A matrix is the weight of a linear layer;
    for a convolution, the weight at each of its P kernel positions in each group, divided by P.
    The size `out` is a weight's first dimension, over the number of groups, and `in` its second,
    for transposed convolutions too. Biases and what `dash_` leaves alone stay as they are.

    Parameters
    ----------
    model, include
        `include` as in `dash_`; of the parameters that it chooses, those of one dimension stay,
        and dimensions after the second are kernel positions.
    iterations : int
        Newton–Schulz iterations, at least 1. A singular value σ of W / ‖W‖_F that is far below
        1.5^−iterations stays below 1; a zero matrix stays zero.

    Returns
    -------
    list of str
        The names that changed. Raises ValueError for `iterations` below 1.
    """
    if iterations < 1:
        raise ValueError(f"iterations must be at least 1; it is {iterations}")
    bare = _unwrap(model)[0]
    groups = {id(m.weight): m.groups for m in bare.modules() if isinstance(m, _ConvNd)}
    weights = {n: p for n, p in _chosen(bare, include).items() if p.ndim > 1}
    with torch.no_grad():
        for parameter in weights.values():
            count, positions = groups.get(id(parameter), 1), math.prod(parameter.shape[2:])
            out, into = parameter.shape[0] // count, parameter.shape[1]
            wide = parameter.to(_wide(parameter)).reshape(count, out, into, positions)
            new = _polar_factor(wide.movedim(3, 1), iterations) * math.sqrt(out / into) / positions
            parameter.copy_(new.movedim(1, 3).reshape(parameter.shape))
    return list(weights)


def shrink_factors(weight: Tensor, gradient: Tensor, *, lam: float = 0.3) -> Tensor:
    """Return max(λ, cos(−g, w)) for every vector of a weight or a bias, in float32 or wider.

    The shape of both says what the vectors are: (out,) is a bias, one vector, result (); (out, in)
    a linear layer, result (out,); (out, in, *kernel) a convolution, result (out, in), so that a
    1×1 kernel gets 1 or λ. Raises ValueError if the shapes differ or `lam` is not in [0, 1].
    """
    _check_fraction("lam", lam)
    if weight.shape != gradient.shape or weight.ndim == 0:
        shapes = f"{tuple(weight.shape)} and {tuple(gradient.shape)}"
        raise ValueError(f"weight and gradient must have one shape, not a scalar's; not {shapes}")
    return _cosine(weight, gradient).clamp(lam, 1)


def cosine_similarities(
    model: nn.Module, gradients: Chunks, *, alpha: float = 0.3
) -> dict[str, Tensor]:
    """Return cos(−G_θ, θ) of every weight vector, unclamped, by name; the model does not change.

    `gradients` and `alpha` are those of `dash_`, the shapes those of `shrink_factors`. Over one
    chunk it is cos(−∇L, θ) whatever α, as in the paper's Figure 14.
    """
    parameters, average = _average(model, gradients, alpha)
    return {name: _cosine(parameters[name], gradient) for name, gradient in average.items()}


def _cosine(weight: Tensor, gradient: Tensor) -> Tensor:
    """Return cos(−g, w) by vector."""
    w, g = ((x if x.ndim < 3 else x.flatten(2)).to(_wide(x)).detach() for x in (weight, gradient))
    return cosine_similarity(w, -g, dim=-1, eps=1e-8)


def _average(
    model: nn.Module, gradients: Chunks, alpha: float
) -> tuple[dict[str, nn.Parameter], dict[str, Tensor]]:
    """Return the parameters that may shrink and their average gradient G; check everything."""
    if not 0 < alpha <= 1:
        raise ValueError(f"alpha must be above 0 and at most 1; it is {alpha}")
    bare, prefix = _unwrap(model)
    named = dict(bare.named_parameters(remove_duplicate=False))
    first_name = {id(p): name for name, p in bare.named_parameters()}
    shrinkable = _chosen(bare, None)
    average: dict[str, Tensor] = {}
    for mapping in [gradients] if isinstance(gradients, Mapping) else gradients:
        if not isinstance(mapping, Mapping):
            raise TypeError(f"gradients must hold mappings; it holds a {type(mapping).__name__}")
        for old in average.values():
            old.mul_(1 - alpha)
        seen: set[str] = set()
        for given, gradient in mapping.items():
            if (name := given.removeprefix(prefix)) not in named:
                raise ValueError(f"gradients: the model has no parameter {given!r}")
            if gradient is None:
                continue
            _check_gradient(given, gradient, named[name])
            name = first_name[id(named[name])]
            if name in seen:
                raise ValueError(f"gradients: {given!r} is {name!r}, shared, and given twice")
            seen.add(name)
            if name in shrinkable:
                _add(average, name, gradient.detach().to(named[name].device), alpha)
    if not average:
        raise ValueError("gradients must name a trainable linear or convolution parameter")
    return shrinkable, average


def _mean_gradient(
    model: nn.Module, chunk: Iterable[Batch], loss: Loss, device: torch.device
) -> dict[str, Tensor]:
    """Return the gradient of the mean loss over all samples of `chunk`."""
    parameters = {n: p for n, p in model.named_parameters() if p.requires_grad}
    total: dict[str, Tensor] = {}
    samples = 0
    with torch.random.fork_rng([device] if device.type == "cuda" else []), torch.enable_grad():
        for inputs, target in chunk:
            value = loss(model(inputs.to(device)), target.to(device))
            if value.ndim:
                raise ValueError(f"loss must return one number; its shape is {tuple(value.shape)}")
            batch = torch.autograd.grad(value, list(parameters.values()), allow_unused=True)
            for name, gradient in zip(parameters, batch, strict=True):
                if gradient is not None:
                    _add(total, name, gradient, len(target))
            samples += len(target)
    if not samples:
        raise ValueError("chunks must hold at least one sample each; one is empty")
    return {name: gradient.div_(samples) for name, gradient in total.items()}


def _wide(tensor: Tensor) -> torch.dtype:
    return torch.promote_types(tensor.dtype, torch.float32)  # half loses small gradients


def _add(sums: dict[str, Tensor], name: str, value: Tensor, weight: float) -> None:
    if name not in sums:
        sums[name] = torch.zeros_like(value, dtype=_wide(value))
    sums[name].add_(value, alpha=weight)


def _chosen(model: nn.Module, include: Include) -> dict[str, nn.Parameter]:
    """Return the trainable parameters to change, each under its first name."""
    trainable = {n: p for n, p in model.named_parameters() if p.requires_grad}
    if include is not None:
        return {n: p for n, p in trainable.items() if include(n, p)}
    layers = [m for m in model.modules() if isinstance(m, nn.Linear | _ConvNd)]
    named = [pair for layer in layers for pair in layer.named_parameters(recurse=False)]
    owned = {id(p) for n, p in named if n in {"weight", "bias"}}  # not weight_g, weight_orig
    return {n: p for n, p in trainable.items() if id(p) in owned}


def _polar_factor(matrices: Tensor, iterations: int) -> Tensor:
    """Return Newton–Schulz's approximation of each matrix's orthogonal polar factor."""
    tall = matrices.shape[-2] >= matrices.shape[-1]
    X: Tensor = matrices if tall else matrices.mT
    X = X / torch.linalg.matrix_norm(X, keepdim=True).clamp(min=torch.finfo(X.dtype).tiny)
    for _ in range(iterations):
        X = 1.5 * X - 0.5 * X @ (X.mT @ X)
    return X if tall else X.mT


def _unwrap(model: nn.Module) -> tuple[nn.Module, str]:
    """Return the model inside compile's and data parallel wrappers, and its name prefix."""
    if not isinstance(model, nn.Module):
        raise TypeError(f"model must be a torch.nn.Module; it is a {type(model).__name__}")
    parallel = isinstance(model, nn.DataParallel | nn.parallel.DistributedDataParallel)
    attribute = "module" if parallel else "_orig_mod"  # naming compile's class would load it
    if not hasattr(model, attribute):
        return model, ""
    bare, prefix = _unwrap(getattr(model, attribute))
    return bare, f"{attribute}.{prefix}"


def _check_gradient(name: str, gradient: Tensor, parameter: Tensor) -> None:
    if not isinstance(gradient, Tensor):
        raise TypeError(f"gradients[{name!r}] must be a tensor; it is a {type(gradient).__name__}")
    if gradient.shape != parameter.shape:
        shapes = f"{tuple(parameter.shape)}; it has {tuple(gradient.shape)}"
        raise ValueError(f"gradients[{name!r}] must have the parameter's shape {shapes}")
    if not bool(gradient.to_dense().isfinite().all()):
        raise ValueError(f"gradients[{name!r}] must be finite; it holds NaN or infinity")


def _check_fraction(name: str, value: float) -> None:
    if not 0 <= value <= 1:
        raise ValueError(f"{name} must be from 0 to 1; it is {value}")
