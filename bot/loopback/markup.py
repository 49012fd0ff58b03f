"""Markup: Telegram's HTML parse mode, with tdlib's rules and its exact error texts.

Source: `parse_html` in td/telegram/MessageEntity.cpp of https://github.com/tdlib/td. Byte offsets
in the messages count the UTF-8 bytes of the source text.
"""

import re
from urllib.parse import urlsplit

from bot.loopback.entities import Entity, sort_entities, utf16_length

_KINDS = {
    "a": "text_link",
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "u": "underline",
    "ins": "underline",
    "tg-spoiler": "spoiler",
    "span": "spoiler",
    "tg-emoji": "custom_emoji",
    "tg-time": "date_time",
    "pre": "pre",
    "code": "code",
    "blockquote": "blockquote",
}
_REFERENCES = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
_SPACES = " \t\r\n\v\0"
_END = "\0"
_NUMERIC = re.compile(r"&#(?:x([0-9A-Fa-f]*)|([0-9]*))")
_NAMED = re.compile(r"&([A-Za-z]*)")
_NAME_TOKEN = re.compile(r"[A-Za-z0-9.-]*")
_ATTRIBUTE = re.compile(r"[^ \t\r\n\v\0=>/\"']*")
_MAX_REFERENCE = 10
_HOST = re.compile(r"(?:[\w-]+\.)+[\w-]{2,}", re.ASCII | re.IGNORECASE)
_USER_LINK = re.compile(r"(?:tg://|tg:)user/?\?id=(\d+)", re.IGNORECASE)


class MarkupError(ValueError):
    """The markup of a text is broken; the message is tdlib's own."""


def parse_html(source: str) -> tuple[str, tuple[Entity, ...]]:
    """Read Telegram HTML.

    Args:
        source: The text with tags.

    Returns:
        The plain text and its entities, sorted.

    Raises:
        MarkupError: As tdlib, for an unknown, unclosed or unexpected tag.
    """
    return _Parser(source).parse()


def checked_link(url: str) -> str | None:
    """Return the URL as Telegram stores it, or None when Telegram does not take it as a link."""
    if re.match(r"(?:tg|ton|tonsite):", url, re.IGNORECASE):
        return url
    with_scheme = url if re.match(r"[a-z][a-z0-9+.-]*://", url, re.IGNORECASE) else f"http://{url}"
    try:
        parts = urlsplit(with_scheme.strip())
        host = parts.hostname or ""
        ascii_host = host.encode("idna").decode("ascii")
    except ValueError:  # includes UnicodeError from the idna codec
        return None
    if parts.scheme not in {"http", "https"} or not _HOST.fullmatch(ascii_host):
        return None
    rest = with_scheme.strip().split("://", 1)[1][len(parts.netloc) :]
    if not rest.startswith("/"):
        rest = f"/{rest}"
    return f"{parts.scheme}://{parts.netloc.lower()}{rest}"


class _OpenTag:
    def __init__(self, name: str, argument: str, offset: int, text_at: int) -> None:
        self.name = name
        self.argument = argument
        self.offset = offset
        self.text_at = text_at


