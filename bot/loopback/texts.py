"""Texts: the text argument of a call, cleaned, parsed and measured as Telegram does it."""

from bot.loopback.entities import Entity, detect_entities, entity_from_json, trim
from bot.loopback.failures import bad_request
from bot.loopback.markup import MarkupError, parse_html
from bot.loopback.parameters import Parameters

MAX_TEXT = 4096
MAX_CAPTION = 1024

# tdlib's `clean_input_string` drops these: line separators, direction marks, vertical lines.
_DROPPED = {
    ord("\r"): None,
    **dict.fromkeys(range(0x2028, 0x202F)),
    **dict.fromkeys((0x333, 0x33F, 0x30A)),
}
_CONTROLS = {code: " " for code in range(32) if code not in {10, 13}}


def read_text(call: Parameters, name: str) -> tuple[str, tuple[Entity, ...]]:
    """Return a text argument without its markup, and its entities.

    Args:
        call: The arguments.
        name: `text`, or `caption`, which may be empty and is shorter.

    Raises:
        ApiError: The markup is broken, or the text is empty or too long.
    """
    is_text = name == "text"
    source = call.text(name)
    if is_text and not source:
        raise bad_request("message text is empty")
    if any("\ud800" <= character <= "\udfff" for character in source):
        raise bad_request("strings must be encoded in UTF-8")
    text = source.translate(_DROPPED | _CONTROLS)
    mode = call.text("parse_mode").lower()
    if mode == "html":
        try:
            text, entities = parse_html(text)
        except MarkupError as error:
            raise bad_request(f"can't parse entities: {error}") from error
    elif mode in {"markdown", "markdownv2"}:
        raise bad_request(f"parse_mode {mode} is not read by this local server, only HTML is")
    elif mode and mode != "none":
        raise bad_request("unsupported parse_mode")
    else:
        entities = _listed(call, "entities" if is_text else "caption_entities")
    text, entities = trim(text, entities)
    if is_text and not text:
        raise bad_request("text must be non-empty")
    if len(text) > (MAX_TEXT if is_text else MAX_CAPTION):
        raise bad_request("message is too long" if is_text else "message caption is too long")
    return text, detect_entities(text, entities)


def _listed(call: Parameters, name: str) -> tuple[Entity, ...]:
    try:
        return tuple(entity_from_json(item) for item in call.structure(name) or ())
    except KeyError as error:
        raise bad_request(
            f"can't parse MessageEntity: Can't find field \"{error.args[0]}\""
        ) from error
    except (AttributeError, TypeError, ValueError) as error:
        raise bad_request("can't parse entities JSON object") from error
