"""The networks by name, for 1 or 3 channels and any class count.

`resnet18`, `vgg16`, `mlp`, `cnn` and, for Table 8, `resnet18_sota` are those of the authors'
released code (github.com/baekrok/DASH-Direction-Aware-SHrinking) and of the paper where the code
has none. Those that end in `_narrow` are sizes for a CPU, the first stage as wide as `run.width`
says: ResNet-18 in proportion, VGG-16 and the CNN of their own make, the MLP of four times the
width, its images normalized.
"""

from collections.abc import Callable, Sequence

import torch
from torch import nn

from paper_repro.errors import Mendable
from paper_repro.models.cnn import cnn, cnn_narrow
from paper_repro.models.mlp import mlp
from paper_repro.models.norm import replace_batch_norm
from paper_repro.models.resnet import resnet18, resnet18_sota
from paper_repro.models.vgg import vgg16, vgg16_narrow
from paper_repro.run import PUBLISHED_WIDTH, Model, Run

_BUILDERS: dict[Model, Callable[[Sequence[int], int, int], nn.Module]] = {
    "resnet18": lambda shape, classes, _: resnet18(shape, classes, PUBLISHED_WIDTH),
    "resnet18_sota": lambda shape, classes, _: resnet18_sota(shape, classes, PUBLISHED_WIDTH),
    "vgg16": lambda shape, classes, _: vgg16(shape, classes),
    "mlp": lambda shape, classes, _: mlp(shape, classes, hidden=1024),
    "cnn": lambda shape, classes, _: cnn(shape, classes),
    "resnet18_narrow": resnet18,
    "resnet18_sota_narrow": resnet18_sota,
    "vgg16_narrow": vgg16_narrow,
    "mlp_narrow": lambda shape, classes, width: mlp(shape, classes, hidden=4 * width),
    "cnn_narrow": cnn_narrow,
}


def make_model(run: Run, shape: Sequence[int], classes: int, seed: int) -> nn.Module:
    """Return the run's network, initialized from `seed`; torch's random state is left as it was.

    Parameters
    ----------
    run : Run
        Model, width and normalization.
    shape : sequence of int
        (channels, height, width) of an image.
    classes : int
        Outputs.
    seed : int
        Seed of the initialization.

    Raises
    ------
    errors.Mendable
        If the images are below 8×8, or below 28×28 for VGG-16, or below 9×9 for ResNet-18 in
        bfloat16: torch's gradients of a stride over a single pixel are not reproducible on a CPU.
    """
    size = f"{shape[1]}×{shape[2]}"
    if min(shape[1:]) < 8:
        raise Mendable(f"images must be at least 8×8; they are {size}")
    if run.bf16 and run.model.startswith("resnet18") and min(shape[1:]) < 9:
        raise Mendable(f"images must be at least 9×9 for {run.model!r} in bf16; they are {size}")
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        model = _BUILDERS[run.model](shape, classes, run.width)
    if run.norm == "layer":
        replace_batch_norm(model)
    to_layout: nn.Module = model.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    return to_layout


def reset_head(model: nn.Module) -> None:
    """Bring the classifier back to PyTorch's default initialization.

    As in the authors' code it is the last linear layer, and all three of VGG-16's head.
    """
    head = getattr(model, "classifier", None)
    layers = [m for m in (head or model).modules() if isinstance(m, nn.Linear)]
    for layer in layers if head is not None else layers[-1:]:
        layer.reset_parameters()
