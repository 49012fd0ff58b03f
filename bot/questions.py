"""Questions: what a message asks, if it asks at all."""

from dataclasses import dataclass

from telegram import Message, MessageEntity

from bot.messages import Catalogue
from bot.phrases import is_pointing


@dataclass(frozen=True, slots=True)
class Question:
    """What to look up for a message.

    Attributes:
        text: The claim or question; "" where there is none to look up.
        points_at_message: Whether the message meant another one that it replies to, so that an
            empty text means "that one holds no text".
    """

    text: str
    points_at_message: bool = False


def private_question(message: Message, words: Catalogue) -> Question:
    """What a private message asks: its own text or caption.

    A reply that only points ("is this true?") asks about the message that it replies to, and a
    quote from another chat is what is asked about.
    """
    own = message.text or _after_command(message.caption or "", message.caption_entities)
    if message.quote and message.external_reply:
        return Question(message.quote.text, points_at_message=True)
    if is_pointing(own, words):
        return _pointed_at(message)
    return Question(own.strip())


def command_question(message: Message, words: Catalogue) -> Question:
    """What a /check asks: the quote, else the words after it, else the message replied to."""
    own, entities = message.text, message.entities
    if own is None:
        own, entities = message.caption or "", message.caption_entities
    return _addressed(message, _after_command(own, entities), words)


def mention_question(message: Message, words: Catalogue) -> Question:
    """What a message that mentions the bot asks: the quote, else its words, else the reply's."""
    own = message.text or message.caption or ""
    for entity, word in _mentions(message).items():
        own = _without(own, entity, word)
    return _addressed(message, own, words)


def standing_question(message: Message, words: Catalogue) -> str:
    """What a message asks by itself, as far as the message that a reply answers still shows it.

    Telegram shows neither what that message replied to nor what it quoted.
    """
    own = _after_command(message.text or "", message.entities) if message.text else ""
    own = own or _after_command(message.caption or "", message.caption_entities)
    if own == (message.text or message.caption or ""):
        for entity, word in _mentions(message).items():
            own = _without(own, entity, word)
    return "" if is_pointing(own, words) else own.strip()


def mentions_bot(message: Message) -> bool:
    """Whether a message mentions the bot that received it."""
    return bool(_mentions(message))


def _addressed(message: Message, own: str, words: Catalogue) -> Question:
    if message.quote:
        return Question(message.quote.text, points_at_message=True)
    if is_pointing(own, words):
        return _pointed_at(message)
    return Question(own.strip())


def _pointed_at(message: Message) -> Question:
    """What words ask that only point, if there is anything that they point at."""
    replied = message.reply_to_message
    if replied is None:
        # A message in another chat, of which nothing is quoted, or none at all.
        return Question("", points_at_message=message.external_reply is not None)
    if _is_own(replied):
        return Question("")
    return Question((replied.text or replied.caption or "").strip(), points_at_message=True)


def _is_own(message: Message) -> bool:
    return message.from_user is not None and message.from_user.id == message.get_bot().id


def _mentions(message: Message) -> dict[MessageEntity, str]:
    """The entities that name this bot, last first, with the text of each."""
    bot = message.get_bot()
    found = message.parse_entities() if message.text else {}
    if message.caption:
        found = message.parse_caption_entities()
    ours = {
        entity: word
        for entity, word in found.items()
        if (
            entity.type == MessageEntity.MENTION
            and word.casefold() == f"@{bot.username}".casefold()
        )
        or (
            entity.type == MessageEntity.TEXT_MENTION
            and entity.user is not None
            and entity.user.id == bot.id
        )
    }
    return dict(sorted(ours.items(), key=lambda pair: pair[0].offset, reverse=True))


def _without(text: str, entity: MessageEntity, word: str) -> str:
    """Cut an entity out; Telegram counts offsets in UTF-16 code units."""
    units = text.encode("utf-16-le")
    start, end = 2 * entity.offset, 2 * (entity.offset + entity.length)
    before = units[:start].decode("utf-16-le").rstrip(" ,:")
    after = units[end:].decode("utf-16-le").lstrip(" ,:")
    return f"{before} {after}".strip() if word else text


def _after_command(text: str, entities: tuple[MessageEntity, ...]) -> str:
    first = min(entities, key=lambda entity: entity.offset, default=None)
    if first is None or first.type != MessageEntity.BOT_COMMAND or first.offset:
        return text
    return text[first.length :].strip()  # a command is ASCII: one unit is one character
