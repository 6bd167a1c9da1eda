"""A stream as a NetCDF file."""

import os
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr

from featsim._files import check_writable, replacing
from featsim.stream import FeatureStream


def save_stream(stream: FeatureStream, path: str | os.PathLike[str], **settings: float) -> None:
    """Write a stream to a NetCDF file, whole or not at all; a file of that name is replaced.

    Parameters
    ----------
    stream
        The points: variables ``features`` (point, feature), ``labels`` (point) and ``chunks``
        (point), with the attribute ``num_classes``.
    path
        The file.
    settings
        Numbers to keep with it as attributes, such as ``gamma=50`` and ``tau=3``.

    Raises
    ------
    ValueError
        If the file cannot be written there, or ``num_classes``, which is the stream's own, is among
        the settings.
    """
    target = Path(path)
    check_writable("path", target)
    if "num_classes" in settings:
        raise ValueError(
            f"settings must not hold num_classes, which is {stream.num_classes} in the stream"
        )
    with replacing(target) as temporary:
        _to_dataset(stream, settings).to_netcdf(temporary, engine="scipy")


def _to_dataset(stream: FeatureStream, settings: dict[str, float]) -> xr.Dataset:
    return xr.Dataset(
        {
            "features": (("point", "feature"), stream.features),
            "labels": ("point", stream.labels.astype(np.int32)),
            "chunks": ("point", stream.chunks.astype(np.int32)),
        },
        attrs={"num_classes": stream.num_classes, **settings},
    )


def load_stream(path: str | os.PathLike[str]) -> tuple[FeatureStream, dict[str, Any]]:
    """Return the stream of a NetCDF file that ``save_stream`` wrote, and the settings kept with it.

    Raises
    ------
    OSError
        If the file cannot be read.
    ValueError, TypeError
        If it is no NetCDF file, or what it holds is no stream.
    """
    try:
        with xr.open_dataset(path, engine="scipy") as data:
            data.load()
    except OSError:
        raise
    except Exception:
        raise ValueError(f"{os.fspath(path)} is not a NetCDF file") from None
    for name in ("features", "labels", "chunks"):
        if name not in data:
            raise ValueError(f"{os.fspath(path)} must have the variable {name!r}, not {list(data)}")
    settings = {str(name): np.asarray(value).item() for name, value in data.attrs.items()}
    stream = FeatureStream(
        data["features"].to_numpy(),
        data["labels"].to_numpy(),
        data["chunks"].to_numpy(),
        settings.pop("num_classes", None),
    )
    return stream, settings
