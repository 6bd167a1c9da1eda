"""The flag ``--plot`` of the commands that draw."""

from pathlib import Path

from featsim._files import check_writable, same_file

PICTURES = (".png", ".pdf", ".svg")


def check_plot(plot: Path | None, output: Path | None = None) -> None:
    """Raise a ValueError if a picture could not be written, or would replace the output."""
    if plot is None:
        return
    check_writable("plot", plot)
    if plot.suffix.lower() not in PICTURES:
        raise ValueError(f"plot must end in .png, .pdf or .svg, not {str(plot)!r}")
    if output is not None and same_file(output, plot):
        raise ValueError(f"plot must be another file than output, not {str(plot)!r}")
