"""Parameters: one request's arguments, read the way the real server reads them."""

import json
import re
from collections.abc import Mapping
from typing import Any

from bot.loopback.failures import bad_request
from bot.loopback.messages import Upload

_WHOLE = re.compile(r"\s*(-?[0-9]{1,20})\s*")

Value = str | int | float | bool | dict[str, Any] | list[Any] | Upload | None


def whole_number(text: str) -> int | None:
    """Return the whole number that a text is, or None when it is none that Telegram knows."""
    match = _WHOLE.fullmatch(text)
    return int(match[1]) if match else None


class Parameters:
    """The arguments of one call, from the query, a form, JSON or multipart.

    Args:
        values: By name; files are `Upload`s.
    """

    def __init__(self, values: Mapping[str, Value]) -> None:
        self.values = dict(values)

    def has(self, name: str) -> bool:
        """Whether the argument was given and is not empty."""
        return self.values.get(name) not in {None, ""} if self._is_plain(name) else True

    def text(self, name: str) -> str:
        """Return an argument as text, empty when it was not given."""
        value = self.values.get(name)
        if value is None or isinstance(value, Upload):
            return ""
        if isinstance(value, str):
            return value
        return json.dumps(value)

    def integer(self, name: str, default: int = 0) -> int:
        """Return an argument as a number; what is not a number counts as `default`."""
        number = whole_number(self.text(name))
        return default if number is None else number

    def flag(self, name: str) -> bool:
        """Return a yes-or-no argument: `true`, `yes` and `1` mean yes."""
        return self.text(name).strip().lower() in {"true", "yes", "1"}

    def structure(self, name: str) -> Any:
        """Return an argument that is a JSON object or array, None when it was not given.

        Raises:
            ApiError: It is not JSON.
        """
        value = self.values.get(name)
        if not isinstance(value, str):
            return value
        if not value:
            return None
        try:
            return json.loads(value)
        except (ValueError, RecursionError) as error:
            raise bad_request(f"can't parse {name} JSON object") from error

    def mapping(self, name: str) -> dict[str, Any]:
        """Return an argument that is a JSON object, empty when it was not given.

        Raises:
            ApiError: It is something else.
        """
        value = self.structure(name)
        if value is None:
            return {}
        if not isinstance(value, dict):
            raise bad_request(f"object expected as {name.replace('_', ' ')}")
        return value

    def upload(self, name: str) -> Upload | None:
        """Return a file: an upload, an `attach://` reference to one, or an id or URL."""
        value = self.values.get(name)
        if isinstance(value, Upload):
            return value
        reference = self.text(name)
        if reference.startswith("attach://"):
            attached = self.values.get(reference.removeprefix("attach://"))
            return attached if isinstance(attached, Upload) else None
        return Upload(reference.rsplit("/", 1)[-1], 0) if reference else None

    def _is_plain(self, name: str) -> bool:
        return not isinstance(self.values.get(name), dict | list | Upload)
