"""Resources: finds the committed, read-only `data/`, in a checkout and in an installed wheel."""

from pathlib import Path

from index.errors import SettingsError

_PACKAGE = Path(__file__).resolve().parent


def data_path(name: str) -> Path:
    """Path of a file in `data/`.

    Raises:
        SettingsError: The installation lacks it.
    """
    for root in (_PACKAGE / "_data", _PACKAGE.parent / "data"):
        if (found := root / name).exists():
            return found
    raise SettingsError(f"This installation lacks data/{name}. Reinstall hearsay-bot.")
