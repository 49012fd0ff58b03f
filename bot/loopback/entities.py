"""Entities: the styled or clickable spans of a message, counted in UTF-16 code units."""

import html
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

_TAGS = {
    "bold": "b",
    "italic": "i",
    "underline": "u",
    "strikethrough": "s",
    "spoiler": "tg-spoiler",
    "code": "code",
    "blockquote": "blockquote",
}
# The order of entities that cover the same span, as `get_type_priority` in tdlib has it.
_PRIORITY = {
    "blockquote": 0,
    "expandable_blockquote": 0,
    "pre": 11,
    "code": 20,
    "text_link": 49,
    "text_mention": 49,
    "bold": 90,
    "italic": 91,
    "underline": 92,
    "strikethrough": 93,
    "spoiler": 94,
    "custom_emoji": 99,
}
_DEFAULT_PRIORITY = 50
# Where the `MessageEntity` object holds what `Entity.value` holds.
VALUE_FIELDS = {
    "text_link": "url",
    "pre": "language",
    "custom_emoji": "custom_emoji_id",
    "date_time": "unix_time",
}
_OPAQUE = frozenset({"pre", "code", "text_link", "text_mention"})

_DOMAIN_ENDS = (
    "com|org|net|info|int|gov|edu|mil|io|eu|me|tv|co|uk|us|de|fr|it|es|pl|ru|ua|by|cz|sk|nl|be|se|"
    "no|fi|dk|gr|tr|ir|il|in|cn|jp|kr|br|mx|ar|ca|au|nz|za|ch|at|ro|bg|hu|rs|news|press|media"
)
_DETECTED = (
    (
        "url",
        re.compile(
            r"(?<![\w@./])(?:https?://(?:[\w-]+\.)+[\w-]{2,}"
            rf"|(?:[\w-]+\.)+(?:{_DOMAIN_ENDS})(?![\w-]))"
            r"(?::\d{1,5})?(?:[/?#][^\s<>\"]*)?",
            re.IGNORECASE,
        ),
    ),
    ("email", re.compile(r"(?<![\w.@-])[\w.+-]{1,64}@(?:[\w-]+\.)+[A-Za-z]{2,}(?![\w@])")),
    (
        "bot_command",
        re.compile(r"(?<![\w/<>])/[A-Za-z0-9_]{1,64}(?:@[A-Za-z0-9_]{3,32})?(?![\w/<>])"),
    ),
    ("mention", re.compile(r"(?<![\w@])@[A-Za-z0-9_]{3,32}(?![\w@])")),
    ("hashtag", re.compile(r"(?<![\w#@/])#(?=\w*[^\W\d])\w{1,256}")),
)
_URL_TAIL = ".,:;!?'\"\u00bb\u201d\u2019\u2026"


@dataclass(frozen=True, slots=True)
class Entity:
    """One span of a text.

    Args:
        kind: The Bot API's `type`, such as `bold` or `bot_command`.
        offset: Where it starts, in UTF-16 code units.
        length: How long it is, in UTF-16 code units; at least 1.
        value: What the kind needs besides: the URL of a `text_link`, the user id of a
            `text_mention`, the language of a `pre`, the id of a `custom_emoji`; else None.
    """

    kind: str
    offset: int
    length: int
    value: str | None = None

    @property
    def end(self) -> int:
        """The first UTF-16 unit after the span."""
        return self.offset + self.length


