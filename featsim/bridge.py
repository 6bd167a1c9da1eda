"""DASH, and its rivals, on any PyTorch model: the only file of featsim that imports torch.

The law of DASH is Algorithm 1 of Shin, Oh, Cho and Yun (NeurIPS 2024, arXiv 2410.23495); where the
paper leaves a point open, that of the authors' released code: chunk gradients are taken on a copy
in eval mode, a chunk being one mean; factors are clamped to [λ, 1]; each norm in the cosine is at
least 1e-8; a layer's whole bias is one vector; normalization layers, buffers and the optimizer are
left alone, so momentum survives.

**Which parameters.** The weight and bias of every linear and convolution layer, transposed ones
included. A reparametrized weight belongs to its parametrization, pruning or old ``weight_norm`` and
not to its layer, and is left alone; so are embeddings and packed attention. A predicate
``include(name, parameter)`` chooses instead, among all trainable parameters, and alone; the shape
says what the vectors are (see `shrink_factors`). A frozen parameter is never changed. A shared one
is changed once, chosen by its first name, and its gradient may be given under any of its names.
One that no mapping names, or only with the gradient ``None``, is left alone; in a chunk that lacks
it, its gradient counts as zero.

**Wrapped models.** What ``torch.compile`` and the data-parallel classes wrap is unwrapped; it
changes in place, so the wrapper sees it. Names are those inside; a wrapper's prefix is accepted.
"""

import copy
import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sized
from dataclasses import KW_ONLY, dataclass, field
from typing import Any, Literal

try:
    import torch
except ModuleNotFoundError as error:
    raise ImportError('featsim.bridge needs PyTorch: pip install "featsim[torch]"') from error
from torch import Generator, Tensor, nn
from torch.nn.functional import cosine_similarity, cross_entropy
from torch.nn.modules.conv import _ConvNd
from torch.utils._pytree import tree_map
from torch.utils.data import DataLoader

from featsim import _checks
from featsim.schedules import When, check_when, forgets

Gradients = Mapping[str, Tensor | None]
Chunks = Gradients | Iterable[Gradients]
Batch = Any
Source = Generator | None
Loss = Callable[[Tensor, Tensor], Tensor]
BatchLoss = Callable[[nn.Module, Batch], Tensor]
Size = Callable[[Batch], float]
Include = Callable[[str, nn.Parameter], bool] | None


