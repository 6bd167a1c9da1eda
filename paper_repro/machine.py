"""Where a run is computed and its data lie; nothing here is a setting of the experiment."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from featsim._commands.flags import OptionalInt
from paper_repro.errors import Mendable

if TYPE_CHECKING:
    import torch


@dataclass(frozen=True, kw_only=True)
class Machine:
    """Device, data and reading processes."""

    data: Path = Path("data")
    """Folder of the data sets; a set that is not there is downloaded into it."""
    device: str = "auto"
    """Device of torch; auto: a GPU if there is one."""
    workers: int = 0
    """Processes that read the data; 0: this one."""
    cache: Path = Path("data/decoded")
    """Folder that decoded images are kept in."""
    threads: OptionalInt = None
    """Threads of torch; none: torch's choice, or one each with more than one job."""
    jobs: int = 1
    """Runs at the same time, each in a process of its own."""

    def __post_init__(self) -> None:
        for name in ("threads", "jobs"):
            value = getattr(self, name)
            if value is not None and value < 1:
                raise ValueError(f"{name} must be at least 1; it is {value}")
        if self.workers < 0:
            raise ValueError(f"workers must be at least 0; it is {self.workers}")

    @property
    def place(self) -> "torch.device":
        """The device in use."""
        import torch

        if self.device == "auto":
            return torch.device("cuda" if torch.cuda.is_available() else "cpu")
        try:
            probe = torch.ones(1, device=self.device)
            probe.item()  # no number comes from torch's device that only knows shapes
            return probe.device
        except (RuntimeError, AssertionError, NotImplementedError) as error:
            raise Mendable(
                f"device must be one that torch has here; it is {self.device!r}"
            ) from error
