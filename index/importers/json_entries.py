"""JSON entries: reads the items of a JSON document one by one, and gets over broken ones."""

import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from index.importers.source import Source
from index.records import Rejected

# A document up to this size is parsed whole; of a larger one, the items of its list.
_WHOLE_CHARS = 1 << 20
_MAX_ENTRY_CHARS = 1 << 22
_BETWEEN = re.compile(r"[\s,;\ufeff\u001e]*")
_NEXT_OBJECT = re.compile(r"(?<=[\[,}\n])\s*(?=\{)")
# An error this near to the end of what was read so far may be cured by reading on.
_TAIL_CHARS = 16


@dataclass(frozen=True, slots=True)
class JsonEntry:
    """One item.

    Attributes:
        line: Its ordinal in the document, from 1.
        value: The parsed value.
    """

    line: int
    value: Any


class NotJsonError(ValueError):
    """A piece of text is no JSON; the text says why and where, as a sentence part."""


def parse_json(text: str) -> Any:
    """Parse a JSON value that fills the text.

    Raises:
        NotJsonError: It is no JSON, is nested too deeply, or holds a number without end.
    """
    try:
        return json.loads(text, strict=False)
    except json.JSONDecodeError as error:
        raise NotJsonError(f"is no valid JSON: {error.msg} at character {error.pos + 1}") from None
    except ValueError:
        raise NotJsonError("is no usable JSON: a number has too many digits") from None
    except RecursionError:
        raise NotJsonError("is no usable JSON: nested too deeply") from None


def json_entries(
    source: Source,
    list_keys: Sequence[str],
    *,
    is_entry: Callable[[Any], bool] = lambda value: isinstance(value, dict),
) -> Iterator[JsonEntry | Rejected]:
    """Yield the items of a file: one value, several in a row or a line each, or a list's.

    Args:
        source: The file.
        list_keys: Keys under which an object holds its list of items.
        is_entry: Recognises an item where reading has to find its way again after a broken one.

    Raises:
        FeedError: The file cannot be read to its end.
    """
    yield from _Reader(source.chunks(), list_keys, is_entry).entries()


class _Reader:
    def __init__(
        self, chunks: Iterator[str], list_keys: Sequence[str], is_entry: Callable[[Any], bool]
    ) -> None:
        self._chunks = chunks
        self._is_entry = is_entry
        self._text = ""
        self._at = 0
        self._ended = False
        self._n = 0
        self._decoder = json.JSONDecoder(strict=False)
        names = "|".join(re.escape(key) for key in list_keys)
        self._list_start = re.compile(rf'"(?:{names})"\s*:\s*\[')

    def entries(self) -> Iterator[JsonEntry | Rejected]:
        inside = False
        while self._skip():
            char = self._text[self._at]
            if inside and char == "]":
                inside = self._find_list()
                if not inside:
                    return
            elif inside and self._text.startswith("null", self._at):
                self._at += 4
            elif char == "]":
                self._at += 1
            else:
                value, error = self._decode(_MAX_ENTRY_CHARS if inside else _WHOLE_CHARS)
                if error is None:
                    yield from self._split(value)
                elif not inside and char == "{" and self._find_list(within=_WHOLE_CHARS):
                    inside = True
                elif not inside and char == "[":
                    self._at += 1
                else:
                    self._n += 1
                    yield Rejected(self._n, "", error)
                    self._resync()

    def _split(self, value: Any) -> Iterator[JsonEntry]:
        """The value itself, or the items of the list that it is or holds."""
        for item in self._items(value):
            self._n += 1
            yield JsonEntry(self._n, item)

    def _items(self, value: Any) -> list[Any]:
        if isinstance(value, list):
            return [item for each in value if each is not None for item in self._items(each)]
        if isinstance(value, dict):
            for key in value:
                if isinstance(value[key], list) and self._list_start.match(f'"{key}":['):
                    return [each for each in value[key] if each is not None]
        return [value]

    def _read_more(self) -> bool:
        if self._ended:
            return False
        self._text = self._text[self._at :]
        self._at = 0
        pieces = [self._text]
        wanted = max(len(self._text), 1 << 16)
        while wanted > 0:
            piece = next(self._chunks, None)
            if piece is None:
                self._ended = True
                break
            pieces.append(piece)
            wanted -= len(piece)
        self._text = "".join(pieces)
        return True

    def _skip(self) -> bool:
        """Go to the next character that is not between items; False at the end."""
        while True:
            found = _BETWEEN.match(self._text, self._at)
            self._at = found.end() if found else self._at
            if self._at < len(self._text):
                if len(self._text) - self._at < _TAIL_CHARS:
                    self._read_more()
                return True
            if not self._read_more():
                return False

    def _decode(self, limit: int) -> tuple[Any, str | None]:
        """The value at the current place, and past it; or why there is none, and no move."""
        while True:
            try:
                value, end = self._decoder.raw_decode(self._text, self._at)
            except json.JSONDecodeError as error:
                is_cut = error.msg.startswith("Unterminated") or (
                    error.pos >= len(self._text) - _TAIL_CHARS
                )
                has_room = len(self._text) - self._at < limit
                if is_cut and has_room and self._read_more():
                    continue
                return None, f"is no valid JSON: {error.msg}"
            except ValueError:
                return None, "is no usable JSON: a number has too many digits"
            except RecursionError:
                return None, "is no usable JSON: nested too deeply"
            self._at = end
            return value, None

    def _find_list(self, within: int | None = None) -> bool:
        """Go behind the bracket that opens the next list of items; False if there is none."""
        start = self._at
        while True:
            end = len(self._text) if within is None else start + within
            if found := self._list_start.search(self._text, start, end):
                self._at = found.end()
                return True
            if within is not None:
                return False
            self._at = max(start, len(self._text) - 1000)
            if not self._read_more():
                return False
            start = self._at

    def _resync(self) -> None:
        """Go on behind a broken item: at the next place where a whole item stands."""
        self._at += 1
        while True:
            found = _NEXT_OBJECT.search(self._text, self._at)
            if found is None:
                self._at = max(self._at, len(self._text) - 1)
                if not self._read_more():
                    self._at = len(self._text)
                    return
                continue
            self._at = start = found.end()
            value, error = self._decode(_WHOLE_CHARS)
            if error is None and self._is_entry(value):
                # `_decode` may have dropped what lies before; the item is read again from here.
                self._text = json.dumps(value) + self._text[self._at :]
                self._at = 0
                return
            self._at = start + 1 if error is not None and self._at == start else self._at + 1