def dash_(
    model: nn.Module,
    gradients: Chunks,
    *,
    alpha: float = 0.3,
    lam: float = 0.3,
    include: Include = None,
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
    include : callable, optional
        From (name, parameter), whether to shrink it; by default linear and convolution layers.

    Returns
    -------
    dict of str to torch.Tensor
        The factors by parameter name, in the shapes of `shrink_factors`. ValueError for a name that
        the model lacks, a gradient of another shape or not finite, or nothing to shrink.
    """
    _checks.real("lam", lam, 0, 1)
    parameters, average = _average(model, gradients, alpha, include)
    factors = {n: _cosine(parameters[n], g).clamp(lam, 1) for n, g in average.items()}
    with torch.no_grad():
        for name, factor in factors.items():
            parameter = parameters[name]
            parameter.mul_(factor.reshape(factor.shape + (1,) * (parameter.ndim - factor.ndim)))
    return factors


def chunk_gradients(
    model: nn.Module,
    chunks: Iterable[Iterable[Batch]],
    *,
    loss: Loss | None = None,
    batch_loss: BatchLoss | None = None,
    size: Size | None = None,
    device: torch.device | str | None = None,
) -> Iterator[dict[str, Tensor]]:
    """Yield the gradient of each chunk's mean loss, at the weights that `model` has at the call.

    Computed on a copy in eval mode, so batch normalization uses its statistics and does not change
    them. After each chunk torch's random state is put back, because a loader draws from it.

    Parameters
    ----------
    model, chunks
        The model, never changed, and for each chunk its batches, for instance a ``DataLoader``;
        one batch is read at a time.
    loss : callable, optional
        Mean loss of an (input, target) batch, from (output, target); by default cross entropy.
    batch_loss : callable, optional
        In place of `loss`, for batches of any kind: mean loss from (model, batch).
    size : callable, optional
        Weight of a batch in the chunk's mean, above 0; by default the length of its last tensor,
        the target. Give it where the loss is a mean over something else, as over tokens.
    device : torch.device or str, optional
        Where to compute and where batches are moved; by default where the model's parameters are.

    Yields
    ------
    dict of str to torch.Tensor
        The gradients of the parameters that require one and act on the loss, float32 or wider.
        ValueError if nothing requires a gradient, a chunk is empty, a loss is not one number or
        the model cannot be copied; TypeError for a chunk or a batch of a kind that does not fit.
    """
    _check_losses(loss, batch_loss, size)
    if isinstance(chunks, DataLoader):
        raise TypeError("chunks must be a list of chunks; it is one DataLoader: put it in a list")
    twin = _copy(_unwrap(model)[0]).eval()
    twin.zero_grad()  # a copied .grad only takes memory
    trained = [p for p in twin.parameters() if p.requires_grad]
    if not trained:
        raise ValueError("model must have a parameter that requires a gradient; it has none")
    place = trained[0].device if device is None else _device(device)
    law = batch_loss or _pair_loss(loss or cross_entropy)
    return (_mean_gradient(twin.to(place), chunk, law, size or _length, place) for chunk in chunks)


@dataclass(eq=False, repr=False)
class Dash:
    """DASH by schedule: told of each new chunk, it shrinks the model when it is time.

    The gradients are those at the weights of that moment, of all chunks that count, oldest first
    (Algorithm 1). The optimizer is left alone.
    """

    model: nn.Module
    """The model to shrink, in place."""
    _: KW_ONLY
    alpha: float = 0.3
    """Weight α of the newest chunk, in (0, 1], as in `dash_`."""
    lam: float = 0.3
    """Smallest factor λ, in [0, 1], as in `dash_`."""
    when: When = "always"
    """Before which experiments it acts: ``"always"`` or a ``featsim.Doubling``, ``featsim.Every``
    or ``featsim.At``. Never before the first: there is nothing to forget."""
    keep: Literal["all", "newest"] = "all"
    """The chunks that count: all, or the newest alone, as where old data is discarded."""
    include: Include = None
    """Which parameters it shrinks, as in `dash_`."""
    loss: Loss | None = None
    batch_loss: BatchLoss | None = None
    size: Size | None = None
    device: torch.device | str | None = None
    """These four are those of `chunk_gradients`."""
    points: list[int] = field(init=False, default_factory=list)
    """The points of each chunk that has arrived."""
    chunks: list[Iterable[Batch]] = field(init=False, default_factory=list)
    """The chunks that count, oldest first."""
    log: dict[int, dict[str, Tensor]] = field(init=False, default_factory=dict)
    """By experiment before which it acted, the factors that `dash_` returned, on the CPU."""

    def __post_init__(self) -> None:
        _unwrap(self.model)
        _checks.real("alpha", self.alpha, 0, 1, open_low=True)
        _checks.real("lam", self.lam, 0, 1)
        check_when(self.when)
        _check_losses(self.loss, self.batch_loss, self.size)
        if self.keep not in ("all", "newest"):
            raise ValueError(f"keep must be 'all' or 'newest'; it is {self.keep!r}")
        if self.device is not None:
            _device(self.device)
        _check_functions(include=self.include)

    def arrive(self, chunk: Iterable[Batch], points: int | None = None) -> dict[str, Tensor]:
        """Take in a new chunk, before training on it; shrink the model if it is time.

        Parameters
        ----------
        chunk
            A ``DataLoader`` or a list of batches; it is kept, and read at every later shrink.
        points : int, optional
            Its number of points, at least 1, for the schedule; by default the loader's samples, or
            the summed lengths of each batch's last tensor.

        Returns
        -------
        dict of str to torch.Tensor
            The factors, as `dash_` returns them; empty where it did not act. Where it raises, as
            `chunk_gradients` and `dash_` do, the chunk has not arrived and nothing has changed.
        """
        _check_chunk(chunk)
        if isinstance(chunk, Iterator):
            raise TypeError("a chunk must be one that can be read again; it is an iterator")
        if self.batch_loss is None and isinstance(chunk, list | tuple):
            for batch in chunk:
                _check_pair(batch)
        new = _points(chunk) if points is None else _checks.integer("points", points, 1)
        if not new:
            raise ValueError("a chunk must have a sample; it is empty")
        sizes = [*self.points, new]
        chunks = [*self.chunks, chunk] if self.keep == "all" else [chunk]
        factors = {}
        if forgets(self.when, sizes)[-1]:
            gradients = chunk_gradients(
                self.model,
                chunks,
                loss=self.loss,
                batch_loss=self.batch_loss,
                size=self.size,
                device=self.device,
            )
            factors = dash_(
                self.model, gradients, alpha=self.alpha, lam=self.lam, include=self.include
            )
            self.log[len(sizes)] = {n: f.to("cpu", copy=True) for n, f in factors.items()}
        self.points, self.chunks = sizes, chunks
        return factors

    def state_dict(self) -> dict[str, Any]:
        """Return the points and the log; neither the chunks, which are data, nor the settings."""
        return {"points": list(self.points), "log": dict(self.log)}

    def load_state_dict(
        self, state: Mapping[str, Any], chunks: Iterable[Iterable[Batch]] = ()
    ) -> None:
        """Go on from `state`, with the `chunks` that had arrived, oldest first, if all count.

        Raises ValueError if all count and their number is another one, or for another state.
        """
        if lacking := [key for key in ("points", "log") if key not in state]:
            raise ValueError(f"state must be what state_dict returned; it lacks {lacking}")
        points, kept = [_checks.integer("points", n, 1) for n in state["points"]], list(chunks)
        if self.keep == "all" and len(kept) != len(points):
            raise ValueError(f"chunks must be the {len(points)} that had arrived, not {len(kept)}")
        self.points, self.chunks, self.log = points, kept, dict(state["log"])


def shrink_perturb_(
    model: nn.Module,
    *,
    shrink: float = 0.3,
    sigma: float = 0.01,
    generator: Source = None,
    include: Include = None,
) -> None:
    """Shrink and perturb the parameters that `dash_` may shrink: θ ← shrink · θ + N(0, σ²).

    The baseline of Ash and Adams (NeurIPS 2020), in place. `shrink` is in [0, 1]; `sigma` is at
    least 0, and 0 is a plain shrink that draws no random number. The noise is drawn on the
    generator's device, else on the parameter's. Raises ValueError for a value out of range.
    """
    _checks.real("shrink", shrink, 0, 1)
    _checks.real("sigma", sigma, 0, math.inf)
    with torch.no_grad():
        for parameter in _chosen(_unwrap(model)[0], include).values():
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
        The names that changed. ValueError for `iterations` below 1.
    """
    _checks.integer("iterations", iterations, 1)
    bare = _unwrap(model)[0]
    layers = [m for m in bare.modules() if isinstance(m, _ConvNd)]
    groups = {id(p): layer.groups for layer in layers for p in layer.parameters(recurse=False)}
    weights = {n: p for n, p in _chosen(bare, include).items() if p.ndim > 1 and p.numel()}
    with torch.no_grad():
        for parameter in weights.values():
            count, positions = groups.get(id(parameter), 1), math.prod(parameter.shape[2:])
            out, into = parameter.shape[0] // count, parameter.shape[1]
            wide = parameter.to(_wide(parameter)).reshape(count, out, into, positions)
            matrices = wide.movedim(3, 1).contiguous()  # products of strided ones are slow
            new = _polar_factor(matrices, iterations) * math.sqrt(out / into) / positions
            parameter.copy_(new.movedim(1, 3).reshape(parameter.shape))
    return list(weights)


def left_alone(model: nn.Module, include: Include = None) -> list[str]:
    """Return the names of the parameters that `dash_` and `shrink_perturb_` skip, in their order.

    `fire_` skips those of one dimension too. A shared parameter has its first name.
    """
    bare = _unwrap(model)[0]
    chosen = _chosen(bare, include)
    return [name for name, _ in bare.named_parameters() if name not in chosen]


def shrink_factors(weight: Tensor, gradient: Tensor, *, lam: float = 0.3) -> Tensor:
    """Return max(λ, cos(−g, w)) for every vector of a weight or a bias, in float32 or wider.

    The shape of both says what the vectors are: (out,) is a bias, one vector, result (); (out, in)
    a linear layer, result (out,); (out, in, …) a convolution, result (out, in), so that a
    1×1 kernel gets 1 or λ. Raises ValueError if the shapes differ or `lam` is not in [0, 1].
    """
    _checks.real("lam", lam, 0, 1)
    if weight.shape != gradient.shape or weight.ndim == 0:
        shapes = f"{tuple(weight.shape)} and {tuple(gradient.shape)}"
        raise ValueError(f"weight and gradient must have one shape, not a scalar's; not {shapes}")
    return _cosine(weight, gradient).clamp(lam, 1)


def cosine_similarities(
    model: nn.Module, gradients: Chunks, *, alpha: float = 0.3, include: Include = None
) -> dict[str, Tensor]:
    """Return cos(−G_θ, θ) of every weight vector, unclamped, by name; the model does not change.

    The arguments are those of `dash_`, the shapes those of `shrink_factors`. Over one chunk it is
    cos(−∇L, θ) whatever α, as in the paper's Figure 14.
    """
    parameters, average = _average(model, gradients, alpha, include)
    return {name: _cosine(parameters[name], gradient) for name, gradient in average.items()}


def _cosine(weight: Tensor, gradient: Tensor) -> Tensor:
    """Return cos(−g, w) by vector."""
    pair = (x.detach().to(_wide(x)) for x in (weight, gradient))
    w, g = (x.flatten(2) if x.ndim > 2 else x.reshape(x.shape or (1,)) for x in pair)
    return cosine_similarity(w, -g, dim=-1, eps=1e-8)


def _average(
    model: nn.Module, gradients: Chunks, alpha: float, include: Include
) -> tuple[dict[str, nn.Parameter], dict[str, Tensor]]:
    """Return the parameters to shrink and their average gradient G; check everything."""
    _checks.real("alpha", alpha, 0, 1, open_low=True)
    bare, prefix = _unwrap(model)
    named = dict(bare.named_parameters(remove_duplicate=False))
    first_name = {id(p): name for name, p in bare.named_parameters()}
    chosen = _chosen(bare, include)
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
            if name in chosen:
                _add(average, name, gradient.detach().to_dense().to(named[name].device), alpha)
    if not average:
        kind = "linear or convolution parameter" if include is None else "parameter of include"
        raise ValueError(f"gradients must name a trainable {kind}")
    return chosen, average


def _device(device: torch.device | str) -> torch.device:
    try:
        return torch.empty(0, device=device).device
    except (RuntimeError, AssertionError, NotImplementedError):  # unknown, or not compiled in
        raise ValueError(f"device must be one that torch has here; it is {device!r}") from None


def _copy(model: nn.Module) -> nn.Module:
    """Return a deep copy, also of a model that holds weights computed by its last forward pass."""
    held = [value for module in model.modules() for value in vars(module).values()]
    computed = [x for x in held if isinstance(x, Tensor) and not x.is_leaf]
    try:
        return copy.deepcopy(model, {id(x): x.detach().clone() for x in computed})
    except (RuntimeError, TypeError) as error:
        raise ValueError(f"model must be one that copy.deepcopy can copy: {error}") from error


def _pair_loss(loss: Loss) -> BatchLoss:
    """Return the loss of an (input, target) batch."""

    def batch_loss(model: nn.Module, batch: Batch) -> Tensor:
        _check_pair(batch)
        inputs, target = batch
        return loss(model(inputs), target)

    return batch_loss


def _mean_gradient(
    model: nn.Module,
    chunk: Iterable[Batch],
    batch_loss: BatchLoss,
    size: Size,
    device: torch.device,
) -> dict[str, Tensor]:
    """Return the gradient of the mean loss over all samples of `chunk`."""
    _check_chunk(chunk)
    parameters = {n: p for n, p in model.named_parameters() if p.requires_grad}
    total: dict[str, Tensor] = {}
    samples = 0.0
    with torch.random.fork_rng([device] if device.type == "cuda" else []), torch.enable_grad():
        for batch in chunk:
            moved = tree_map(lambda x: x.to(device) if hasattr(x, "to") else x, batch)
            value = batch_loss(model, moved)
            if not isinstance(value, Tensor):
                raise TypeError(f"loss must return a tensor; it is a {type(value).__name__}")
            if value.ndim:
                raise ValueError(f"loss must return one number; its shape is {tuple(value.shape)}")
            if not value.requires_grad:
                raise ValueError("loss must depend on a parameter that requires a gradient")
            if not 0 < (weight := float(size(batch))) < math.inf:
                raise ValueError(f"size must be above 0 for each batch; for one it is {weight}")
            gradients = torch.autograd.grad(value, list(parameters.values()), allow_unused=True)
            for name, gradient in zip(parameters, gradients, strict=True):
                if gradient is not None:
                    _add(total, name, gradient, weight)
            samples += weight
    if not samples:
        raise ValueError("chunks must hold at least one sample each; one is empty")
    return {name: gradient.div_(samples) for name, gradient in total.items()}


def _length(batch: Batch) -> int:
    """Return the length of the last tensor in a batch, 0 if there is none."""
    if isinstance(batch, Tensor):
        return len(batch) if batch.ndim else 0
    parts = list(batch.values()) if isinstance(batch, Mapping) else batch
    lengths = map(_length, reversed(parts)) if isinstance(parts, list | tuple) else iter(())
    return next(filter(None, lengths), 0)


def _points(chunk: Iterable[Batch]) -> int:
    """Return the number of samples in a chunk: its loader's, if that cuts batches itself."""
    if isinstance(chunk, DataLoader) and chunk.batch_size and isinstance(chunk.sampler, Sized):
        return len(chunk.sampler)
    with torch.random.fork_rng([]):
        return sum(map(_length, chunk))


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
        _check_functions(include=include)
        return {n: p for n, p in trainable.items() if include(n, p)}
    layers = [m for m in model.modules() if isinstance(m, nn.Linear | _ConvNd)]
    named = [pair for layer in layers for pair in layer.named_parameters(recurse=False)]
    owned = {id(p) for n, p in named if n in {"weight", "bias"}}  # not weight_g, weight_orig
    return {n: p for n, p in trainable.items() if id(p) in owned}


def _polar_factor(matrices: Tensor, iterations: int) -> Tensor:
    """Return Newton–Schulz's approximation of each matrix's orthogonal polar factor."""
    tall = matrices.shape[-2] >= matrices.shape[-1]
    X: Tensor = matrices if tall else matrices.mT
    tiny = torch.finfo(X.dtype).tiny
    X = X / X.abs().amax((-2, -1), keepdim=True).clamp(min=tiny)  # so that squares are in range
    X = X / torch.linalg.matrix_norm(X, keepdim=True).clamp(min=tiny)
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


def _check_functions(**given: object) -> None:
    for name, value in given.items():
        if value is not None and not callable(value):
            raise TypeError(f"{name} must be a function; it is a {type(value).__name__}")


def _check_losses(loss: Loss | None, batch_loss: BatchLoss | None, size: Size | None) -> None:
    _check_functions(loss=loss, batch_loss=batch_loss, size=size)
    if loss is not None and batch_loss is not None:
        raise ValueError("loss and batch_loss exclude each other; give one of them")


def _check_pair(batch: Batch) -> None:
    if not isinstance(batch, tuple | list) or len(batch) != 2:
        raise TypeError(
            "each of chunks must hold (input, target) batches, or any with batch_loss=; "
            f"one is a {type(batch).__name__}"
        )


def _check_chunk(chunk: object) -> None:
    if isinstance(chunk, Tensor | Mapping) or not isinstance(chunk, Iterable):
        kind = type(chunk).__name__
        raise TypeError(f"a chunk must be a list of batches or a DataLoader; it is a {kind}")
