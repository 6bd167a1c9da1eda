"""One run: every setting that decides its numbers, and the name of its folder."""

import dataclasses
import functools
import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal, get_args, get_type_hints

import tyro

from featsim._commands.flags import OptionalFloat, OptionalInt

Dataset = Literal[
    "cifar10", "cifar100", "svhn", "fashion_mnist", "tiny_imagenet", "imagenet", "imagefolder",
    "digits",
]  # fmt: skip
Model = Literal[
    "resnet18", "resnet18_sota", "vgg16", "mlp", "cnn", "resnet18_narrow", "resnet18_sota_narrow",
    "vgg16_narrow", "mlp_narrow", "cnn_narrow",
]  # fmt: skip
Norm = Literal["batch", "layer"]
Arrival = Literal["accumulate", "discard", "continuous", "classes"]
Probe = Literal[
    "gradient_norms", "old_accuracy_by_epoch", "test_accuracy_by_epoch", "test_cosines",
    "dead_neurons", "curvature", "cost",
]  # fmt: skip

METHODS = tuple(sorted(path.stem for path in (Path(__file__).parent / "methods").glob("[!_]*.py")))
NARROW: dict[Model, Model] = {
    "resnet18": "resnet18_narrow", "resnet18_sota": "resnet18_sota_narrow",
    "vgg16": "vgg16_narrow", "mlp": "mlp_narrow", "cnn": "cnn_narrow",
}  # fmt: skip
"""The size for a CPU of each released network."""
PUBLISHED_WIDTH = 64
MILESTONES = (60, 120, 160, 200)
DECAY = 0.2
SVHN_SIZE = 50_000


def paper_learning_rate(model: Model) -> float:
    """Return the paper's learning rate: 0.001 for ResNet-18 and 0.01 for the others."""
    return 0.001 if model.startswith("resnet18") else 0.01


