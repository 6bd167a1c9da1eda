"""The explorer in a notebook."""

from typing import TYPE_CHECKING

from featsim.config import Config, check_config

if TYPE_CHECKING:
    from featsim._explore.page import Explorer


def explore(config: Config | None = None) -> "Explorer":
    """Return the explorer, which a notebook shows: a form for a setting, and its pictures.

    Parameters
    ----------
    config
        The setting to begin with; Figure 3's if not given.

    Returns
    -------
    Explorer
        A component of Panel. Its ``session`` has the last ``result``.

    Raises
    ------
    TypeError
        If ``config`` is no Config.
    ModuleNotFoundError
        If Panel, the extra ``explore``, is not installed.
    """
    if config is not None:
        check_config(config)
    try:
        import panel
    except ModuleNotFoundError as error:
        raise ModuleNotFoundError(
            f"explore needs {error.name}: pip install 'featsim[explore]'", name=error.name
        ) from error
    from featsim._explore.page import Explorer
    from featsim._explore.state import State

    panel.extension(inline=True)
    return Explorer(State(config=config or Config()), alone=False)