class _Parser:
    def __init__(self, source: str) -> None:
        self._source = source
        self._at = 0
        self._text: list[str] = []
        self._offset = 0
        self._entities: list[Entity] = []
        self._stack: list[_OpenTag] = []

    def parse(self) -> tuple[str, tuple[Entity, ...]]:
        while self._at < len(self._source):
            character = self._peek()
            if character == "&":
                self._write(self._reference() or self._take())
            elif character != "<":
                self._write(self._take())
            elif self._peek(1) == "/":
                self._end_tag()
            else:
                self._start_tag()
        if self._stack:
            tag = self._stack[-1].name
            raise MarkupError(f'Can\'t find end tag corresponding to start tag "{tag}"')
        # A language belongs to `pre` only; it was kept on `code` to join the two.
        entities = [
            Entity(e.kind, e.offset, e.length) if e.kind == "code" else e for e in self._entities
        ]
        text = "".join(self._text)
        if any("\ud800" <= character <= "\udfff" for character in text):
            raise MarkupError(
                "Text contains invalid Unicode characters after decoding HTML entities, "
                "check for unmatched surrogate code units"
            )
        return text, sort_entities(entities)

    def _peek(self, ahead: int = 0) -> str:
        at = self._at + ahead
        return self._source[at] if at < len(self._source) else _END

    def _take(self) -> str:
        self._at += 1
        return self._source[self._at - 1]

    def _write(self, character: str) -> None:
        self._text.append(character)
        self._offset += utf16_length(character)

    def _byte(self, position: int) -> int:
        return len(self._source[:position].encode("utf-8", "surrogatepass"))

    def _skip_spaces(self) -> None:
        while self._at < len(self._source) and self._peek() in _SPACES:
            self._at += 1

    def _skip_name(self) -> None:
        while self._peek() not in _SPACES and self._peek() != ">":
            self._at += 1

    def _reference(self) -> str | None:
        """Read a character reference at `&`, or leave the position where it is."""
        if self._peek(1) == "#":
            match = _NUMERIC.match(self._source, self._at)
            assert match is not None
            digits, base = (match[1], 16) if match[1] is not None else (match[2], 10)
            is_short = match.end() - match.start() < _MAX_REFERENCE
            code = int(digits, base) if digits and is_short else 0
            if not 0 < code < 0x10FFFF:
                return None
            character = chr(code)
        else:
            match = _NAMED.match(self._source, self._at)
            assert match is not None
            if match[1] not in _REFERENCES:
                return None
            character = _REFERENCES[match[1]]
        self._at = match.end() + (self._source[match.end() : match.end() + 1] == ";")
        return character

    def _start_tag(self) -> None:
        begin = self._at
        self._at += 1
        self._skip_name()
        if self._at >= len(self._source):
            raise MarkupError(f"Unclosed start tag at byte offset {self._byte(begin)}")
        name = self._source[begin + 1 : self._at].lower()
        if name not in _KINDS:
            raise MarkupError(f'Unsupported start tag "{name}" at byte offset {self._byte(begin)}')
        argument = ""
        while self._peek() != ">":
            self._skip_spaces()
            if self._peek() == ">":
                break
            attribute, value = self._attribute(name, begin)
            argument = _argument(name, attribute, value, argument)
        self._at += 1
        if name == "span" and argument != "spoiler":
            raise MarkupError(
                f'Tag "span" must have class "tg-spoiler" at byte offset {self._byte(begin)}'
            )
        self._stack.append(_OpenTag(name, argument, self._offset, len(self._text)))

    def _attribute(self, tag: str, begin: int) -> tuple[str, str]:
        match = _ATTRIBUTE.match(self._source, self._at)
        name = match.group() if match else ""
        if not name:
            raise MarkupError(
                f'Empty attribute name in the tag "{tag}" at byte offset {self._byte(begin)}'
            )
        self._at += len(name)
        self._skip_spaces()
        unclosed = f'Unclosed start tag "{tag}" at byte offset {self._byte(begin)}'
        if self._at >= len(self._source):
            raise MarkupError(unclosed)
        if self._peek() != "=":
            return name, ""
        self._at += 1
        self._skip_spaces()
        if self._at >= len(self._source):
            raise MarkupError(unclosed)
        value = self._quoted() if self._peek() in "'\"" else self._name_token()
        if self._at >= len(self._source):
            raise MarkupError(f"Unclosed start tag at byte offset {self._byte(begin)}")
        return name, value

    def _quoted(self) -> str:
        quote = self._take()
        value: list[str] = []
        while self._at < len(self._source) and self._peek() != quote:
            reference = self._reference() if self._peek() == "&" else None
            value.append(reference or self._take())
        if self._peek() == quote:
            self._at += 1
        return "".join(value)

    def _name_token(self) -> str:
        begin = self._at
        match = _NAME_TOKEN.match(self._source, begin)
        assert match is not None
        self._at = match.end()
        if self._peek() not in _SPACES and self._peek() != ">":
            raise MarkupError(f"Unexpected end of name token at byte offset {self._byte(begin)}")
        return match.group().lower()

    def _end_tag(self) -> None:
        begin = self._at
        if not self._stack:
            raise MarkupError(f"Unexpected end tag at byte offset {self._byte(begin)}")
        self._at += 2
        self._skip_name()
        found = self._source[begin + 2 : self._at].lower()
        self._skip_spaces()
        if self._peek() != ">":
            raise MarkupError(f"Unclosed end tag at byte offset {self._byte(begin)}")
        self._at += 1
        tag = self._stack[-1]
        if found and found != tag.name:
            raise MarkupError(
                f"Unmatched end tag at byte offset {self._byte(begin)}, "
                f'expected "</{tag.name}>", found "</{found}>"'
            )
        if self._offset > tag.offset:
            self._close(tag)
        self._stack.pop()

    def _close(self, tag: _OpenTag) -> None:
        kind, argument = _KINDS[tag.name], tag.argument
        span = (tag.offset, self._offset - tag.offset)
        if tag.name == "a":
            url = argument or "".join(self._text[tag.text_at :])
            if user := _USER_LINK.match(url):
                self._entities.append(Entity("text_mention", *span, user[1]))
            elif link := checked_link(url):
                self._entities.append(Entity(kind, *span, link))
            return
        if kind == "custom_emoji" and not re.fullmatch(r"-?\d{1,19}", argument):
            raise MarkupError("Invalid custom emoji identifier specified")
        if kind == "date_time" and not re.fullmatch(r"\d{1,10}", argument):
            return
        last = self._entities[-1] if self._entities else None
        same_span = last is not None and (last.offset, last.length) == span
        if last is not None and same_span and {last.kind, kind} == {"pre", "code"}:
            language = argument if kind == "code" else last.value
            if language:
                self._entities[-1] = Entity("pre", *span, language)
                return
        if kind == "blockquote" and argument:
            kind = "expandable_blockquote"
        keeps = kind in {"code", "custom_emoji", "date_time"}
        self._entities.append(Entity(kind, *span, argument if keeps and argument else None))


def _argument(tag: str, attribute: str, value: str, known: str) -> str:
    match tag, attribute:
        case ("a", "href") | ("tg-emoji", "emoji-id") | ("tg-time", "unix"):
            return value
        case ("code", "class") if value.startswith("language-"):
            return value.removeprefix("language-")
        case ("span", "class") if value.startswith("tg-"):
            return value.removeprefix("tg-")
        case ("blockquote", "expandable"):
            return "1"
    return known
