"""torchvision, importable also beside a torch that its compiled operators were not built for.

PyPI's torchvision is built against CUDA's torch. Beside a CPU-only torch its library of compiled
operators does not load, and importing the package fails while it describes two of them. Nothing
here uses a compiled operator, so their schemas are declared first and the import succeeds. Every
file imports torchvision through this one.
"""

from importlib.util import find_spec
from pathlib import Path

import torch

_OPERATORS = (
    "nms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor",
    "qnms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor",
)


def _compiled_operators_load() -> bool:
    spec = find_spec("torchvision")
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError("No module named 'torchvision'", name="torchvision")
    libraries = [p for p in Path(spec.origin).parent.glob("_C*") if p.suffix in {".so", ".pyd"}]
    try:
        for library in libraries:
            torch.ops.load_library(str(library))
    except OSError:
        return False
    return bool(libraries)


if not _compiled_operators_load():
    # The declarations live as long as this object does.
    _declared = torch.library.Library("torchvision", "FRAGMENT")
    for _schema in _OPERATORS:
        _declared.define(_schema)

from torchvision import datasets, models  # noqa: E402
from torchvision.transforms import v2 as transforms  # noqa: E402

__all__ = ["datasets", "models", "transforms"]