@dataclass(frozen=True, kw_only=True)
class Run:
    """Settings of one run; the defaults are the paper's for CIFAR-10 (section 5, Table 7).

    A run that is equal gives equal records on one kind of machine. Chunk 1 does not depend on a
    method that waits for the next: the seed of split, initialization and order knows nothing of it.
    """

    dataset: Dataset = "digits"
    """Data set; the default comes with scikit-learn and needs no network."""
    model: Model = "resnet18"
    """Network, as released; those that end in _narrow are sizes for a CPU."""
    method: str = "warm"
    """What is done to the network when a chunk has arrived, or by step: a file of `methods`."""
    arrival: Arrival = "accumulate"
    """How data arrive: all chunks are kept; only the newest is; a chunk each epoch; by class."""
    seed: int = 0
    """Seed of split, initialization, order and noise."""
    chunks: int = 50
    """Equal chunks of the training set; `classes` has one a class instead."""
    epochs: int = 1000
    """Most epochs of one experiment; `continuous`: epochs on all data once the last chunk came."""
    first_epochs: OptionalInt = None
    """Most epochs of the first experiment, if another (Figure 2)."""
    stop: Annotated[float | None, tyro.conf.arg(metavar="FLOAT|None")] = 0.999
    """Running train accuracy of an epoch that ends an experiment; none: all epochs are run."""
    train_size: OptionalInt = None
    """Training samples drawn from the training set; none: all, of SVHN 50,000 as released."""
    test_size: OptionalInt = None
    """Test samples drawn from the test set; none: all."""
    label_noise: float = 0.0
    """Share of the training labels that are drawn anew, uniformly from all classes."""
    image_size: OptionalInt = None
    """Side in pixels that images of a folder are brought to; none: the data set's own."""
    pool: int = 1
    """Averages pool×pool pixels to one: 2 makes 16×16 of CIFAR's 32×32."""
    width: int = 64
    """Channels of the first stage of a narrow network; the others are of 64."""
    norm: Norm = "batch"
    """Batch or layer normalization."""
    optimizer: Literal["sgd", "sam"] = "sgd"
    """SGD, or sharpness-aware minimization around it."""
    lr: OptionalFloat = None
    """Learning rate; none: 0.001 for ResNet-18 and 0.01 for the others."""
    momentum: float = 0.9
    """Momentum of SGD."""
    batch: int = 128
    """Images a step."""
    weight_decay: float = 0.0
    """Weight decay."""
    decay: bool = False
    """Raise the learning rate linearly over the first epoch of each experiment, and multiply it by
    0.2 at epochs 60, 120, 160 and 200 (Table 8)."""
    augment: bool = False
    """Random crops and flips, of CIFAR-100 rotations too (Table 8)."""
    rho: float = 0.1
    """Radius of SAM."""
    alpha: float = 0.3
    """DASH: weight α of the newest chunk's gradient."""
    lam: float = 0.3
    """DASH, shrink and perturb, shrink: λ, the smallest or only factor. The paper's is 0.05 for
    Tiny-ImageNet and 0.3 else."""
    sigma: float = 0.01
    """Shrink and perturb: standard deviation σ of the noise."""
    l2: float = 0.01
    """L2 INIT, L2: weight of the squared distance to the initial weights, or to zero."""
    l2_of_summed_norms: bool = False
    """L2 INIT: the square of the summed norms of all weights, without biases, as in the authors'
    code; not the sum of squares of all parameters, as in the paper."""
    parseval: float = 0.001
    """Parseval: weight of the distance from orthogonal weights."""
    beta: float = 0.0001
    """Soft shrink and perturb: share β of a fresh network that is mixed in at each step."""
    redo_every: int = 100
    """ReDo: steps from one search for dormant units to the next."""
    redo_threshold: float = 0.1
    """ReDo: τ, a unit used at most τ times its layer's mean is dormant."""
    replace_rate: float = 0.0001
    """Continual backpropagation: share of the mature units that is renewed in each step."""
    maturity: int = 100
    """Continual backpropagation: steps for which a new unit is left alone."""
    every: int = 1
    """The method acts when chunk j ≥ 2 has arrived and j is a multiple of this."""
    doubling: OptionalFloat = None
    """The method acts only where the data have grown by this factor, 2 for a doubling, since it
    last acted; the first chunk counts as having acted. None: whatever has grown."""
    until: OptionalInt = None
    """Last chunk at which the method acts; none: all."""
    bf16: bool = False
    """Run the network under bfloat16 autocast: about 1.3 times as fast on a CPU, with other
    results."""
    probes: tuple[Probe, ...] = ()
    """What is measured beside accuracy and steps."""

    def __post_init__(self) -> None:
        for name, choices in _choices().items():
            _one_of(name, getattr(self, name), choices)
        for probe in self.probes:
            _one_of("probes", probe, get_args(Probe))
        for name in ("chunks", "epochs", "batch", "width", "every", "pool", "redo_every"):
            _at_least(name, getattr(self, name), 1)
        for name in ("first_epochs", "train_size", "test_size", "until"):
            if getattr(self, name) is not None:
                _at_least(name, getattr(self, name), 1)
        for name in (
            "seed", "momentum", "weight_decay", "rho", "sigma", "l2", "parseval",
            "redo_threshold", "maturity",
        ):  # fmt: skip
            _at_least(name, getattr(self, name), 0)
        if self.image_size is not None:
            _at_least("image_size", self.image_size, 8)
        if self.doubling is not None and not 1 < self.doubling < float("inf"):
            raise ValueError(f"doubling must be above 1 and finite; it is {self.doubling}")
        if self.width % 4:
            raise ValueError(f"width must be a multiple of 4; it is {self.width}")
        if self.lr is not None and not 0 < self.lr < float("inf"):
            raise ValueError(f"lr must be above 0 and finite; it is {self.lr}")
        if self.stop is not None and not 0 < self.stop <= 1:
            raise ValueError(f"stop must be above 0 and at most 1; it is {self.stop}")
        if not 0 < self.alpha <= 1:
            raise ValueError(f"alpha must be above 0 and at most 1; it is {self.alpha}")
        for name in ("lam", "beta", "replace_rate", "label_noise"):
            if not 0 <= getattr(self, name) <= 1:
                raise ValueError(f"{name} must be from 0 to 1; it is {getattr(self, name)}")
        if self.momentum >= 1:
            raise ValueError(f"momentum must be below 1; it is {self.momentum}")
        if self.model in NARROW and self.width != PUBLISHED_WIDTH:
            raise ValueError(
                f"width must be {PUBLISHED_WIDTH} for {self.model!r}, which is as released; it is "
                f"{self.width}: '{self.model}_narrow' takes any"
            )
        if self.batch == 1 and self.batch_normalized:
            raise ValueError("batch must be at least 2 with batch normalization; it is 1")
        if self.model.startswith("cnn") and self.norm == "layer":
            raise ValueError(f"norm must be 'batch' for {self.model!r}, which has no normalization")

    @property
    def learning_rate(self) -> float:
        """The learning rate in use."""
        return paper_learning_rate(self.model) if self.lr is None else self.lr

    @property
    def normalized(self) -> bool:
        """Whether images are normalized; the released MLP gets them so of Tiny-ImageNet only."""
        return self.model != "mlp" or self.dataset == "tiny_imagenet"

    @property
    def batch_normalized(self) -> bool:
        """Whether the network has batch normalization, which trains on two images or more."""
        return self.norm == "batch" and not self.model.startswith("cnn")

    def to_dict(self) -> dict[str, Any]:
        """Return all settings as JSON values."""
        return {**vars(self), "probes": list(self.probes)}

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> "Run":
        """Return the run that `to_dict` wrote; a field that it lacks has its default."""
        known = {field.name for field in dataclasses.fields(cls)}
        if unknown := set(values) - known:
            raise ValueError(f"run must have known settings only; it has {sorted(unknown)}")
        return cls(**{**values, "probes": tuple(values.get("probes", ()))})

    @property
    def name(self) -> str:
        """The folder's name: what a reader looks for, then a hash of every setting.

        Only settings off their default enter the hash, so a setting added later renames nothing.
        """
        defaults = vars(_default())
        chosen = {k: v for k, v in vars(self).items() if v != defaults[k]}
        digest = hashlib.sha256(json.dumps(chosen, sort_keys=True).encode()).hexdigest()[:10]
        return f"{self.dataset}-{self.model}-{self.method}-seed{self.seed}-{digest}"


@functools.cache
def _default() -> Run:
    return Run()


@functools.cache
def _choices() -> dict[str, tuple[str, ...]]:
    """Return what each field that holds one of several words may be."""
    kinds = {name: get_args(kind) for name, kind in get_type_hints(Run).items()}
    words = {name: kind for name, kind in kinds.items() if kind and isinstance(kind[0], str)}
    return {**words, "method": METHODS}


def _one_of(name: str, value: Any, choices: tuple[Any, ...]) -> None:
    if value not in choices:
        raise ValueError(f"{name} must be one of {', '.join(choices)}; it is {value!r}")


def _at_least(name: str, value: float, least: int) -> None:
    if not least <= value < float("inf"):
        raise ValueError(f"{name} must be at least {least}; it is {value}")