def utf16_length(text: str) -> int:
    """Return the length of `text` in UTF-16 code units."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def utf16_slice(text: str, offset: int, length: int) -> str:
    """Return the part of `text` that starts at UTF-16 unit `offset` and is `length` units long."""
    units = text.encode("utf-16-le", "surrogatepass")
    return units[2 * offset : 2 * (offset + length)].decode("utf-16-le", "replace")


def sort_entities(entities: Iterable[Entity]) -> tuple[Entity, ...]:
    """Return the entities outermost first, in the order in which Telegram reports them."""
    return tuple(
        sorted(
            entities, key=lambda e: (e.offset, -e.length, _PRIORITY.get(e.kind, _DEFAULT_PRIORITY))
        )
    )


def detect_entities(text: str, given: Iterable[Entity] = ()) -> tuple[Entity, ...]:
    """Add what Telegram finds by itself: URLs, e-mail addresses, commands, mentions, hashtags.

    Args:
        text: The text of a message.
        given: The entities that it has already. Nothing is looked for inside code and links.

    Returns:
        All entities, sorted.
    """
    entities = list(given)
    taken = [entity for entity in entities if entity.kind in _OPAQUE]
    for found in _candidates(text):
        if all(found.end <= other.offset or other.end <= found.offset for other in taken):
            entities.append(found)
            taken.append(found)
    return sort_entities(entities)


def _candidates(text: str) -> Iterator[Entity]:
    for kind, pattern in _DETECTED:
        for match in pattern.finditer(text):
            words = match.group().rstrip(_URL_TAIL) if kind == "url" else match.group()
            if kind == "url" and words.endswith(")") and "(" not in words:
                words = words[:-1]
            yield Entity(kind, utf16_length(text[: match.start()]), utf16_length(words))


def trim(text: str, entities: Iterable[Entity]) -> tuple[str, tuple[Entity, ...]]:
    """Cut the white space around a text and fit its entities to what is left, as tdlib does.

    White space inside an entity at the start stays, as in tdlib's `fix_formatted_text`.
    """
    spans = sort_entities(entities)
    kept = text.rstrip(" \n\t")
    lead = len(kept) - len(kept.lstrip(" \n"))
    if spans:
        lead = min(lead, spans[0].offset)
    kept = kept[lead:]
    total = utf16_length(kept)
    fitted = []
    for span in spans:
        offset = span.offset - lead
        length = min(span.length, total - offset)
        if length > 0:
            fitted.append(replace(span, offset=offset, length=length))
    return kept, tuple(fitted)


def render_html(text: str, entities: Iterable[Entity]) -> str:
    """Return `text` as Telegram HTML, the inverse of `bot.loopback.markup.parse_html`."""
    parts: list[str] = []
    stack: list[Entity] = []
    position = 0

    def write_until(end: int) -> None:
        nonlocal position
        parts.append(html.escape(utf16_slice(text, position, end - position), quote=False))
        position = end

    def close_until(offset: int) -> None:
        while stack and stack[-1].end <= offset:
            write_until(stack[-1].end)
            parts.append(_tags(stack.pop())[1])

    for entity in sort_entities(entities):
        if not _tags(entity)[0]:
            continue
        close_until(entity.offset)
        write_until(entity.offset)
        parts.append(_tags(entity)[0])
        stack.append(entity)
    end = utf16_length(text)
    close_until(end)
    write_until(end)
    return "".join(parts)


def _tags(entity: Entity) -> tuple[str, str]:
    value = html.escape(entity.value or "")
    special = {
        "text_link": (f'<a href="{value}">', "</a>"),
        "text_mention": (f'<a href="tg://user?id={value}">', "</a>"),
        "expandable_blockquote": ("<blockquote expandable>", "</blockquote>"),
        "custom_emoji": (f'<tg-emoji emoji-id="{value}">', "</tg-emoji>"),
        "pre": ("<pre>", "</pre>"),
    }
    if entity.kind == "pre" and value:
        return f'<pre><code class="language-{value}">', "</code></pre>"
    if entity.kind in _TAGS:
        return f"<{_TAGS[entity.kind]}>", f"</{_TAGS[entity.kind]}>"
    return special.get(entity.kind, ("", ""))


def entity_from_json(payload: dict[str, Any]) -> Entity:
    """Read one `MessageEntity` as a client sends it.

    Raises:
        KeyError: A field that its type needs is missing.
        TypeError: It is not an object with objects inside.
        ValueError: A number is not one.
    """
    kind = str(payload["type"])
    value = None
    if kind == "text_mention":
        value = int(payload["user"]["id"])
    elif kind in VALUE_FIELDS:
        field = VALUE_FIELDS[kind]
        value = payload.get(field) if kind == "pre" else payload[field]
        if kind == "date_time":
            value = int(payload[field])
    offset, length = int(payload["offset"]), int(payload["length"])
    if offset < 0 or length < 1:
        raise ValueError(f"entity at {offset} of length {length}")
    return Entity(kind, offset, length, None if value is None else str(value))
