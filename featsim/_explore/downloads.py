"""What the page gives away as files. They are made in memory: the browser writes them."""

import dataclasses
import io

import xarray as xr

from featsim._explore.panels import DRAWING
from featsim.plotting import PNG_DOTS_PER_INCH, style, three_panels


@dataclasses.dataclass(frozen=True)
class Download:
    """A file."""

    name: str
    kind: str
    """Its media type."""
    content: bytes


def picture(dataset: xr.Dataset, ending: str) -> Download:
    """Return Figure 3's panels of a result, as ``featsim run --plot`` draws them: png or pdf."""
    file = io.BytesIO()
    metadata = {"CreationDate": None} if ending == "pdf" else {}
    with DRAWING:
        figure = three_panels(dataset)
        with style():
            figure.savefig(file, format=ending, dpi=PNG_DOTS_PER_INCH, metadata=metadata)
    kind = "application/pdf" if ending == "pdf" else "image/png"
    return Download(f"panels.{ending}", kind, file.getvalue())


def netcdf(dataset: xr.Dataset) -> Download:
    """Return the whole result, as ``featsim run --output`` writes it."""
    content = bytes(dataset.to_netcdf(engine="scipy"))
    return Download("result.nc", "application/x-netcdf", content)
